import { assert, describe, it, vi } from "@effect/vitest"
import { Effect, Fiber, Redacted } from "effect"
import { HttpBody } from "effect/http"
import type { CXoneSimulator } from "../../src/simulator/CXoneSimulator.ts"
import type { Fault } from "../../src/simulator/webchat/Operation.ts"
import { agentId, allScopes, salesQueueId, supportQueueId } from "../../src/simulator/webchat/SimulatorOptions.ts"
import { observer } from "../support/observer.ts"
import { type Reply, Router, type RouterOptions, started } from "./support/router.ts"
import { exchange, parseAnswer } from "./support/socket.ts"

// Most of the time here is spent waiting.
vi.setConfig({ maxConcurrency: 10 })

/** Texts with this in them are nobody's business: wherever one comes out, something leaks. */
const MARK = "planted"

const planted = (what: string) => `${MARK}-${what}`

const rightKey = planted("right-key")
const password = planted("password")
const clientSecret = planted("client-secret")

/** All that Cognigy can say of a user, in both shapes. */
const person = { sessionId: planted("session"), inputId: planted("input"), traceId: planted("trace") }
/** All that is for the agent. */
const forAgent = {
  transcript: [
    { role: "user", text: planted("said") },
    { role: "assistant", payload: { text: planted("answered") } },
    { role: "tool", payload: { result: planted("tool") } }
  ],
  summary: planted("summary"),
  customer: { name: planted("name"), email: planted("email"), phone: planted("phone") },
  context: { order: planted("context"), [planted("context-name")]: 5, [`${planted("context")} name`]: true }
}
const common = { ...person, ...forAgent, text: planted("text"), data: { [planted("data-key")]: planted("data") } }
const input = (intent: string, more: object = {}) => ({
  intent,
  userId: planted("user"),
  language: planted("language"),
  channel: planted("channel"),
  slots: { product: [{ keyphrase: planted("slot") }], [planted("slot-name")]: planted("slot") },
  ...common,
  ...more
})
const flow = (intent: string, more: object = {}) => ({
  intent: { name: intent },
  user: { id: planted("user") },
  session: { sessionId: planted("session") },
  entities: [
    { name: "product", value: planted("entity") },
    { name: planted("entity-name"), value: 5 }
  ],
  ...common,
  ...more
})
const sales = input("transfer_to_sales")
const toAgent = (id: string) => input("transfer_to_agent", { slots: { agentId: id } })

/** Where people put what they should not, and what proxies add. */
const headers = {
  "idempotency-key": planted("idempotency-key"),
  authorization: `Bearer ${planted("bearer")}`,
  "x-api-key": rightKey,
  cookie: `session=${planted("cookie")}`,
  "proxy-authorization": planted("proxy"),
  "x-hub-signature-256": planted("signature"),
  "x-forwarded-for": planted("address"),
  referer: `https://bot.test/${planted("referer")}`,
  baggage: `user=${planted("baggage")}`,
  tracestate: `a=${planted("tracestate")}`
}

const raw = { message: planted("raw"), code: planted("code"), [planted("raw-key")]: planted("raw") }

const answered = (operation: Fault["operation"], status: number, share = true): Fault => ({
  operation,
  kind: "body",
  status,
  body: raw,
  contentType: `application/json; a=${planted("content-type")}`,
  ...(share ? { share: 1 } : {})
})

interface Outcome {
  readonly when: string
  readonly status: number
  readonly faults?: ReadonlyArray<Fault>
  readonly options?: RouterOptions
  readonly active?: boolean
  readonly locked?: boolean
  /** Sent one after the other; the last answer is looked at closer. */
  readonly bodies?: ReadonlyArray<unknown>
  readonly also?: Readonly<Record<string, string>>
}

const json = (text: string) => HttpBody.text(text, "application/json")
/** Less than usual, and still enough for a busy machine. */
const short: RouterOptions = { deadline: "3 seconds", attemptTimeout: "1 second" }
const late: RouterOptions = { deadline: "500 millis", attemptTimeout: "300 millis" }

