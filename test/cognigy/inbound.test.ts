/** The webhook's bodies, from the request to the decision: the built-in routes behind the whole front door, without a socket. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import type { WebhookCredentials } from "../../src/cognigy/door/Credentials.ts"
import { UnexpectedResponse } from "../../src/cxone/CXoneError.ts"
import { HandoverFailed } from "../../src/handover/HandedOver.ts"
import type { Handover } from "../../src/handover/Handover.ts"
import { agentId } from "../../src/simulator/webchat/SimulatorOptions.ts"
import { assertProblem, assertSafe, assertSuccess } from "../e2e/support/answers.ts"
import { type Asked, flow, shapes } from "../e2e/support/bodies.ts"
import { builtIn, door } from "./support/app.ts"

/** A door that is posted to as the e2e tests' router is. */
const started = Effect.fnUntraced(function* (
  credentials: WebhookCredentials = { mode: "none" },
  handle?: Handover["Service"]["handle"]
) {
  const { handled, logged, post } = yield* door(credentials, { policy: builtIn, ...(handle && { handle }) })
  return {
    handled,
    logged,
    post: (body: object, headers: Record<string, string> = {}) =>
      post(headers, body instanceof Uint8Array || body instanceof ReadableStream ? body : JSON.stringify(body))
  }
})

const toSales = { intent: "transfer_to_sales", userId: "anna" }
const toAgent = { intent: "transfer_to_agent", userId: "anna", agentId }

describe.each(shapes)("$shape is answered 200", ({ bodyOf }) => {
  it.effect.each([
    "application/json",
    "application/json; charset=utf-8",
    "Application/JSON;charset=UTF-8",
    "application/vnd.cognigy+json",
    "application/cloudevents+json; charset=utf-8"
  ])("under the content type %s", (contentType) =>
    Effect.gen(function* () {
      const { post } = yield* started()
      assertSuccess(yield* post(bodyOf(toSales), { "content-type": contentType }))
    })
  )

  it.effect("when an id is a number that JSON carries exactly", () =>
    Effect.gen(function* () {
      const { handled, post } = yield* started()
      assertSuccess(yield* post(bodyOf({ ...toSales, userId: Number.MAX_SAFE_INTEGER })))
      assert.strictEqual(handled[0]?.userId, "9007199254740991")
    })
  )

  it.effect("when it is exactly as large as a body may be", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      assertSuccess(yield* post(padded(bodyOf(toSales), 256 * 1024)))
    })
  )
})

/** A body in JSON of exactly so many bytes. */
const padded = (body: object, bytes: number) => {
  const text = JSON.stringify({ ...body, padding: "" })
  const padding = "x".repeat(bytes - Buffer.byteLength(text))
  return json(text.replace(`"padding":""`, `"padding":"${padding}"`))
}

const json = (text: string) => new TextEncoder().encode(text)

