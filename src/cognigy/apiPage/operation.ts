/** One operation of the API: its payload, its answers, and a request to send. */
import { STATUS_CODES } from "node:http"
import type { OpenApi } from "effect/http-api"
import { type Html, html } from "../../std/html.ts"
import { examplesOf, type JsonSchema, kindOf, nameOf, rowsOf, type Schemas, variants } from "./schemaRows.ts"

/** An operation, with its place in the API and on the page. */
export interface Operation {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly spec: OpenApi.OpenAPISpecOperation
}

/** All operations of a document. */
export const operationsOf = ({ paths }: OpenApi.OpenAPISpec): ReadonlyArray<Operation> =>
  Object.entries(paths).flatMap(([path, methods]) =>
    (["get", "post"] as const).flatMap((method) => {
      const spec = methods[method]
      return spec === undefined ? [] : [{ id: spec.operationId, method: method.toUpperCase(), path, spec }]
    })
  )

/** The most lines of a payload that are shown without scrolling. */
const MAX_LINES = 16

/** Texts between backticks become code. */
const prose = (text: string) =>
  text.split("`").map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`))

const json = (value: unknown) => JSON.stringify(value, null, 2)

/** Names of payloads and answers for people, by names of schemas. */
const TITLES: Readonly<Record<string, string>> = {
  FlowPayload: "What a flow’s author writes",
  InputPayload: "Cognigy’s own input object"
}

const titleOf = (name: string) => TITLES[name] ?? name

/** A table that scrolls by itself where it is too wide, with the keyboard too. */
const table = (
  label: string,
  heads: ReadonlyArray<string>,
  rows: ReadonlyArray<Html>
) => html`<div class="scroll" tabindex="0" role="group" aria-label="${label}">
<table>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${rows}</tbody>
</table>
</div>
`

const memberTable = (label: string, schema: JsonSchema, schemas: Schemas) => {
  const rows = rowsOf(schema, schemas)
  const isTold = rows.some(({ description }) => description !== undefined)
  return table(
    label,
    ["Member", "Value", ...(isTold ? ["Meaning"] : [])],
    rows.map(
      ({ description, isRequired, kind, path }) =>
        html`<tr><th scope="row"><code>${path}</code>${!isRequired && html` <span class="muted">optional</span>`}</th><td>${kind}</td>${isTold && html`<td>${prose(description ?? "")}</td>`}</tr>\n`
    )
  )
}

const payload = (schema: JsonSchema, schemas: Schemas, id: string) => html`<h3>Payload</h3>
${(schema.anyOf ?? [schema]).map(
  (one) => html`<details id="${id}-${nameOf(one)}">
<summary>${titleOf(nameOf(one) ?? "Members")}</summary>
${memberTable(`Members: ${titleOf(nameOf(one) ?? "payload")}`, one, schemas)}</details>
`
)}`

/** What flows branch on: the fixed texts of a problem. */
const errorsOf = (schema: JsonSchema, schemas: Schemas): ReadonlyArray<unknown> =>
  variants(schema, schemas).flatMap(({ properties }) =>
    properties?.error === undefined ? [] : variants(properties.error, schemas).flatMap((error) => error.enum ?? [])
  )

const answers = ({ id, path, spec }: Operation, schemas: Schemas) => {
  const all = Object.entries(spec.responses).flatMap(([status, { content = {}, headers }]) =>
    Object.entries(content).map(([type, { schema }]) => ({
      status,
      type,
      schema: schema as JsonSchema,
      headers: Object.keys(headers ?? {})
    }))
  )
  return html`<h3>Answers</h3>
${all.map(({ headers, schema, status, type }) => {
  const errors = errorsOf(schema, schemas)
  const label = `${path}: members of the answer ${status}`
  return html`<details id="${id}-${status}">
<summary><span class="status s${status[0]}">${status}</span> ${STATUS_CODES[status]}${errors.length > 0 && html` <span class="muted">${errors.join(" · ")}</span>`}</summary>
<p class="muted"><code>${type}</code>${headers.length > 0 && html`, with the header ${headers.map((name) => html`<code>${name}</code>`)}`}</p>
${examplesOf(schema, schemas).map(({ value }) => html`<pre tabindex="0" aria-label="Example of the answer ${status}">${json(value)}</pre>\n`)}${memberTable(label, schema, schemas)}</details>
`
})}`
}

/** A text as one word of a shell. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

/** The request for a shell. The page's script writes it anew with the page's own address and the payload as edited. */
const curl = ({ method, path }: Operation, body: unknown) =>
  method === "GET"
    ? `curl -s https://your-router.example${path}`
    : `curl -s https://your-router.example${path} \\\n  -H 'content-type: application/json' -H 'x-api-key: YOUR_KEY' \\\n  -d ${quoted(JSON.stringify(body))}`

const request = (one: Operation, schemas: Schemas) => {
  const { method, path, spec } = one
  const schema = spec.requestBody?.content["application/json"]?.schema as JsonSchema | undefined
  const examples = schema === undefined ? [] : examplesOf(schema, schemas)
  const [first] = examples
  return html`<h3>Request</h3>
<form class="request" data-method="${method}" data-path="${path}" data-open="${(spec.security ?? []).length === 0 ? "yes" : "no"}" aria-label="${method} ${path}">
${
  examples.length > 1 &&
  html`<fieldset data-live hidden><legend>Example</legend>
${examples.map(
  ({ name, value }, index) =>
    html`<label class="choice"><input type="radio" name="example" value="${json(value)}"${index === 0 ? html` checked` : false}> ${titleOf(name)}</label>
`
)}</fieldset>
`
}${(spec.parameters ?? []).map(
  (parameter) => html`<label data-live hidden>${parameter.name} <span class="muted">(query, optional)</span>
<input name="query" data-name="${parameter.name}" autocomplete="off" spellcheck="false"></label>
`
)}${
  first !== undefined &&
  html`<label>Payload
<textarea name="body" rows="${Math.min(json(first.value).split("\n").length, MAX_LINES)}" spellcheck="false" autocomplete="off">${json(first.value)}</textarea></label>
`
}<div class="actions" data-live hidden><button type="submit">Send</button> <button type="button" class="quiet" data-copy>Copy as curl</button> <span role="status" class="muted" data-said></span></div>
<pre tabindex="0" aria-label="The request for a shell" data-curl>${curl(one, first?.value)}</pre>
<div class="answer" data-answer role="region" aria-label="Answer to ${method} ${path}" aria-live="polite" hidden></div>
</form>
`
}

/** The section of an operation. */
export const operation = (one: Operation, schemas: Schemas): Html => {
  const { id, method, path, spec } = one
  const schema = spec.requestBody?.content["application/json"]?.schema as JsonSchema | undefined
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title"><span class="method ${method}">${method}</span> <code>${path}</code></h2>
<p class="lead">${spec.summary}</p>
<p>${prose(spec.description ?? "")}</p>
${(spec.parameters ?? []).map(
  (parameter) =>
    html`<p><code>?${parameter.name}=</code> <span class="muted">optional, ${kindOf(parameter.schema as JsonSchema, schemas)}</span></p>\n`
)}${request(one, schemas)}${schema !== undefined && payload(schema, schemas, id)}${answers(one, schemas)}</section>
`
}
