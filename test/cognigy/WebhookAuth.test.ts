import { type IncomingHttpHeaders, request } from "node:http"
import { assert, describe, it, layer } from "@effect/vitest"
import { Cause, Duration, Effect, Layer, Logger, Redacted, Schema, SubscriptionRef } from "effect"
import { HttpServer } from "effect/http"
import { DECIDE_PATH, EXPLAIN_PATH, WEBHOOK_PATH } from "../../src/cognigy/Api.ts"
import type { WebhookCredentials } from "../../src/cognigy/door/Credentials.ts"
import * as Server from "../../src/cognigy/http/Server.ts"
import { DeadlineExceeded, PermissionMissing, RateLimited } from "../../src/cxone/CXoneError.ts"
import type { HandoverRequest } from "../../src/domain/HandoverRequest.ts"
import { type HandedOver, type HandoverError, HandoverFailed } from "../../src/handover/HandedOver.ts"
import { Handover } from "../../src/handover/Handover.ts"
import { Journal } from "../../src/handover/Journal.ts"
import { NotReady, Readiness } from "../../src/handover/Readiness.ts"
import { Rejected, UnsupportedIntent } from "../../src/routing/Decision.ts"
import { RoutingPolicy } from "../../src/routing/RoutingPolicy.ts"
import type { Live } from "../../src/std/Live.ts"
import { KNOWN_ID, withKnownId } from "../support/correlation.ts"

const SECRET = "s3cr3t-of-the-house"

const failedBy = (rule: string, reason: HandoverFailed["reason"]) => Effect.fail(new HandoverFailed({ rule, reason }))

const outcomes: Record<string, Effect.Effect<HandedOver, HandoverError>> = {
  agent: Effect.succeed({ conversationId: "c-2", target: { type: "agent", id: "a-1" }, rule: "r-2", reused: true }),
  unsupported: Effect.fail(new UnsupportedIntent({ intent: "unsupported" })),
  rejected: Effect.fail(new Rejected({ rule: "r-3", text: "We are closed." })),
  forbidden: failedBy(
    "r-1",
    new PermissionMissing({ operation: "open", permissions: ["conversations:webchat:create"] })
  ),
  limited: failedBy("r-1", new RateLimited({ operation: "open", retryAfter: Duration.millis(2500) })),
  late: failedBy("r-1", new DeadlineExceeded({ operation: "open" })),
  die: Effect.die(new Error(SECRET)),
  throw: Effect.sync(() => {
    throw new Error(SECRET)
  })
}

const handedOver: HandedOver = {
  conversationId: "c-1",
  target: { type: "queue", id: "q-1" },
  rule: "r-1",
  reused: false
}

/** What reached the handover; tests tell theirs by the user's id. */
const handled: Array<HandoverRequest> = []

/** What the server wrote to its log. */
const logged: Array<string> = []

const log = Logger.make(({ cause, message }) => {
  logged.push([...(Array.isArray(message) ? message : [message]).map(String), Cause.pretty(cause)].join(" "))
})

/** The whole front door on a port of its own, with a handover that does as the intent says. */
const door = (credentials: Live<WebhookCredentials>, check: Effect.Effect<void, NotReady> = Effect.void) =>
  Server.layer({
    host: "127.0.0.1",
    port: 0,
    credentials,
    deadline: Duration.seconds(7),
    capacity: 100,
    shutdownTimeout: Duration.seconds(1)
  }).pipe(
    Layer.provide([
      Layer.succeed(Handover, {
        handle: (request) =>
          Effect.suspend(() => {
            handled.push(request)
            return outcomes[request.intent] ?? Effect.succeed(handedOver)
          })
      }),
      Journal.layer(),
      Layer.succeed(Readiness, { check }),
      RoutingPolicy.layer(() => Effect.succeed({ rule: "r-1", target: handedOver.target })),
      Logger.layer([log])
    ])
  )

