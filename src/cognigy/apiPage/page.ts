/** The page `/docs`, made from the OpenAPI document. */
import type { OpenApi } from "effect/http-api"
import { type Html, html } from "../../std/html.ts"
import { credentials } from "./credentials.ts"
import { operation, operationsOf } from "./operation.ts"

/** The page as text; `style` and `script` are put into it, and `openapi` is the link to the document, where it is served. */
export const page = (
  document: OpenApi.OpenAPISpec,
  { openapi, script, style }: { readonly openapi: string | undefined; readonly script: Html; readonly style: Html }
): string => {
  const operations = operationsOf(document)
  const { description, title, version } = document.info
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}: API</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the operations</a>
<header>
<p class="title">${title} <span class="muted">${version}</span></p>
<nav aria-label="Operations">
<ul>
<li><a href="#credentials">Credentials</a></li>
${operations.map(({ id, method, path }) => html`<li><a href="#${id}"><span class="method ${method}">${method}</span> ${path}</a></li>\n`)}</ul>
</nav>
</header>
<main id="content" tabindex="-1">
<h1>API</h1>
<p>${description}${openapi !== undefined && html` For machines: <a href="${openapi}">OpenAPI document</a>.`}</p>
${credentials(document.components.securitySchemes)}
${operations.map((one) => operation(one, document.components.schemas))}
</main>
<script>${script}</script>
</body>
</html>
`.text
}
