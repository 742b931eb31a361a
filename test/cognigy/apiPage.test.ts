/** `/docs` and `/openapi.json`: how the page is sent, and that every example is true. */
import { brotliDecompressSync, gunzipSync } from "node:zlib"
import { NodeHttpClient } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Predicate } from "effect"
import { HttpClient } from "effect/http"
import { DECIDE_PATH, EXPLAIN_PATH, WEBHOOK_PATH } from "../../src/cognigy/Api.ts"
import { examplesOf, type JsonSchema, type Schemas } from "../../src/cognigy/apiPage/schemaRows.ts"
import { Router } from "../e2e/support/router.ts"

type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>

interface Operation {
  readonly parameters: ReadonlyArray<{ readonly name: string; readonly schema: JsonSchema }>
  readonly requestBody: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content: Content }>>
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Schemas }
}

/** An operation's examples: of its payload by the names of their shapes, and of its success. */
const examples = Effect.fnUntraced(function* (path: string) {
  const { get } = yield* Router
  const { components, paths }: Description = JSON.parse((yield* get("/openapi.json")).text)
  const operation = paths[path]?.post
  assert.isDefined(operation)
  const find = (content: Content | undefined) =>
    examplesOf(content?.["application/json"]?.schema ?? {}, components.schemas)
  const payloads: Record<string, unknown> = {}
  for (const { name, value } of find(operation.requestBody.content)) payloads[name] = value
  assert.deepStrictEqual(Object.keys(payloads), ["FlowPayload", "InputPayload"])
  const [success] = find(operation.responses[200]?.content)
  return { payloads, success: success?.value, parameters: operation.parameters }
})

/** Members of an answer, without the ids that are others each time. */
const withoutIds = (answer: unknown) => {
  assert(Predicate.isObject(answer))
  const { conversationId: _, correlationId: __, ...members } = answer as Record<string, unknown>
  return members
}

const fetched = Effect.fnUntraced(function* (acceptEncoding?: string) {
  const { port } = yield* Router
  const response = yield* HttpClient.get(`http://127.0.0.1:${port}/docs`, {
    headers: acceptEncoding === undefined ? {} : { "accept-encoding": acceptEncoding }
  })
  assert.strictEqual(response.status, 200)
  return { headers: response.headers, bytes: new Uint8Array(yield* response.arrayBuffer) }
})

layer(Layer.merge(Router.layer(), NodeHttpClient.layerUndici), { excludeTestServices: true })(
  "the description of the API",
  (it) => {
    it.effect("has examples of both payloads that the webhook accepts, and the answer to one", () =>
      Effect.gen(function* () {
        const { post } = yield* Router
        const { payloads, success } = yield* examples(WEBHOOK_PATH)
        for (const payload of Object.values(payloads)) {
          const { status, text } = yield* post(payload)
          assert.strictEqual(status, 200, text)
        }
        const { text } = yield* post({ ...Object(payloads.FlowPayload), user: { id: "somebody new" } })
        assert.deepStrictEqual(withoutIds(JSON.parse(text)), withoutIds(success))
      })
    )

    it.effect("has examples that can be decided, and the answer to one", () =>
      Effect.gen(function* () {
        const { decide } = yield* Router
        const { payloads, success } = yield* examples(DECIDE_PATH)
        assert.strictEqual((yield* decide(payloads.InputPayload)).status, 200)
        const { text } = yield* decide(payloads.FlowPayload)
        assert.deepStrictEqual(withoutIds(JSON.parse(text)), withoutIds(success))
      })
    )

    it.effect("has examples that can be explained at the time of the example, and the answer to one", () =>
      Effect.gen(function* () {
        const { explain } = yield* Router
        const { parameters, payloads, success } = yield* examples(EXPLAIN_PATH)
        const [at] = parameters.flatMap(({ schema }) => examplesOf(schema, {}))
        const query = `?at=${encodeURIComponent(String(at?.value))}`
        assert.strictEqual((yield* explain(payloads.FlowPayload, query)).status, 200)
        assert.deepStrictEqual(JSON.parse((yield* explain(payloads.InputPayload, query)).text), success)
      })
    )
  }
)

layer(Layer.merge(Router.layer(), NodeHttpClient.layerUndici), { excludeTestServices: true })("/docs", (it) => {
  it.effect("runs nothing but its own script and style, and loads nothing", () =>
    Effect.gen(function* () {
      const { bytes, headers } = yield* fetched()
      assert.match(
        headers["content-security-policy"] ?? "",
        /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/
      )
      assert.strictEqual(headers["x-content-type-options"], "nosniff")
      assert.strictEqual(headers["referrer-policy"], "no-referrer")
      const text = Buffer.from(bytes).toString()
      assert.notMatch(text, /\bsrc=|\bstyle="|\bon[a-z]+="|<link(?! rel="icon" href="data:,")|@import|url\(/)
    })
  )

  it.effect("is small, and compressed for clients that accept that", () =>
    Effect.gen(function* () {
      const { bytes: plain, headers } = yield* fetched()
      assert.isBelow(plain.length, 150_000)
      assert.notProperty(headers, "content-encoding")
      assert.strictEqual(headers.vary, "accept-encoding")
      for (const [accepted, coding, decode] of [
        ["gzip, deflate, br, zstd", "br", brotliDecompressSync],
        ["GZIP;q=0.5, br;q=0", "gzip", gunzipSync]
      ] as const) {
        const { bytes, headers } = yield* fetched(accepted)
        assert.strictEqual(headers["content-encoding"], coding)
        assert.isBelow(bytes.length, 20_000)
        assert.deepStrictEqual(new Uint8Array(decode(bytes)), plain)
      }
      for (const accepted of ["identity", "gzip;q=0.0, br; q=0", "*", "zstd"]) {
        assert.deepStrictEqual((yield* fetched(accepted)).bytes, plain, accepted)
      }
    })
  )

  it.effect("shows every operation, credential, member and answer of the description", () =>
    Effect.gen(function* () {
      const { get } = yield* Router
      const { text } = yield* get("/docs")
      for (const shown of [
        "POST</span> <code>/webhook/cognigy</code>",
        "POST</span> <code>/routing/decide</code>",
        "POST</span> <code>/routing/explain</code>",
        "GET</span> <code>/healthz</code>",
        "GET</span> <code>/readyz</code>",
        "<code>X-API-Key: KEY</code>",
        "<code>webhook-signature</code>",
        "<code>entities[].name</code>",
        "<code>slots</code>",
        "<code>transcript[].role</code>",
        "Missing required fields",
        "CXone rate limit exceeded",
        "<code>retry-after</code>"
      ]) {
        assert.include(text, shown)
      }
    })
  )
})