interface Sending {
  readonly method?: string
  readonly path?: string
  readonly headers?: Record<string, string>
  readonly body?: string | Uint8Array
  /** Announce a body that never comes. */
  readonly withheld?: boolean
}

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** One request on a connection of its own, exactly as it is given. */
const send = ({ body, headers = {}, method = "POST", path = WEBHOOK_PATH, withheld = false }: Sending) =>
  Effect.flatMap(HttpServer.HttpServer, ({ address }) =>
    Effect.callback<Answer, Error>((resume) => {
      const { hostname, port } = new URL(HttpServer.formatAddress(address))
      const sent = request({ hostname, port, method, path, headers, agent: false }, (response) => {
        const chunks: Array<Buffer> = []
        response.on("data", (chunk: Buffer) => chunks.push(chunk))
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString()
          resume(Effect.succeed({ status: response.statusCode, headers: response.headers, text }))
          sent.destroy()
        })
      })
      sent.on("error", (error) => resume(Effect.fail(error)))
      if (withheld) sent.flushHeaders()
      else sent.end(body)
      return Effect.sync(() => sent.destroy())
    })
  )

const asJson = { "content-type": "application/json" }

let users = 0

/** A payload with a user of its own. */
const payload = (intent = "any") => {
  const userId = `user-${++users}`
  return { userId, body: JSON.stringify({ intent, userId }) }
}

const wasHandled = (userId: string) => handled.some((request) => request.userId === userId)

const parse = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Json)))

/** The members besides those that every problem has. */
type Also = Readonly<Record<string, string>>

/** A problem of another place than the webhook, which has no correlation id. */
const assertPlainProblem = ({ headers, status, text }: Answer, expected: number, error: string, also: Also = {}) => {
  assert.strictEqual(status, expected, text)
  assert.strictEqual(headers["content-type"], "application/problem+json")
  const { detail, title, type, ...others } = parse(text)
  for (const member of [detail, title, type]) assert.isString(member)
  assert.deepStrictEqual(others, { status: expected, error, ...also })
  return String(detail)
}

const assertProblem = ({ text, ...answer }: Answer, expected: number, error: string, also: Also = {}) =>
  assertPlainProblem({ ...answer, text: withKnownId(text) }, expected, error, { ...also, correlationId: KNOWN_ID })

/** Lets in to the webhook, and to questions about its routing, which hand nothing over. */
const assertLetIn = Effect.fnUntraced(function* (headers: Record<string, string>) {
  const { body, userId } = payload()
  for (const path of [DECIDE_PATH, EXPLAIN_PATH]) {
    const asked = yield* send({ path, headers: { ...asJson, ...headers }, body })
    assert.strictEqual(asked.status, 200, asked.text)
    assert.isFalse(wasHandled(userId))
  }
  const answer = yield* send({ headers: { ...asJson, ...headers }, body })
  assert.strictEqual(answer.status, 200, answer.text)
  assert.isTrue(wasHandled(userId))
})

/** Keeps out of all. */
const assertKeptOut = Effect.fnUntraced(function* (headers: Record<string, string>, challenge: RegExp) {
  const { body, userId } = payload()
  for (const path of [WEBHOOK_PATH, DECIDE_PATH, EXPLAIN_PATH]) {
    const answer = yield* send({ path, headers: { ...asJson, ...headers }, body })
    assertProblem(answer, 401, "Unauthorized")
    assert.match(String(answer.headers["www-authenticate"]), challenge)
    assert.isFalse(wasHandled(userId))
    for (const given of Object.values(headers)) {
      const credential = given.replace(/^(ApiKey|Bearer|Basic) */i, "")
      if (credential.length > 3) assert.notInclude(answer.text, credential)
    }
  }
})