describe.each(shapes)("$shape is refused with 400", ({ bodyOf }) => {
  const refused = (
    body: object,
    error: string,
    detail: string,
    { headers, rule }: { readonly headers?: Record<string, string>; readonly rule?: string } = {}
  ) =>
    Effect.gen(function* () {
      const { handled, logged, post } = yield* started()
      const expected = { status: 400, error, ...(rule === undefined ? {} : { rule }) }
      assert.include(assertProblem(yield* post(body, headers), expected), detail)
      // Only these need a decision.
      if (!["Unsupported intent", "Agent ID missing"].includes(error)) assert.deepStrictEqual(handled, [])
      assertSafe(logged.join("\n"))
    })

  it.effect.each([
    "text/plain",
    "text/json",
    "application/x-www-form-urlencoded",
    "application/jsonp",
    "application/xml; as=application/json"
  ])("under the content type %s", (contentType) =>
    refused(bodyOf(toSales), "Invalid content type", "application/json", { headers: { "content-type": contentType } })
  )

  it.effect.each([
    { what: "cut short", body: (text: string) => json(text.slice(0, -1)), detail: "JSON" },
    { what: "empty", body: () => json(""), detail: "the body is empty" },
    { what: "not UTF-8", body: (text: string) => latin1(text.replace("anna", "j\u00fcrgen")), detail: "UTF-8" },
    { what: "a list", body: (text: string) => json(`[${text}]`), detail: "object" },
    { what: "a text", body: (text: string) => json(JSON.stringify(text)), detail: "object" },
    { what: "null", body: () => json("null"), detail: "object" }
  ])("when it is $what", ({ body, detail }) =>
    refused(body(JSON.stringify(bodyOf(toSales))), "Invalid payload", detail)
  )

  const intentPath = bodyOf === flow ? "intent.name" : "intent"
  const userPath = bodyOf === flow ? "user.id" : "userId"
  const misshapen: ReadonlyArray<{ what: string; asked: Asked; path: string }> = [
    { what: "an intent of 257 characters", asked: { ...toSales, intent: "x".repeat(257) }, path: intentPath },
    { what: "an intent with a line break", asked: { ...toSales, intent: "a\nb" }, path: intentPath },
    { what: "a user id of 257 characters", asked: { ...toSales, userId: "x".repeat(257) }, path: userPath },
    { what: "a user id with a NUL", asked: { ...toSales, userId: "a\u0000b" }, path: userPath },
    { what: "a user id with half a surrogate pair", asked: { ...toSales, userId: "a\ud83d" }, path: userPath },
    { what: "a user id that is a fraction", asked: { ...toSales, userId: 1.5 }, path: userPath },
    { what: "a user id that is too long a number", asked: { ...toSales, userId: 2 ** 53 }, path: userPath },
    { what: "a user id that is a list", asked: { ...toSales, userId: ["anna"] }, path: userPath }
  ]
  it.effect.each(misshapen)("for $what, naming its path", ({ asked, path }) =>
    refused(bodyOf(asked), "Invalid payload", path)
  )

  it.effect("for an intent of the wrong type, naming its path", () =>
    refused({ ...bodyOf(toSales), intent: ["transfer_to_sales"] }, "Invalid payload", "intent")
  )

  it.effect.each([undefined, null, ""])("without an intent: %j", (intent) =>
    refused(bodyOf({ intent, userId: "anna" }), "Missing required fields", intentPath)
  )

  it.effect.each([undefined, null, ""])("without a user id: %j", (userId) =>
    refused(bodyOf({ intent: "transfer_to_sales", userId }), "Missing required fields", userPath)
  )

  it.effect.each(["order_pizza", "Transfer_to_sales", "__proto__"])(
    "for the intent %s, that no rule matches",
    (intent) => refused(bodyOf({ intent, userId: "anna" }), "Unsupported intent", intent)
  )

  it.effect.each([undefined, null, "", true, 1.5])("for an agent without an id: %j", (agentId) =>
    refused(bodyOf({ ...toAgent, agentId }), "Agent ID missing", "agentId", { rule: "transfer_to_agent" })
  )
})

const latin1 = (text: string) => Uint8Array.from(Buffer.from(text, "latin1"))

