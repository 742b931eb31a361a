import { assert, describe, it, vi } from "@effect/vitest"
import { Effect, Redacted, Stream } from "effect"
import { HttpBody } from "effect/http"
import type { WebhookCredentials } from "../../src/cognigy/WebhookAuth.ts"
import type { Target } from "../../src/domain/Target.ts"
import { agentId, salesQueueId, supportQueueId } from "../../src/simulator/webchat/SimulatorOptions.ts"
import { assertProblem, assertSafe, assertSuccess } from "./support/answers.ts"
import { type Asked, flow, shapes } from "./support/bodies.ts"
import { started, withRouter } from "./support/router.ts"

// Most of the time here is spent waiting.
vi.setConfig({ maxConcurrency: 10 })

const toSales = { intent: "transfer_to_sales", userId: "anna" }
const toSupport = { intent: "transfer_to_support", userId: "anna" }
const toAgent = { intent: "transfer_to_agent", userId: "anna", agentId }

describe.concurrent.each(shapes)("$shape is answered 200", ({ bodyOf }) => {
  const targets: ReadonlyArray<{ readonly asked: typeof toSales; readonly target: Target }> = [
    { asked: toSales, target: { type: "queue", id: salesQueueId } },
    { asked: toSupport, target: { type: "queue", id: supportQueueId } },
    { asked: toAgent, target: { type: "agent", id: agentId } }
  ]
  it.live.each(targets)("with where it went: $target.type $target.id", ({ asked, target }) =>
    Effect.gen(function* () {
      const { log, post, simulator } = yield* started()
      const reply = assertSuccess(yield* post(bodyOf(asked)))
      const [conversation] = (yield* simulator.state).conversations
      assert.deepStrictEqual(reply, {
        conversationId: `${conversation?.id}`,
        target,
        rule: asked.intent,
        reused: false
      })
      assert.deepInclude(conversation, { userId: "cognigy_anna", status: "ACTIVE", target, routedCount: 1 })
      assertSafe(log.join("\n"))
    }).pipe(withRouter())
  )

  it.live("with reused when the user has an active conversation", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started()
      const conversationId = yield* simulator.openConversation({ userId: "cognigy_anna" })
      assert.deepStrictEqual(assertSuccess(yield* post(bodyOf(toSales))), {
        conversationId,
        target: { type: "queue", id: salesQueueId },
        rule: "transfer_to_sales",
        reused: true
      })
    }).pipe(withRouter())
  )

  it.live.each([
    "application/json",
    "application/json; charset=utf-8",
    "Application/JSON;charset=UTF-8",
    "application/vnd.cognigy+json",
    "application/cloudevents+json; charset=utf-8"
  ])("under the content type %s", (contentType) =>
    Effect.gen(function* () {
      const { post } = yield* started()
      assertSuccess(yield* post(HttpBody.jsonUnsafe(bodyOf(toSales), contentType)))
    }).pipe(withRouter())
  )

  it.live("when an id is a number that JSON carries exactly", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started()
      assertSuccess(yield* post(bodyOf({ ...toSales, userId: Number.MAX_SAFE_INTEGER })))
      assert.strictEqual((yield* simulator.state).conversations[0]?.userId, "cognigy_9007199254740991")
    }).pipe(withRouter())
  )

  it.live("when it is exactly as large as a body may be", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      assertSuccess(yield* post(padded(bodyOf(toSales), 256 * 1024)))
    }).pipe(withRouter())
  )
})

/** A body in JSON of exactly so many bytes. */
const padded = (body: object, bytes: number) => {
  const text = JSON.stringify({ ...body, padding: "" })
  const padding = "x".repeat(bytes - Buffer.byteLength(text))
  return json(text.replace(`"padding":""`, `"padding":"${padding}"`))
}

const json = (text: string) => HttpBody.text(text, "application/json")