const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` })

const [first, second] = ["1st-Key-5f0c2a", "2nd-Key-9b7e4d"]

describe("credentials that change", () => {
  const keys = (...keys: ReadonlyArray<string>): WebhookCredentials => ({
    mode: "api-key",
    keys: keys.map((key) => Redacted.make(key))
  })

  it.live("hold from then on: with two keys in the list both are let in", () =>
    Effect.gen(function* () {
      const credentials = yield* SubscriptionRef.make(keys(first))
      yield* Effect.gen(function* () {
        yield* assertLetIn({ "x-api-key": first })
        yield* assertKeptOut({ "x-api-key": second }, /ApiKey/)
        yield* SubscriptionRef.set(credentials, keys(first, second))
        yield* assertLetIn({ "x-api-key": first })
        yield* assertLetIn({ authorization: `Bearer ${second}` })
        yield* SubscriptionRef.set(credentials, keys(second))
        yield* assertKeptOut({ "x-api-key": first }, /ApiKey/)
        yield* assertLetIn({ "x-api-key": second })
      }).pipe(Effect.provide(door(credentials)))
    })
  )

  it.live("of another kind have their own challenge", () =>
    Effect.gen(function* () {
      const credentials = yield* SubscriptionRef.make(keys(first))
      yield* Effect.gen(function* () {
        yield* SubscriptionRef.set(credentials, { mode: "basic", user: "anna", password: Redacted.make("s3cr3t") })
        yield* assertKeptOut({ "x-api-key": first }, /^Basic/)
        yield* assertLetIn(basic("anna:s3cr3t"))
      }).pipe(Effect.provide(door(credentials)))
    })
  )
})

layer(door({ mode: "api-key", keys: [Redacted.make(first), Redacted.make(second)] }), { excludeTestServices: true })(
  "with API keys",
  (it) => {
    for (const [what, headers] of [
      ["X-API-Key", { "x-api-key": first }],
      ["Authorization: ApiKey", { authorization: `ApiKey ${first}` }],
      ["Authorization: Bearer", { authorization: `Bearer ${first}` }],
      ["the second key as X-API-Key", { "X-API-KEY": second }],
      ["the second key as ApiKey", { authorization: `ApiKey ${second}` }],
      ["the second key as Bearer", { authorization: `Bearer ${second}` }],
      ["a scheme in lower case", { authorization: `apikey ${first}` }],
      ["a scheme in upper case", { authorization: `BEARER ${first}` }],
      ["several spaces after the scheme", { authorization: `Bearer   ${first}` }],
      [
        "a wrong key in one place and a right one in another",
        { "x-api-key": "wrong", authorization: `Bearer ${first}` }
      ],
      ["a right key beside credentials of something else", { "x-api-key": first, authorization: "Basic eDp5" }]
    ] as const) {
      it.effect(`accepts: ${what}`, () => assertLetIn(headers))
    }

    for (const [what, headers] of [
      ["nothing", {}],
      ["an empty key", { "x-api-key": "" }],
      ["a wrong key", { "x-api-key": "1st-Key-5f0c2b" }],
      ["a wrong bearer", { authorization: "Bearer 1st-Key-5f0c2b" }],
      ["the beginning of a key", { "x-api-key": first.slice(0, -1) }],
      ["a key and more", { "x-api-key": `${first}0` }],
      ["a key in another case", { "x-api-key": first.toLowerCase() }],
      ["both keys in one", { "x-api-key": `${first},${second}` }],
      ["a key without a scheme", { authorization: first }],
      ["a scheme without a key", { authorization: "Bearer" }],
      ["a scheme and a space", { authorization: "Bearer " }],
      ["a key after another scheme", { authorization: `Token ${first}` }],
      ["a key joined to its scheme", { authorization: `Bearer${first}` }],
      ["a key as Basic user", basic(`${first}:`)],
      ["a key as Basic password", basic(`:${first}`)],
      ["a key in another header", { "api-key": first }],
      ["a key with other bytes", { "x-api-key": `${first}ü` }],
      ["a very long key", { "x-api-key": first.repeat(500) }]
    ] as const) {
      it.effect(`keeps out: ${what}`, () => assertKeptOut(headers, /^ApiKey realm=".+", Bearer realm=".+"$/))
    }

    it.effect("does not take a key from the URL", () =>
      Effect.gen(function* () {
        const { body } = payload()
        const path = `${WEBHOOK_PATH}?X-API-Key=${first}&access_token=${first}`
        assertProblem(yield* send({ path, headers: asJson, body }), 401, "Unauthorized")
      })
    )

    it.effect("refuses before it looks at the content type or the body", () =>
      Effect.gen(function* () {
        const { body, userId } = payload()
        assertProblem(yield* send({ headers: { "content-type": "text/plain" }, body: "no" }), 401, "Unauthorized")
        assertProblem(yield* send({ body: "no" }), 401, "Unauthorized")
        assertProblem(yield* send({ headers: asJson, body: "{" }), 401, "Unauthorized")
        assertProblem(yield* send({ headers: { ...asJson, "x-api-key": "wrong" }, body }), 401, "Unauthorized")
        assert.isFalse(wasHandled(userId))
      })
    )

    it.effect("refuses without waiting for the body to come", () =>
      Effect.gen(function* () {
        const headers = { ...asJson, "content-length": "1000" }
        assertProblem(yield* send({ headers, withheld: true }), 401, "Unauthorized")
        assertProblem(
          yield* send({ headers: { ...headers, expect: "100-continue" }, withheld: true }),
          401,
          "Unauthorized"
        )
      })
    )

    it.effect("shows its keys neither in an answer nor in the log", () =>
      Effect.gen(function* () {
        const { body } = payload()
        const refused = yield* send({ headers: { ...asJson, "x-api-key": "wr0ng-key" }, body })
        yield* send({ headers: { ...asJson, "x-api-key": first }, body })
        for (const text of [refused.text, JSON.stringify(refused.headers), ...logged]) {
          for (const key of [first, second, "wr0ng-key"]) assert.notInclude(text, key)
        }
      })
    )

    for (const [path, type] of [
      ["/healthz", /^application\/json/],
      ["/readyz", /^application\/json/],
      ["/openapi.json", /^application\/json/],
      ["/docs", /^text\/html/]
    ] as const) {
      it.effect(`lets everyone see ${path}`, () =>
        Effect.gen(function* () {
          const answer = yield* send({ method: "GET", path })
          assert.strictEqual(answer.status, 200)
          assert.match(String(answer.headers["content-type"]), type)
        })
      )

      it.effect(`answers HEAD ${path} as GET, without the body`, () =>
        Effect.gen(function* () {
          const answer = yield* send({ method: "HEAD", path })
          assert.strictEqual(answer.status, 200)
          assert.strictEqual(answer.text, "")
        })
      )
    }

    it.effect("is alive and ready", () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(parse((yield* send({ method: "GET", path: "/healthz" })).text), { status: "ok" })
        assert.deepStrictEqual(parse((yield* send({ method: "GET", path: "/readyz" })).text), { status: "ready" })
      })
    )

    it.effect("describes the webhook with all its answers", () =>
      Effect.gen(function* () {
        const Description = Schema.Struct({
          paths: Schema.Record(
            Schema.String,
            Schema.Record(Schema.String, Schema.Struct({ responses: Schema.Record(Schema.String, Schema.Unknown) }))
          )
        })
        const { text } = yield* send({ method: "GET", path: "/openapi.json" })
        const { paths } = yield* Schema.decodeEffect(Schema.fromJsonString(Description))(text)
        assert.deepStrictEqual(
          Object.keys(paths).sort(),
          ["/healthz", "/readyz", DECIDE_PATH, EXPLAIN_PATH, WEBHOOK_PATH].sort()
        )
        assert.includeMembers(Object.keys(paths[WEBHOOK_PATH]?.post?.responses ?? {}), [
          "200",
          "400",
          "401",
          "403",
          "413",
          "502",
          "503",
          "504"
        ])
      })
    )
  }
)

const password = "pass:wörd: €😀"

layer(door({ mode: "basic", user: "cognigy", password: Redacted.make(password) }), { excludeTestServices: true })(
  "with Basic credentials",
  (it) => {
    it.effect("accepts the user with the password, colons included", () => assertLetIn(basic(`cognigy:${password}`)))

    it.effect("takes the scheme in any case", () =>
      Effect.gen(function* () {
        const { authorization } = basic(`cognigy:${password}`)
        yield* assertLetIn({ authorization: authorization.replace("Basic", "basic") })
        yield* assertLetIn({ authorization: authorization.replace("Basic", "BASIC") })
      })
    )

    for (const [what, headers] of [
      ["nothing", {}],
      ["a wrong password", basic("cognigy:wrong")],
      ["no password", basic("cognigy:")],
      ["a wrong user", basic(`Cognigy:${password}`)],
      ["no user", basic(`:${password}`)],
      ["the beginning of the password", basic("cognigy:pass")],
      ["the password and more", basic(`cognigy:${password} `)],
      [
        "the password in Latin-1",
        { authorization: `Basic ${Buffer.from("cognigy:pass:wörd", "latin1").toString("base64")}` }
      ],
      ["user and password without the colon", basic(`cognigy${password}`)],
      ["user and password the other way round", basic(`${password}:cognigy`)],
      ["no base64", { authorization: "Basic %%%%" }],
      ["plain text", { authorization: "Basic cognigy:pass" }],
      ["base64 of nothing", { authorization: "Basic =" }],
      ["base64 of broken UTF-8", { authorization: `Basic ${Buffer.from([99, 58, 0xff, 0xfe]).toString("base64")}` }],
      ["the scheme alone", { authorization: "Basic" }],
      ["the same as Bearer", { authorization: basic(`cognigy:${password}`).authorization.replace("Basic", "Bearer") }],
      ["an API key", { "x-api-key": "cognigy" }]
    ] as const) {
      it.effect(`keeps out: ${what}`, () => assertKeptOut(headers, /^Basic realm=".+", charset="UTF-8"$/))
    }
  }
)

layer(door({ mode: "api-key", keys: [Redacted.make("")] }), { excludeTestServices: true })(
  "with an empty key among its keys",
  (it) => {
    it.effect("refuses a request without a key", () => assertKeptOut({}, /ApiKey/))
    it.effect("refuses a request with an empty key", () => assertKeptOut({ "x-api-key": "" }, /ApiKey/))
  }
)

layer(door({ mode: "api-key", keys: [] }), { excludeTestServices: true })("with no key at all", (it) => {
  it.effect("keeps everyone out", () => assertKeptOut({}, /ApiKey/))
})

layer(door({ mode: "none" }), { excludeTestServices: true })("with no credentials asked for", (it) => {
  /** Sends a payload, and looks at what came back. */
  const post = (body: string | Uint8Array, headers: Record<string, string> = asJson) => send({ headers, body })

  for (const [what, headers] of [
    ["without any", {}],
    ["with a key", { "x-api-key": "any" }],
    ["with Basic ones", basic("any:one")],
    ["with broken ones", { authorization: "Basic %%" }]
  ] as const) {
    it.effect(`accepts a request ${what}`, () => assertLetIn(headers))
  }

  it.effect("answers with the conversation, the target and the rule", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(parse(withKnownId((yield* post(payload().body)).text)), {
        status: "success",
        conversationId: "c-1",
        target: { type: "queue", id: "q-1" },
        rule: "r-1",
        reused: false,
        correlationId: KNOWN_ID
      })
      assert.deepStrictEqual(parse(withKnownId((yield* post(payload("agent").body)).text)), {
        status: "success",
        conversationId: "c-2",
        target: { type: "agent", id: "a-1" },
        rule: "r-2",
        reused: true,
        correlationId: KNOWN_ID
      })
    })
  )

  it.effect("hands the decoded request over", () =>
    Effect.gen(function* () {
      yield* post('{"intent":{"name":"i","score":0.5},"user":{"id":"ü/ß %41"},"entities":[{"name":"e","value":7}]}')
      const request = handled.find(({ userId }) => userId === "ü/ß %41")
      assert.strictEqual(request?.intent, "i")
      assert.strictEqual(request?.confidence, 0.5)
      assert.deepStrictEqual(request?.entities, [{ name: "e", value: 7 }])
    })
  )

  for (const type of [
    "application/json",
    "application/json; charset=utf-8",
    "application/json;charset=UTF-8",
    "application/json ; charset=utf-8; x=y",
    "application/vnd.x+json",
    "application/problem+json; charset=utf-8",
    "APPLICATION/JSON",
    "Application/Vnd.X+JSON"
  ]) {
    it.effect(`takes ${type}`, () =>
      Effect.gen(function* () {
        const answer = yield* post(payload().body, { "content-type": type })
        assert.strictEqual(answer.status, 200, answer.text)
      })
    )
  }

  for (const type of [
    "text/plain",
    "text/json",
    "application/jsonx",
    "application/json+x",
    "application/x-json",
    "application/javascript",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/octet-stream",
    "json",
    "text/plain; application/json",
    "*/*",
    ""
  ]) {
    it.effect(`takes no ${JSON.stringify(type)}`, () =>
      Effect.gen(function* () {
        const { body, userId } = payload()
        const detail = assertProblem(yield* post(body, { "content-type": type }), 400, "Invalid content type")
        assert.include(detail, "application/json")
        assert.isFalse(wasHandled(userId))
      })
    )
  }

  it.effect("takes no body without a content type", () =>
    Effect.gen(function* () {
      assertProblem(yield* post(payload().body, {}), 400, "Invalid content type")
    })
  )

  it.effect("refuses a content type without waiting for the body to come", () =>
    Effect.gen(function* () {
      const headers = { "content-type": "text/plain", "content-length": "1000" }
      assertProblem(yield* send({ headers, withheld: true }), 400, "Invalid content type")
    })
  )

  const ofSize = (bytes: number, text = "") => {
    const size = Buffer.byteLength(JSON.stringify({ intent: "any", userId: "u", text }))
    return JSON.stringify({ intent: "any", userId: "u", text: text + "x".repeat(bytes - size) })
  }

  const chunked = { ...asJson, "transfer-encoding": "chunked" }

  for (const [how, headers] of [
    ["", asJson],
    [" in chunks", chunked]
  ] as const) {
    it.effect(`takes a body of 256 KiB${how}, and of no byte more`, () =>
      Effect.gen(function* () {
        const whole = yield* post(ofSize(256 * 1024), headers)
        assert.strictEqual(whole.status, 200, whole.text)
        const detail = assertProblem(yield* post(ofSize(256 * 1024 + 1), headers), 413, "Payload too large")
        assert.include(detail, "256 KiB")
      })
    )
  }

  it.effect("counts a body's bytes, not its characters", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* post(ofSize(256 * 1024, "😀".repeat(60_000)))).status, 200)
      assertProblem(yield* post(ofSize(256 * 1024 + 1, "😀".repeat(60_000))), 413, "Payload too large")
    })
  )

  const around = (...bytes: ReadonlyArray<number>) =>
    Buffer.concat([Buffer.from('{"intent":"i","userId":"'), Buffer.from(bytes), Buffer.from('"}')])

  for (const [what, body] of [
    ["nothing", ""],
    ["space", " \n"],
    ["half an object", `{"intent":"${SECRET}`],
    ["an object and more", `{"intent":"i","userId":"u"}${SECRET}`],
    ["text without quotes", SECRET],
    ["single quotes", `{'intent':'${SECRET}'}`],
    ["a trailing comma", `{"intent":"${SECRET}","userId":"u",}`],
    ["invalid UTF-8", around(0xff)],
    ["half of a UTF-8 character", around(0xe2, 0x82)],
    ["a surrogate in UTF-8", around(0xed, 0xa0, 0x80)],
    ["UTF-16", Buffer.from('{"intent":"i","userId":"u"}', "utf16le")],
    ["a form", `intent=${SECRET}&userId=u`]
  ] as const) {
    it.effect(`takes no body of ${what}, and repeats none of it`, () =>
      Effect.gen(function* () {
        const detail = assertProblem(yield* post(body), 400, "Invalid payload")
        assert.notInclude(detail, SECRET)
        assert.notInclude(detail, SECRET.slice(0, 8))
      })
    )
  }

  it.effect("takes a body with a byte order mark", () =>
    Effect.gen(function* () {
      const { body, userId } = payload()
      assert.strictEqual((yield* post(`\ufeff${body}`)).status, 200)
      assert.isTrue(wasHandled(userId))
    })
  )

  for (const [error, body] of [
    ["Invalid payload", "[]"],
    ["Invalid payload", "null"],
    ["Invalid payload", '{"intent":7,"userId":"u"}'],
    ["Missing required fields", "{}"],
    ["Missing required fields", '{"intent":"i"}']
  ] as const) {
    it.effect(`refuses ${body}: ${error}`, () =>
      Effect.gen(function* () {
        assertProblem(yield* post(body), 400, error)
      })
    )
  }

  const byRule = { rule: "r-1" }

  for (const [intent, status, error, also, retryAfter] of [
    ["unsupported", 400, "Unsupported intent", {}, undefined],
    ["rejected", 403, "Handover rejected", { rule: "r-3", text: "We are closed." }, undefined],
    ["forbidden", 502, "CXone denied access", byRule, undefined],
    ["limited", 503, "CXone rate limit exceeded", byRule, "3"],
    ["late", 504, "Handover timed out", byRule, undefined]
  ] as const) {
    it.effect(`answers a handover that fails with ${status}, "${error}"`, () =>
      Effect.gen(function* () {
        const answer = yield* post(payload(intent).body)
        assertProblem(answer, status, error, also)
        assert.strictEqual(answer.headers["retry-after"], retryAfter)
      })
    )
  }

  for (const intent of ["die", "throw"]) {
    it.effect(
      `answers a defect in the handover (${intent}) with a 500 that says nothing of it, and logs its cause`,
      () =>
        Effect.gen(function* () {
          const before = logged.length
          const answer = yield* post(payload(intent).body)
          assertProblem(answer, 500, "Internal error")
          assert.notInclude(answer.text + JSON.stringify(answer.headers), SECRET)
          assert.isTrue(logged.slice(before).some((line) => line.includes(SECRET)))
          assert.strictEqual((yield* post(payload().body)).status, 200)
        })
    )
  }

  for (const [method, path] of [
    ["POST", "/webhook"],
    ["POST", "/webhook/cognigy/more"],
    ["POST", "/webhook/cognigy%2Fmore"],
    ["GET", "/favicon.ico"],
    ["DELETE", "/healthy"],
    ["GET", `/nothing?key=${SECRET}`],
    ["GET", "/%zz"],
    ["GET", "/%c3%28"],
    ["GET", "//:"],
    ["GET", "//[/"],
    ["OPTIONS", "/nothing"]
  ] as const) {
    it.effect(`answers ${method} ${path} with a 404 that leads to the webhook`, () =>
      Effect.gen(function* () {
        const answer = yield* send({ method, path })
        const detail = assertPlainProblem(answer, 404, "Not found")
        assert.include(detail, WEBHOOK_PATH)
        assert.notInclude(detail, SECRET)
      })
    )
  }

  for (const method of ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
    it.effect(`answers ${method} to the webhook with a 405 that names the method it takes`, () =>
      Effect.gen(function* () {
        const answer = yield* send({ method })
        assertPlainProblem(answer, 405, "Method not allowed")
        assert.strictEqual(answer.headers.allow, "POST")
      })
    )
  }

  for (const path of [
    DECIDE_PATH,
    EXPLAIN_PATH,
    `${EXPLAIN_PATH}/?at=2026-12-24T18:30:00Z`,
    EXPLAIN_PATH.toUpperCase()
  ]) {
    it.effect(`answers GET ${path} with a 405 that names the method it takes`, () =>
      Effect.gen(function* () {
        const answer = yield* send({ method: "GET", path })
        assertPlainProblem(answer, 405, "Method not allowed")
        assert.strictEqual(answer.headers.allow, "POST")
      })
    )
  }

  for (const path of ["/", "/docs", "/openapi.json", "/healthz", "/readyz"]) {
    it.effect(`answers POST ${path} with a 405 that names the methods it takes`, () =>
      Effect.gen(function* () {
        const answer = yield* send({ method: "POST", path })
        assertPlainProblem(answer, 405, "Method not allowed")
        assert.strictEqual(answer.headers.allow, "GET, HEAD")
        for (const method of ["GET", "HEAD"]) assert.strictEqual((yield* send({ method, path })).status, 200)
      })
    )
  }

  it.effect("answers HEAD to the webhook with a 405 without a body", () =>
    Effect.gen(function* () {
      const answer = yield* send({ method: "HEAD" })
      assert.deepStrictEqual([answer.status, answer.headers.allow, answer.text], [405, "POST", ""])
    })
  )
})

const reason = "CXone refused the client id and secret"

layer(door({ mode: "none" }, Effect.fail(new NotReady({ reason }))), { excludeTestServices: true })(
  "while CXone gives no token",
  (it) => {
    it.effect("is not ready, and says why", () =>
      Effect.gen(function* () {
        const answer = yield* send({ method: "GET", path: "/readyz" })
        assert.strictEqual(answer.status, 503)
        assert.deepStrictEqual(parse(answer.text), { status: "not ready", reason })
      })
    )

    it.effect("is alive, and takes webhooks", () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* send({ method: "GET", path: "/healthz" })).status, 200)
        yield* assertLetIn({})
      })
    )
  }
)

layer(door({ mode: "none" }, Effect.die(new Error(SECRET))), { excludeTestServices: true })(
  "with a defect in the readiness check",
  (it) => {
    it.effect("answers with a 500 that says nothing of it, and logs its cause", () =>
      Effect.gen(function* () {
        const before = logged.length
        const answer = yield* send({ method: "GET", path: "/readyz" })
        assertPlainProblem(answer, 500, "Internal error")
        assert.notInclude(answer.text, SECRET)
        assert.isTrue(logged.slice(before).some((line) => line.includes(SECRET)))
      })
    )
  }
)