const apiKeys: WebhookCredentials = {
  mode: "api-key",
  keys: [Redacted.make("first-webhook-key"), Redacted.make("second-webhook-key")]
}
const basic: WebhookCredentials = { mode: "basic", user: "cognigy", password: Redacted.make("päss:wörd") }
const basicHeader = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`
})

describe.each(shapes)("$shape and the webhook's own credentials", ({ bodyOf }) => {
  const keys = [
    { header: "X-API-Key", of: (key: string) => ({ "x-api-key": key }) },
    { header: "Authorization: ApiKey", of: (key: string) => ({ authorization: `ApiKey ${key}` }) },
    { header: "Authorization: Bearer", of: (key: string) => ({ authorization: `Bearer ${key}` }) }
  ] as const

  it.effect.each(keys)("lets either key in as $header, and nothing else", ({ of }) =>
    Effect.gen(function* () {
      const { handled, post } = yield* started(apiKeys)
      const refused = { status: 401, error: "Unauthorized" }
      const wrong = ["wrong-webhook-key", "first-webhook-key-", "first-webhook-key,second-webhook-key"]
      for (const key of wrong) {
        const reply = yield* post(bodyOf(toSales), of(key))
        assertProblem(reply, refused, "first-webhook", "second-webhook", "wrong-webhook-key")
        assert.match(reply.headers["www-authenticate"] ?? "", /^\w+ realm=/)
      }
      assert.deepStrictEqual(handled, [])
      assertSuccess(yield* post(bodyOf(toSales), of("first-webhook-key")))
      assertSuccess(yield* post(bodyOf(toSales), of("second-webhook-key")))
    })
  )

  it.effect("lets the right user and password in as Basic, and nothing else", () =>
    Effect.gen(function* () {
      const { handled, logged, post } = yield* started(basic)
      const wrong = [
        basicHeader("cognigy", "wrong-password"),
        basicHeader("somebody", "päss:wörd"),
        basicHeader("cognigy:päss", "wörd-"),
        { authorization: "Basic %%%" },
        { authorization: "Bearer päss:wörd" }
      ]
      for (const headers of wrong) {
        const reply = yield* post(bodyOf(toSales), encodable(headers))
        assertProblem(reply, { status: 401, error: "Unauthorized" }, "päss", "wrong-password")
        assert.match(reply.headers["www-authenticate"] ?? "", /^Basic realm=/)
      }
      assert.deepStrictEqual(handled, [])
      assertSuccess(yield* post(bodyOf(toSales), basicHeader("cognigy", "päss:wörd")))
      assertSafe(logged.join("\n"), "wörd", "wrong-password")
    })
  )

  it.effect.each([
    { credentials: apiKeys, mode: "api-key" },
    { credentials: basic, mode: "basic" }
  ])("refuses whoever brings none to $mode, whatever the body", ({ credentials }) =>
    Effect.gen(function* () {
      const { post } = yield* started(credentials)
      for (const [body, contentType] of [
        [bodyOf(toSales), "application/json"],
        [bodyOf({}), "application/json"],
        [json("{"), "application/json"],
        [json("x"), "text/plain"]
      ] as const) {
        const reply = yield* post(body, { "content-type": contentType })
        assertProblem(reply, { status: 401, error: "Unauthorized" })
        assert.isNotEmpty(reply.headers["www-authenticate"])
      }
    })
  )

  it.effect.each(keys)("do not hide any other failure from a key in $header", ({ of }) =>
    Effect.gen(function* () {
      const reason = new UnexpectedResponse({ operation: "open", status: 404, issue: "unexpected status" })
      const { handled, post } = yield* started(apiKeys, () =>
        Effect.fail(new HandoverFailed({ rule: "transfer_to_sales", reason }))
      )
      const headers = of("second-webhook-key")
      assertProblem(yield* post(json("{"), headers), { status: 400, error: "Invalid payload" })
      assertProblem(yield* post(bodyOf(toSales), headers), {
        status: 502,
        error: "Unexpected CXone response",
        rule: "transfer_to_sales"
      })
      assert.strictEqual(handled.length, 1)
    })
  )
})

/** Header values go out as bytes, so that text beyond ASCII has to be spelled as its UTF-8 bytes. */
const encodable = (headers: { readonly authorization: string }) => ({
  authorization: Buffer.from(headers.authorization, "utf8").toString("latin1")
})

describe.each(shapes)("$shape that is too large is answered 413", ({ bodyOf }) => {
  it.effect.each([
    { what: "by one byte", bytes: 256 * 1024 + 1 },
    { what: "by far", bytes: 8 * 1024 * 1024 }
  ])("$what", ({ bytes }) =>
    Effect.gen(function* () {
      const { post } = yield* started()
      const reply = yield* post(padded(bodyOf(toSales), bytes))
      assertProblem(reply, { status: 413, error: "Payload too large" })
      assertSuccess(yield* post(bodyOf(toSales)))
    })
  )

  it.effect("without saying so beforehand", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      const chunks = ReadableStream.from(Array.from({ length: 5 }, () => new Uint8Array(64 * 1024).fill(32)))
      const reply = yield* post(chunks)
      assertProblem(reply, { status: 413, error: "Payload too large" })
      assertSuccess(yield* post(bodyOf(toSales)))
    })
  )
})