const outcomes: ReadonlyArray<Outcome> = [
  { when: "a new conversation is in a queue", status: 200 },
  { when: "a flow's body is taken", status: 200, bodies: [flow("transfer_to_sales")] },
  { when: "a reused conversation is in a queue", status: 200, active: true },
  { when: "a conversation is with an agent", status: 200, bodies: [toAgent(agentId)] },
  { when: "a copy comes", status: 200, bodies: [sales, sales] },
  { when: "the token is refused, and a fresh one taken", status: 200, faults: [answered("open", 401, false)] },
  { when: "CXone hiccups", status: 200, faults: [answered("open", 503, false), { operation: "action", kind: "drop" }] },
  { when: "the label is refused", status: 200, faults: [answered("label", 400)] },
  { when: "the label may not be set", status: 200, faults: [answered("label", 403)] },
  { when: "the label fails", status: 200, faults: [answered("label", 500)], options: short },
  {
    when: "the label is never answered",
    status: 200,
    faults: [{ operation: "label", kind: "hang", share: 1 }],
    options: short
  },
  {
    when: "a shutdown leaves labels unsent",
    status: 200,
    faults: [{ operation: "label", kind: "drop", share: 1 }],
    options: short
  },
  {
    when: "the content type is another",
    status: 400,
    bodies: [HttpBody.text(planted("body"), `text/plain; a=${planted("type")}`)]
  },
  { when: "the body's encoding is not known", status: 415, also: { "content-encoding": planted("encoding") } },
  { when: "the body is not JSON", status: 400, bodies: [json(`{"userId":"${planted("user")}`)] },
  {
    when: "the body is not UTF-8",
    status: 400,
    bodies: [HttpBody.uint8Array(Buffer.from(`${planted("ü")}`, "latin1"), "application/json")]
  },
  { when: "the body is anything but JSON", status: 400, bodies: [json(planted("body"))] },
  { when: "the body is a text", status: 400, bodies: [json(`"${planted("body")}"`)] },
  {
    when: "members have the wrong shape",
    status: 400,
    bodies: [
      input("transfer_to_sales", {
        sessionId: [planted("session")],
        language: { [planted("key")]: 1 },
        slots: [planted("slot")],
        text: [planted("text")]
      })
    ]
  },
  {
    when: "entities have the wrong shape",
    status: 400,
    bodies: [flow("transfer_to_sales", { entities: [{ name: [planted("name")] }, planted("entity")] })]
  },
  {
    when: "members for the agent have the wrong shape",
    status: 400,
    bodies: [
      input("transfer_to_sales", {
        contactId: [planted("contact")],
        transcript: [{ role: planted("role"), text: planted("said"), at: planted("at") }, planted("entry")],
        summary: [planted("summary")]
      }),
      flow("transfer_to_sales", {
        customer: { name: [planted("name")], email: `{{${planted("email")}}}`, phone: 1.5 },
        context: { [planted("context-name")]: [planted("context")] }
      }),
      flow("transfer_to_sales", { context: { [`${planted("context-name")}\n`]: planted("context") } }),
      flow("transfer_to_sales", { context: { [planted("context-name")]: `{{${planted("context")}}}` } }),
      flow("transfer_to_sales", { transcript: planted("transcript"), context: planted("context") })
    ]
  },
  {
    when: "the conversation that a body names is not there",
    status: 409,
    bodies: [input("transfer_to_sales", { contactId: planted("contact") })]
  },
  {
    when: "CXone is not asked about the conversation that a body names",
    status: 409,
    bodies: [flow("transfer_to_sales", { contactId: ".." })]
  },
  {
    when: "the action on the conversation that a body names fails",
    status: 503,
    bodies: [input("transfer_to_sales", { contactId: planted("contact") })],
    faults: [answered("action", 500)],
    options: short
  },
  {
    when: "ids are too long",
    status: 400,
    bodies: [input("transfer_to_sales", { userId: planted("x".repeat(300)), inputId: planted("x".repeat(300)) })]
  },
  {
    when: "ids have control characters",
    status: 400,
    bodies: [input("transfer_to_sales", { userId: `${planted("user")}\n` })]
  },
  { when: "the intent is missing", status: 400, bodies: [input("")] },
  { when: "no rule takes the intent", status: 400, bodies: [input("order_pizza")] },
  { when: "the agent's id is missing", status: 400, bodies: [input("transfer_to_agent")] },
  { when: "the agent's id is too long", status: 400, bodies: [toAgent(planted("x".repeat(300)))] },
  { when: "the key is wrong", status: 401, also: { "x-api-key": planted("wrong-key") } },
  { when: "the body is too large", status: 413, bodies: [json(planted("x".repeat(300_000)))] },
  { when: "a key is used again", status: 422, bodies: [sales, input("transfer_to_support")] },
  {
    when: "CXone refuses the secret",
    status: 502,
    options: { cxone: { clientSecret: Redacted.make(planted("wrong-secret")) } }
  },
  { when: "CXone refuses the secret in its own words", status: 502, faults: [answered("token", 400)] },
  { when: "CXone refuses fresh tokens", status: 502, faults: [answered("open", 401)] },
  {
    when: "a scope is missing",
    status: 502,
    options: { simulator: { credentials: { clientId: "simulator-client", clientSecret }, scopes: allScopes.slice(1) } }
  },
  { when: "CXone forbids in its own words", status: 502, faults: [answered("action", 403)] },
  { when: "CXone does not know the agent", status: 502, bodies: [toAgent(planted("agent"))] },
  {
    when: "CXone does not know the queue",
    status: 502,
    options: { settings: { routing: { queues: { salesQueueId: "unknown", supportQueueId } } } }
  },
  {
    when: "CXone does not find the agent",
    status: 502,
    faults: [answered("action", 404)],
    bodies: [toAgent(planted("agent"))]
  },
  { when: "the action is refused", status: 502, faults: [answered("action", 422)] },
  { when: "the action is answered oddly", status: 502, faults: [answered("action", 405)] },
  {
    when: "the token is none that a header can carry",
    status: 502,
    faults: [
      {
        operation: "token",
        kind: "body",
        status: 200,
        body: { access_token: `${planted("token")}\r\nx: y`, expires_in: 9 }
      }
    ]
  },
  {
    when: "the token has no lifetime",
    status: 502,
    faults: [
      {
        operation: "token",
        kind: "body",
        status: 200,
        body: { access_token: planted("token"), expires_in: planted("life") }
      }
    ]
  },
  { when: "open is answered with something else", status: 502, faults: [answered("open", 201)] },
  { when: "open is answered with half a body", status: 502, faults: [{ operation: "open", kind: "brokenBody" }] },
  {
    when: "open is answered with a page",
    status: 502,
    faults: [
      { operation: "open", kind: "body", status: 200, body: `<html>${planted("page")}`, contentType: "text/html" }
    ]
  },
  { when: "find active lists something else", status: 502, active: true, faults: [answered("findActive", 200)] },
  {
    when: "CXone limits us",
    status: 503,
    faults: [{ operation: "open", kind: "status", status: 429, retryAfter: 60, share: 1 }],
    options: short
  },
  {
    when: "CXone limits us in its own words",
    status: 503,
    faults: [{ operation: "open", kind: "status", status: 429, retryAfter: planted("later"), share: 1 }],
    options: short
  },
  { when: "CXone fails", status: 503, faults: [answered("open", 500)], options: short },
  { when: "connections break", status: 503, faults: [{ operation: "open", kind: "drop", share: 1 }], options: short },
  {
    when: "nobody listens",
    status: 503,
    options: { ...short, cxone: { baseUrl: `http://127.0.0.1:1/${planted("path")}` } }
  },
  { when: "a lock does not clear", status: 503, locked: true, options: short },
  { when: "CXone never answers", status: 504, faults: [{ operation: "open", kind: "hang", share: 1 }], options: late },
  {
    when: "the token is never answered",
    status: 504,
    faults: [{ operation: "token", kind: "hang", share: 1 }],
    options: late
  }
]

