/** The credentials that the webhook may demand, and the fields that send them with a request from the page. */
import type { OpenApi } from "effect/http-api"
import { type Html, html } from "../../std/html.ts"

interface Way {
  readonly title: string
  readonly fields: ReadonlyArray<{ readonly label: string; readonly name: string; readonly secret?: boolean }>
}

const KEY = [{ label: "API key", name: "key", secret: true }]

/** By the names of the OpenAPI document's security schemes. */
const WAYS: Readonly<Record<string, Way>> = {
  xApiKey: { title: "X-API-Key", fields: KEY },
  apiKey: { title: "Authorization: ApiKey", fields: KEY },
  bearer: { title: "Authorization: Bearer", fields: KEY },
  basic: {
    title: "Authorization: Basic",
    fields: [
      { label: "User", name: "user" },
      { label: "Password", name: "password", secret: true }
    ]
  },
  signature: {
    title: "Signature (Standard Webhooks)",
    fields: [{ label: "Signing secret", name: "secret", secret: true }]
  }
}

const option = (name: string, { title }: Way) => html`<option value="${name}">${title}</option>`

const fields = (name: string, way: Way) => html`<div class="fields" data-way="${name}" hidden>
${way.fields.map(
  (field) => html`<label>${field.label}
<input name="${field.name}" type="${field.secret ? "password" : "text"}" autocomplete="off" spellcheck="false"></label>
`
)}</div>
`

/** The section on credentials. */
export const credentials = (schemes: Readonly<Record<string, OpenApi.OpenAPISecurityScheme>>): Html => {
  const ways = Object.keys(schemes).flatMap((name) => {
    const way = WAYS[name]
    return way === undefined ? [] : [[name, way] as const]
  })
  return html`<section id="credentials" aria-labelledby="credentials-title">
<h2 id="credentials-title">Credentials</h2>
<p>The setting <code>WEBHOOK_AUTH</code> of the router says which of these it demands. <code>none</code> demands nothing: so it is in the demo.</p>
<div class="scroll" tabindex="0" role="group" aria-label="Kinds of credentials">
<table>
<thead><tr><th scope="col">WEBHOOK_AUTH</th><th scope="col">Headers</th></tr></thead>
<tbody>
<tr><th scope="row"><code>api-key</code></th><td><code>X-API-Key: KEY</code>, or <code>Authorization: ApiKey KEY</code>, or <code>Authorization: Bearer KEY</code></td></tr>
<tr><th scope="row"><code>basic</code></th><td><code>Authorization: Basic BASE64(USER:PASSWORD)</code></td></tr>
<tr><th scope="row"><code>signature</code></th><td><code>webhook-id</code>, <code>webhook-timestamp</code> and <code>webhook-signature</code>, as of <a href="https://www.standardwebhooks.com" rel="noreferrer">Standard Webhooks</a>, version v1</td></tr>
</tbody>
</table>
</div>
<form id="credentials-form" data-live hidden>
<label>Send with
<select name="way"><option value="">no credentials</option>${ways.map(([name, way]) => option(name, way))}</select></label>
${ways.map(([name, way]) => fields(name, way))}<p class="muted">They stay in this page, and are gone when it is loaded again.</p>
</form>
</section>
`
}