describe.concurrent.each(shapes)("$shape is refused with 400", ({ bodyOf }) => {
  const refused = (body: unknown, error: string, detail: string, byRule: { readonly rule?: string } = {}) =>
    Effect.gen(function* () {
      const { log, post, simulator } = yield* started()
      assert.include(assertProblem(yield* post(body), { status: 400, error, ...byRule }), detail)
      assert.deepStrictEqual((yield* simulator.state).calls, [])
      assertSafe(log.join("\n"))
    }).pipe(withRouter())

  it.live.each([
    "text/plain",
    "text/json",
    "application/x-www-form-urlencoded",
    "application/jsonp",
    "application/xml; as=application/json"
  ])("under the content type %s", (contentType) =>
    refused(HttpBody.jsonUnsafe(bodyOf(toSales), contentType), "Invalid content type", "application/json")
  )

  it.live("without a content type", () =>
    refused(HttpBody.raw(JSON.stringify(bodyOf(toSales))), "Invalid content type", "application/json")
  )

  it.live.each([
    { what: "cut short", body: (text: string) => json(text.slice(0, -1)), detail: "JSON" },
    { what: "empty", body: () => json(""), detail: "JSON" },
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
  it.live.each(misshapen)("for $what, naming its path", ({ asked, path }) =>
    refused(bodyOf(asked), "Invalid payload", path)
  )

  it.live("for an intent of the wrong type, naming its path", () =>
    refused({ ...bodyOf(toSales), intent: ["transfer_to_sales"] }, "Invalid payload", "intent")
  )

  it.live.each([undefined, null, ""])("without an intent: %j", (intent) =>
    refused(bodyOf({ intent, userId: "anna" }), "Missing required fields", intentPath)
  )

  it.live.each([undefined, null, ""])("without a user id: %j", (userId) =>
    refused(bodyOf({ intent: "transfer_to_sales", userId }), "Missing required fields", userPath)
  )

  it.live.each(["order_pizza", "Transfer_to_sales", "__proto__"])("for the intent %s, that no rule takes", (intent) =>
    refused(bodyOf({ intent, userId: "anna" }), "Unsupported intent", intent)
  )

  it.live.each([undefined, null, "", true, 1.5])("for an agent without an id: %j", (agentId) =>
    refused(bodyOf({ ...toAgent, agentId }), "Agent ID missing", "agentId", { rule: "transfer_to_agent" })
  )
})

const latin1 = (text: string) => HttpBody.uint8Array(Uint8Array.from(Buffer.from(text, "latin1")), "application/json")

const apiKeys: WebhookCredentials = {
  mode: "api-key",
  keys: [Redacted.make("first-webhook-key"), Redacted.make("second-webhook-key")]
}
const basic: WebhookCredentials = { mode: "basic", user: "cognigy", password: Redacted.make("päss:wörd") }
const basicHeader = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`
})

describe.concurrent.each(shapes)("$shape and the webhook's own credentials", ({ bodyOf }) => {
  const keys = [
    { header: "X-API-Key", of: (key: string) => ({ "x-api-key": key }) },
    { header: "Authorization: ApiKey", of: (key: string) => ({ authorization: `ApiKey ${key}` }) },
    { header: "Authorization: Bearer", of: (key: string) => ({ authorization: `Bearer ${key}` }) }
  ] as const

  it.live.each(keys)("lets either key in as $header, and nothing else", ({ of }) =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started()
      const refused = { status: 401, error: "Unauthorized" }
      const wrong = ["wrong-webhook-key", "first-webhook-key-", "first-webhook-key,second-webhook-key"]
      for (const key of wrong) {
        const reply = yield* post(bodyOf(toSales), of(key))
        assertProblem(reply, refused, "first-webhook", "second-webhook", "wrong-webhook-key")
        assert.match(reply.headers["www-authenticate"] ?? "", /^\w+ realm=/)
      }
      assert.deepStrictEqual((yield* simulator.state).calls, [])
      assertSuccess(yield* post(bodyOf(toSales), of("first-webhook-key")))
      assertSuccess(yield* post(bodyOf(toSales), of("second-webhook-key")))
    }).pipe(withRouter({ settings: { credentials: apiKeys } }))
  )

  it.live("lets the right user and password in as Basic, and nothing else", () =>
    Effect.gen(function* () {
      const { log, post, simulator } = yield* started()
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
      assert.deepStrictEqual((yield* simulator.state).calls, [])
      assertSuccess(yield* post(bodyOf(toSales), basicHeader("cognigy", "päss:wörd")))
      assertSafe(log.join("\n"), "wörd", "wrong-password")
    }).pipe(withRouter({ settings: { credentials: basic } }))
  )

  it.live.each([
    { credentials: apiKeys, mode: "api-key" },
    { credentials: basic, mode: "basic" }
  ])("refuses whoever brings none to $mode, whatever the body", ({ credentials }) =>
    Effect.gen(function* () {
      const { post } = yield* started()
      for (const body of [bodyOf(toSales), bodyOf({}), json("{"), HttpBody.text("x", "text/plain")]) {
        const reply = yield* post(body)
        assertProblem(reply, { status: 401, error: "Unauthorized" })
        assert.isNotEmpty(reply.headers["www-authenticate"])
      }
    }).pipe(withRouter({ settings: { credentials } }))
  )

  it.live.each(keys)("do not hide any other failure from a key in $header", ({ of }) =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started({ operation: "open", kind: "status", status: 404 })
      const headers = of("second-webhook-key")
      assertProblem(yield* post(json("{"), headers), { status: 400, error: "Invalid payload" })
      assertProblem(yield* post(bodyOf(toSales), headers), {
        status: 502,
        error: "Unexpected CXone response",
        rule: "transfer_to_sales"
      })
      assert.strictEqual((yield* simulator.state).counts.open, 1)
    }).pipe(withRouter({ settings: { credentials: apiKeys } }))
  )
})

/** Header values go out as bytes, so that text beyond ASCII has to be spelled as its UTF-8 bytes. */
const encodable = (headers: { readonly authorization: string }) => ({
  authorization: Buffer.from(headers.authorization, "utf8").toString("latin1")
})

describe.concurrent.each(shapes)("$shape that is too large is answered 413", ({ bodyOf }) => {
  it.live.each([
    { what: "by one byte", bytes: 256 * 1024 + 1 },
    { what: "by far", bytes: 8 * 1024 * 1024 }
  ])("$what", ({ bytes }) =>
    Effect.gen(function* () {
      const { post } = yield* started()
      const reply = yield* post(padded(bodyOf(toSales), bytes))
      assertProblem(reply, { status: 413, error: "Payload too large" })
      assertSuccess(yield* post(bodyOf(toSales)))
    }).pipe(withRouter())
  )

  it.live("without saying so beforehand", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      const chunks = Stream.fromArray(Array.from({ length: 5 }, () => new Uint8Array(64 * 1024).fill(32)))
      const reply = yield* post(HttpBody.stream(chunks, "application/json"))
      assertProblem(reply, { status: 413, error: "Payload too large" })
      assertSuccess(yield* post(bodyOf(toSales)))
    }).pipe(withRouter())
  )
})