/** A table that looks at all that there is, and quotes an entity in a label. */
const table = `
queues: { sales: ${salesQueueId} }
rules:
  - name: never
    when:
      any:
        - { entities: { product: other } }
        - { data: { ${planted("data-key")}: other } }
        - { language: de, channel: webchat }
    to: { queue: sales }
  - name: buyers
    when: { intent: buy, entities: { product: { matches: "slot$" } } }
    to: { queue: sales }
    labels: { product: "{{product}}" }
  - name: complaints
    when: { intent: complain }
    to: { reject: Not today. }
  - name: named
    when: { intent: named }
    to: { agent: { entity: agentId } }
`

const base64 = (text: string) => Buffer.from(text).toString("base64").replace(/=+$/, "").slice(0, -1)

/** Nothing that was planted, nor any access token, in whatever spelling. */
const assertNothingOf = (where: string, text: string) => {
  for (const secret of [MARK, "simulator-token-", base64(`cognigy:${password}`)]) {
    const at = text.toLowerCase().indexOf(secret.toLowerCase())
    if (at >= 0) assert.fail(`${where} tells of "${text.slice(Math.max(0, at - 200), at + 60)}"`)
  }
}

const assertReply = ({ headers, text }: Reply) => assertNothingOf("an answer", JSON.stringify(headers) + text)

