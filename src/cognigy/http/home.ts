/** `GET /` of the router's own server: what is where. It is public, so it holds nothing of the tenant. */
import { Effect } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { DECIDE_PATH, EXPLAIN_PATH, WEBHOOK_PATH } from "../Api.ts"

const TITLE = "cognigy-cxone-router"
const PURPOSE = "Hands NICE Cognigy bot conversations over to NICE CXone."

interface Place {
  readonly method: "GET" | "POST"
  readonly path: string
  readonly purpose: string
}

const places: ReadonlyArray<Place> = [
  { method: "POST", path: WEBHOOK_PATH, purpose: "hands a conversation over; needs the router's credentials" },
  { method: "POST", path: DECIDE_PATH, purpose: "takes the same, says where it goes, hands nothing over" },
  { method: "POST", path: EXPLAIN_PATH, purpose: "takes the same, says where it would go and why, hands nothing over" },
  { method: "GET", path: "/docs", purpose: "the API: payloads, credentials, answers" },
  { method: "GET", path: "/openapi.json", purpose: "the same for machines" },
  { method: "GET", path: "/healthz", purpose: "the process runs" },
  { method: "GET", path: "/readyz", purpose: "handovers can be taken, or the reason why not" }
]

const metricsPlace: Place = { method: "GET", path: "/metrics", purpose: "metrics for Prometheus" }

const consolePlace: Place = { method: "GET", path: "/console", purpose: "what happens to handovers, for people" }

const EXAMPLE = `curl -s https://your-router.example${WEBHOOK_PATH} \\
  -H 'content-type: application/json' -H 'x-api-key: YOUR_KEY' \\
  -d '{"intent":"transfer_to_sales","userId":"anna"}'`

const asText = (places: ReadonlyArray<Place>): string => {
  const width = Math.max(...places.map(({ path }) => path.length))
  const lines = places.map(({ method, path, purpose }) => `${method.padEnd(4)} ${path.padEnd(width)}  ${purpose}`)
  return [TITLE, PURPOSE, "", ...lines, "", EXAMPLE, ""].join("\n")
}

/** A link that holds behind a proxy which adds a path, too. */
const link = ({ method, path }: Place) =>
  method === "GET" ? `<a href="${path.slice(1)}"><code>${path}</code></a>` : `<code>${path}</code>`

const asHtml = (places: ReadonlyArray<Place>): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${TITLE}</title>
</head>
<body>
<h1>${TITLE}</h1>
<p>${PURPOSE}</p>
<table>
${places.map((place) => `<tr><td>${place.method}</td><td>${link(place)}</td><td>${place.purpose}</td></tr>`).join("\n")}
</table>
<pre>${EXAMPLE}</pre>
</body>
</html>
`

const headers = {
  "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  vary: "accept"
}

/** The page: HTML for browsers, text for others. */
export const home = (shown: { readonly metrics: boolean; readonly console: boolean }) => {
  const all = [...places, ...(shown.metrics ? [metricsPlace] : []), ...(shown.console ? [consolePlace] : [])]
  const html = HttpServerResponse.text(asHtml(all), { headers, contentType: "text/html; charset=utf-8" })
  const text = HttpServerResponse.text(asText(all), { headers, contentType: "text/plain; charset=utf-8" })
  return HttpRouter.add(
    "GET",
    "/",
    Effect.map(HttpServerRequest.HttpServerRequest, (request) =>
      /\btext\/html\b/i.test(request.headers.accept ?? "") ? html : text
    )
  )
}
