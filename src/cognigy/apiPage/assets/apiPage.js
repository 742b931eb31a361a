// Sends the requests of the page /docs, and writes them for a shell. Without it, the page shows everything and sends nothing.
{
  /** The router's address, also under a prefix or behind a proxy that adds a path. */
  const base = location.origin + location.pathname.replace(/\/+$/, "").replace(/\/[^/]*$/, "")

  /** How long an answer is awaited, in milliseconds: longer than a handover's deadline. */
  const PATIENCE = 30_000

  const credentials = document.querySelector("#credentials-form")

  const secret = (name) =>
    credentials.querySelector(`[data-way="${credentials.way.value}"] [name="${name}"]`)?.value ?? ""

  const base64 = (bytes) => btoa(String.fromCharCode(...bytes))

  const bytesOf = (text) => new TextEncoder().encode(text)

  /** The headers of Standard Webhooks for this body. */
  const signed = async (body) => {
    if (crypto.subtle === undefined) throw new Error("the browser signs on https and on localhost only")
    const encoded = secret("secret")
      .trim()
      .replace(/^whsec_/, "")
    const raw = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0))
    const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"])
    const id = `docs-${base64(crypto.getRandomValues(new Uint8Array(12))).replace(/[^a-z0-9]/gi, "")}`
    const timestamp = String(Math.floor(Date.now() / 1000))
    const signature = await crypto.subtle.sign("HMAC", key, bytesOf(`${id}.${timestamp}.${body}`))
    return {
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${base64(new Uint8Array(signature))}`
    }
  }

  const credentialHeaders = async (body) => {
    switch (credentials.way.value) {
      case "xApiKey":
        return { "x-api-key": secret("key") }
      case "apiKey":
        return { authorization: `ApiKey ${secret("key")}` }
      case "bearer":
        return { authorization: `Bearer ${secret("key")}` }
      case "basic":
        return { authorization: `Basic ${base64(bytesOf(`${secret("user")}:${secret("password")}`))}` }
      case "signature":
        return signed(body)
      default:
        return {}
    }
  }

  /** What a shell sends as credentials: placeholders, so that no secret is copied. */
  const PLACEHOLDERS = {
    xApiKey: " -H 'x-api-key: YOUR_KEY'",
    apiKey: " -H 'authorization: ApiKey YOUR_KEY'",
    bearer: " -H 'authorization: Bearer YOUR_KEY'",
    basic: " -u 'USER:PASSWORD'",
    signature: " -H 'webhook-id: ID' -H 'webhook-timestamp: SECONDS' -H 'webhook-signature: v1,SIGNATURE'"
  }

  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`

  const oneLine = (text) => {
    try {
      return JSON.stringify(JSON.parse(text))
    } catch {
      return text
    }
  }

  const urlOf = (form) => {
    const query = [...form.querySelectorAll("[name=query]")]
      .filter(({ value }) => value !== "")
      .map(({ dataset, value }) => `${dataset.name}=${encodeURIComponent(value)}`)
    return base + form.dataset.path + (query.length === 0 ? "" : `?${query.join("&")}`)
  }

  const curlOf = (form) => {
    const url = quoted(urlOf(form))
    if (form.body === undefined) return `curl -s ${url}`
    const placeholder = PLACEHOLDERS[credentials.way.value] ?? ""
    return `curl -s ${url} \\\n  -H 'content-type: application/json'${placeholder} \\\n  -d ${quoted(oneLine(form.body.value))}`
  }

  const element = (name, text, attributes = {}) => {
    const made = document.createElement(name)
    made.textContent = text
    for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value)
    return made
  }

  const pretty = (text) => {
    try {
      return JSON.stringify(JSON.parse(text), null, 2)
    } catch {
      return text
    }
  }

  const show = (form, ...parts) => {
    const answer = form.querySelector("[data-answer]")
    answer.replaceChildren(...parts)
    answer.hidden = false
  }

  const send = async (form) => {
    const body = form.body?.value
    const isOpen = form.dataset.open === "yes"
    const begun = performance.now()
    try {
      const headers = isOpen ? {} : await credentialHeaders(body)
      const response = await fetch(urlOf(form), {
        method: form.dataset.method,
        headers: body === undefined ? headers : { "content-type": "application/json", ...headers },
        body,
        credentials: "omit",
        cache: "no-store",
        signal: AbortSignal.timeout(PATIENCE)
      })
      const text = await response.text()
      const took = Math.round(performance.now() - begun)
      const line = element("p", "")
      line.append(
        element("span", String(response.status), { class: `status s${String(response.status)[0]}`, "data-status": "" }),
        ` ${response.headers.get("content-type") ?? ""}, ${took} ms`
      )
      const told = ["retry-after", "www-authenticate", "allow"].flatMap((name) => {
        const value = response.headers.get(name)
        return value === null ? [] : [element("p", `${name}: ${value}`, { class: "muted" })]
      })
      show(form, line, ...told, element("pre", pretty(text), { tabindex: "0", "data-body": "" }))
    } catch (error) {
      show(form, element("p", `Not answered: ${error.message}`, { class: "failed" }))
    }
  }

  const copy = async (form) => {
    const said = form.querySelector("[data-said]")
    const curl = form.querySelector("[data-curl]")
    try {
      await navigator.clipboard.writeText(curl.textContent)
      said.textContent = "Copied."
    } catch {
      getSelection().selectAllChildren(curl)
      said.textContent = "Selected: copy it from here."
    }
  }

  const forms = [...document.querySelectorAll("form.request")]

  const rewrite = () => {
    for (const form of forms) form.querySelector("[data-curl]").textContent = curlOf(form)
  }

  for (const live of document.querySelectorAll("[data-live]")) live.hidden = false

  credentials.addEventListener("input", () => {
    for (const fields of credentials.querySelectorAll("[data-way]")) {
      fields.hidden = fields.dataset.way !== credentials.way.value
    }
    rewrite()
  })
  credentials.addEventListener("submit", (event) => event.preventDefault())

  for (const form of forms) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault()
      if (form.ariaBusy === "true") return
      form.ariaBusy = "true"
      form.querySelector("[data-answer]").hidden = true
      await send(form)
      form.ariaBusy = "false"
    })
    form.addEventListener("input", ({ target }) => {
      if (target.name === "example") form.body.value = target.value
      rewrite()
    })
    form.querySelector("[data-copy]").addEventListener("click", () => copy(form))
  }

  rewrite()
}