const credentials = { mode: "api-key", keys: [Redacted.make(rightKey)] } as const

/** A router with planted secrets, and somebody who reads all that it lets out. */
const overheard = <A, E>(
  options: RouterOptions,
  use: (seen: ReturnType<typeof observer>) => Effect.Effect<A, E, Router | CXoneSimulator>
) => {
  const seen = observer()
  return Effect.gen(function* () {
    const value = yield* use(seen)
    yield* (yield* Router).close
    const everything = yield* seen.everything
    assertNothingOf("the log, a span or a metric", everything)
    return { value, everything }
  }).pipe(
    Effect.provide(
      Router.layer({
        ...options,
        settings: { credentials, ...options.settings },
        cxone: { clientSecret: Redacted.make(clientSecret), ...options.cxone },
        simulator: { credentials: { clientId: "simulator-client", clientSecret }, ...options.simulator },
        surroundings: seen.surroundings
      })
    )
  )
}

describe.concurrent("no secret and nothing about a person comes out", () => {
  it.live.each(outcomes)("when $when ($status)", (outcome) => {
    const { active, also, bodies = [sales], faults = [], locked, options = {}, status } = outcome
    return overheard(options, (seen) =>
      Effect.gen(function* () {
        const { post, simulator } = yield* started(...faults)
        if (active) yield* simulator.openConversation({ userId: `cognigy_${planted("user")}` })
        if (locked) yield* simulator.lockUser(`cognigy_${planted("user")}`, { durationMillis: 60_000 })
        let last = 0
        for (const body of bodies) {
          const reply = yield* post(body, { ...headers, ...also })
          assertReply(reply)
          last = reply.status
        }
        assert.strictEqual(last, status)
        // Something was said of it, and something seen.
        assert.isNotEmpty(seen.log)
        assert.isNotEmpty(seen.spans)
      })
    )
  })

  it.live("when a routing table looks at it, and when it is explained what the table does with it", () =>
    overheard({ routes: table }, () =>
      Effect.gen(function* () {
        const { explain, post } = yield* started()
        for (const [intent, status] of [
          ["buy", 200],
          ["complain", 403],
          ["named", 400],
          ["else", 400]
        ] as const) {
          const reply = yield* post(input(intent), { ...headers, "idempotency-key": planted(intent) })
          assert.strictEqual(reply.status, status, reply.text)
          assertReply(reply)
          // Who asks is told what was seen.
          assert.strictEqual((yield* explain(input(intent), "?at=2026-12-24T18:30:00Z", headers)).status, 200)
        }
      })
    )
  )

  it.live("when the circuit opens", () =>
    overheard(short, () =>
      Effect.gen(function* () {
        const { post } = yield* started(answered("open", 500))
        const users = Array.from({ length: 30 }, (_, i) => planted(`user-${i}`))
        const replies = yield* Effect.forEach(
          users,
          (userId) => post(input("transfer_to_sales", { userId }), headers),
          { concurrency: 5 }
        )
        for (const reply of replies) assertReply(reply)
        assert.match(replies.map(({ text }) => text).join("\n"), /no call is made for/)
      })
    )
  )

  it.live("when too many webhooks are in progress", () =>
    overheard({ settings: { capacity: 1 }, attemptTimeout: "1 second" }, () =>
      Effect.gen(function* () {
        const { post, simulator } = yield* started({ operation: "open", kind: "hang" })
        const first = yield* Effect.forkChild(post(sales, headers))
        yield* simulator.awaitState(({ counts }) => counts.open === 1)
        const reply = yield* post(sales, headers)
        assert.strictEqual(reply.status, 503)
        assertReply(reply)
        assertReply(yield* Fiber.join(first))
      })
    )
  )

  it.live("when a client leaves", () =>
    overheard({}, () =>
      Effect.gen(function* () {
        const { post, simulator } = yield* started({ operation: "open", kind: "delay", millis: 200 })
        const posting = yield* Effect.forkChild(post(sales, headers))
        yield* simulator.awaitState(({ counts }) => counts.open === 1)
        yield* Fiber.interrupt(posting)
      })
    )
  )

  it.live("when Basic credentials are right or wrong", () =>
    overheard(
      { settings: { credentials: { mode: "basic", user: "cognigy", password: Redacted.make(password) } } },
      () =>
        Effect.gen(function* () {
          const { post } = yield* started()
          const basic = (user: string, password: string) =>
            post(sales, { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` })
          const replies = [
            yield* basic("cognigy", password),
            yield* basic("cognigy", planted("wrong-password")),
            yield* basic(planted("somebody"), password),
            yield* post(sales, { authorization: `Basic ${planted("odd")}` })
          ]
          for (const reply of replies) assertReply(reply)
          assert.deepStrictEqual(
            replies.map(({ status }) => status),
            [200, 401, 401, 401]
          )
        })
    )
  )

  it.live.each([
    "POST /webhook/cognigy?token=planted-query&x=1",
    "POST /webhook/cognigy?planted-query",
    "POST /webhook/cognigy#planted-fragment",
    "POST http://user:planted-user@router/webhook/cognigy?planted-query",
    "POST /routing/explain?token=planted-query&at=2026-12-24T18:30:00Z",
    "POST /routing/explain?planted-query",
    "POST /routing/decide?token=planted-query&at=2026-12-24T18:30:00Z",
    "GET /webhook/cognigy?token=planted-query",
    "GET /nothing?token=planted-query",
    "GET /healthz?token=planted-query",
    "POST /webhook/cognigy?token=planted-query with expect: 100-continue",
    "POST /webhook/cognigy?token=planted-query with upgrade: h2c"
  ])("when a URL has something that is none of its path: %s", (line) =>
    overheard({}, (seen) =>
      Effect.gen(function* () {
        const [request = "", header] = line.split(" with ")
        const body = JSON.stringify(sales)
        const sent = yield* exchange(
          [
            `${request} HTTP/1.1`,
            "host: router",
            "content-type: application/json",
            `x-api-key: ${rightKey}`,
            `content-length: ${body.length}`,
            header === "upgrade: h2c" ? "connection: upgrade, close" : "connection: close",
            header ?? "accept: */*",
            "",
            body
          ].join("\r\n")
        )
        const reply = parseAnswer(sent.replace("HTTP/1.1 100 Continue\r\n\r\n", ""))
        if (reply === undefined) return assert.fail(sent)
        assertReply(reply)
        assert.oneOf(reply.status, [200, 404, 405])
        assert.isNotEmpty(seen.spans)
      })
    )
  )

  it.live(
    "but what the people who run the router need: intent, rule, queue, conversation, and an agent that was accepted",
    () =>
      Effect.gen(function* () {
        const { everything, value } = yield* overheard({}, () =>
          Effect.gen(function* () {
            const { post, simulator } = yield* started()
            yield* post(sales, headers)
            yield* post(toAgent(agentId), { ...headers, "idempotency-key": planted("another") })
            return (yield* simulator.state).conversations[0]?.id ?? "none"
          })
        )
        for (const known of ["transfer_to_sales", salesQueueId, agentId, value]) assert.include(everything, known)
      })
  )
})
