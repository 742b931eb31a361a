import { assert, describe, it, vi } from "@effect/vitest"
import { Effect } from "effect"
import type { Destination } from "../../src/routing/format/Destination.ts"
import type { RoutesFile } from "../../src/routing/format/RoutesFile.ts"
import type { Fault } from "../../src/simulator/webchat/Operation.ts"
import { agentId, salesQueueId, supportQueueId } from "../../src/simulator/webchat/SimulatorOptions.ts"
import type { ConversationTarget, SimulatorState } from "../../src/simulator/webchat/SimulatorState.ts"
import { assertProblem, assertSafe, assertSuccess } from "./support/answers.ts"
import { shapes } from "./support/bodies.ts"
import { type RouterOptions, settled, started, withRouter } from "./support/router.ts"
import { routes, unknownAgentId, unknownQueueId } from "./support/routing.ts"

// Most of the time here is spent waiting.
vi.setConfig({ maxConcurrency: 10 })

const [sales, support] = [
  { type: "queue", id: salesQueueId },
  { type: "queue", id: supportQueueId }
] as const
const alex = { type: "agent", id: agentId } as const

/** A table of one rule for everything. */
const to = (to: Destination, labels?: Readonly<Record<string, string>>): RouterOptions => ({
  routes: routes([{ name: "the rule", to, ...(labels === undefined ? {} : { labels }) }])
})

const asked = { intent: "help", userId: "anna" }

/** Where the router wanted conversations to go, in order. */
const actionsOf = ({ calls }: SimulatorState): ReadonlyArray<unknown> =>
  calls.filter(({ operation }) => operation === "action").map(({ body }) => body)

const goTo = ({ id, type }: ConversationTarget) =>
  type === "queue" ? { action: "queue", to: { queueId: id } } : { action: "user", to: { userId: id } }

interface Way {
  readonly what: string
  readonly to: Destination
  readonly agentId?: unknown
  readonly faults?: ReadonlyArray<Fault>
  /** What is tried, the last of it with success. */
  readonly tried: ReadonlyArray<ConversationTarget>
  readonly user?: "active"
}

const status = (status: number, more: object = {}): Fault => ({ operation: "action", kind: "status", status, ...more })

const [noQueue, noAgent] = [
  { type: "queue", id: unknownQueueId },
  { type: "agent", id: unknownAgentId }
] as const

const ways: ReadonlyArray<Way> = [
  { what: "a queue by its name", to: { queue: "sales" }, tried: [sales] },
  { what: "a queue by its id", to: { queue: supportQueueId }, tried: [support] },
  { what: "an agent by name", to: { agent: "alex" }, tried: [alex] },
  { what: "an agent by id", to: { agent: agentId }, tried: [alex] },
  { what: "the agent whom an entity names", to: { agent: { entity: "agentId" } }, agentId, tried: [alex] },
  {
    what: "the agent of the table whom an entity does not override",
    to: { agent: "alex", fallback: { queue: "sales" } },
    agentId: unknownAgentId,
    tried: [alex]
  },
  {
    what: "its place, and not to the fallback that it does not need",
    to: { queue: "support", fallback: { queue: "sales" } },
    tried: [support]
  },
  {
    what: "the fallback of a queue that CXone does not know",
    to: { queue: "closed down", fallback: { queue: "support" } },
    tried: [noQueue, support]
  },
  {
    what: "the fallback of an agent whom CXone does not know",
    to: { agent: "has left", fallback: { queue: "support" } },
    tried: [noAgent, support]
  },
  {
    what: "the agent who stands in for a queue",
    to: { queue: "closed down", fallback: { agent: "alex" } },
    tried: [noQueue, alex]
  },
  ...[400, 404, 422].map(
    (code): Way => ({
      what: `the fallback where CXone answers ${code}`,
      to: { queue: "sales", fallback: { queue: "support" } },
      faults: [status(code)],
      tried: [sales, support]
    })
  ),
  {
    what: "the last of five fallbacks",
    to: {
      queue: "closed down",
      fallback: {
        agent: "has left",
        fallback: {
          agent: { entity: "agentId" },
          fallback: { queue: unknownQueueId, fallback: { agent: unknownAgentId, fallback: { queue: "sales" } } }
        }
      }
    },
    agentId: "nobody",
    tried: [noQueue, noAgent, { type: "agent", id: "nobody" }, noQueue, noAgent, sales]
  },
  {
    what: "the fallback where the agent whom an entity names is unknown",
    to: { agent: { entity: "agentId" }, fallback: { queue: "sales" } },
    agentId: "nobody",
    tried: [{ type: "agent", id: "nobody" }, sales]
  },
  {
    what: "the fallback where no entity names an agent, without asking CXone first",
    to: { agent: { entity: "agentId" }, fallback: { queue: "sales" } },
    tried: [sales]
  },
  {
    what: "the fallback where the entity is no id",
    to: { agent: { entity: "agentId" }, fallback: { queue: "sales" } },
    agentId: true,
    tried: [sales]
  },
  {
    what: "the fallback of the fallback where no entity names an agent",
    to: { queue: "closed down", fallback: { agent: { entity: "agentId" }, fallback: { queue: "sales" } } },
    tried: [noQueue, sales]
  },
  {
    what: "the fallback with the user's active conversation",
    to: { queue: "closed down", fallback: { queue: "support" } },
    user: "active",
    tried: [noQueue, support]
  },
  {
    // A 404 may mean that the active conversation has just ended: that is looked at once.
    what: "the fallback with the user's active conversation where CXone answers 404",
    to: { queue: "sales", fallback: { queue: "support" } },
    user: "active",
    faults: [status(404, { times: 2 })],
    tried: [sales, sales, support]
  },
  ...[429, 500, 503].map(
    (code): Way => ({
      what: `its place after CXone has answered ${code}, and not to the fallback`,
      to: { queue: "sales", fallback: { queue: "support" } },
      faults: [status(code)],
      tried: [sales, sales]
    })
  ),
  {
    what: "its place after a connection has broken, and not to the fallback",
    to: { queue: "sales", fallback: { queue: "support" } },
    faults: [{ operation: "action", kind: "drop" }],
    tried: [sales, sales]
  },
  {
    what: "its place after an attempt has timed out, and not to the fallback",
    to: { queue: "sales", fallback: { queue: "support" } },
    faults: [{ operation: "action", kind: "hang" }],
    tried: [sales, sales]
  },
  {
    what: "its place with a fresh token, and not to the fallback",
    to: { queue: "sales", fallback: { queue: "support" } },
    faults: [{ operation: "action", kind: "revoke" }],
    tried: [sales, sales]
  },
  {
    what: "the fallback that CXone limits at first",
    to: { queue: "closed down", fallback: { queue: "support" } },
    faults: [status(429, { skip: 1 })],
    tried: [noQueue, support, support]
  }
]

describe.concurrent("a rule sends either shape of body to", () => {
  it.live.each(ways)("$what", ({ agentId, faults = [], to: place, tried, user }) =>
    Effect.forEach(
      shapes,
      ({ bodyOf }) =>
        Effect.gen(function* () {
          const { post, simulator } = yield* started(...faults)
          const active = user === "active" ? yield* simulator.openConversation({ userId: "cognigy_anna" }) : undefined
          const { conversationId, ...answer } = assertSuccess(
            yield* post(bodyOf({ ...asked, ...(agentId === undefined ? {} : { agentId }) }))
          )
          const target = tried.at(-1) ?? null
          assert.deepStrictEqual<object>(answer, { target, rule: "the rule", reused: active !== undefined })
          if (active !== undefined) assert.strictEqual(conversationId, active)
          const state = yield* settled
          assert.deepStrictEqual(actionsOf(state), tried.map(goTo))
          assert.lengthOf(state.conversations, 1)
          assert.deepInclude(state.conversations[0], { id: conversationId, target, routedCount: 1 })
        }).pipe(withRouter({ ...to(place), attemptTimeout: "700 millis" })),
      { concurrency: "unbounded", discard: true }
    )
  )
})

describe.concurrent("a conversation that has ended meanwhile", () => {
  const fallingBack = to({ queue: "sales", fallback: { queue: "support" } })
  const end = (skip = 0): Fault => ({ operation: "action", kind: "end", skip })

  it.live("is no reason to fall back: a new one goes where the rule says", () =>
    Effect.gen(function* () {
      const { post } = yield* started(end())
      const { conversationId, target } = assertSuccess(yield* post(shapes[0].bodyOf(asked)))
      assert.deepStrictEqual(target, sales)
      const state = yield* settled
      assert.deepStrictEqual(actionsOf(state), [sales, sales].map(goTo))
      assert.deepInclude(state.conversations.at(-1), { id: conversationId, target: sales, status: "ACTIVE" })
    }).pipe(withRouter(fallingBack))
  )

  it.live("is no reason to fall back either where it was the user's active one", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started(end())
      yield* simulator.openConversation({ userId: "cognigy_anna" })
      assert.deepInclude(assertSuccess(yield* post(shapes[0].bodyOf(asked))), { target: sales, reused: false })
      assert.deepStrictEqual(actionsOf(yield* settled), [sales, sales].map(goTo))
    }).pipe(withRouter(fallingBack))
  )

  it.live("while the router falls back is opened again for the fallback", () =>
    Effect.gen(function* () {
      const { post } = yield* started(status(422), end(1))
      const { conversationId, target } = assertSuccess(yield* post(shapes[0].bodyOf(asked)))
      assert.deepStrictEqual(target, support)
      const state = yield* settled
      assert.deepStrictEqual(actionsOf(state), [sales, support, support].map(goTo))
      assert.deepInclude(state.conversations.at(-1), { id: conversationId, target: support, status: "ACTIVE" })
    }).pipe(withRouter(fallingBack))
  )
})

interface Failing {
  readonly what: string
  readonly to: Destination
  readonly agentId?: unknown
  readonly faults?: ReadonlyArray<Fault>
  readonly expected: { readonly status: number; readonly error: string }
  readonly tried: ReadonlyArray<ConversationTarget>
}

const fallingBack: Destination = { queue: "sales", fallback: { queue: "support" } }

const failing: ReadonlyArray<Failing> = [
  {
    what: "CXone does not know its queue, and there is no fallback",
    to: { queue: "closed down" },
    expected: { status: 502, error: "Invalid routing target" },
    tried: [noQueue]
  },
  {
    what: "CXone knows none of its places",
    to: { queue: "closed down", fallback: { agent: "has left", fallback: { agent: { entity: "agentId" } } } },
    agentId: "nobody",
    expected: { status: 502, error: "Invalid routing target" },
    tried: [noQueue, noAgent, { type: "agent", id: "nobody" }]
  },
  {
    what: "CXone answers 400, 422 and 404",
    to: { queue: "sales", fallback: { queue: "support", fallback: { agent: "alex" } } },
    faults: [status(400), status(422), status(404)],
    expected: { status: 502, error: "Invalid routing target" },
    tried: [sales, support, alex]
  },
  {
    what: "CXone limits the router for longer than the deadline",
    to: fallingBack,
    faults: [status(429, { retryAfter: 60, share: 1 })],
    expected: { status: 503, error: "CXone rate limit exceeded" },
    tried: [sales]
  },
  {
    what: "CXone is down for longer than the deadline",
    to: fallingBack,
    faults: [status(503, { retryAfter: 60, share: 1 })],
    expected: { status: 503, error: "CXone unavailable" },
    tried: [sales]
  },
  {
    what: "CXone denies access",
    to: fallingBack,
    faults: [status(403, { share: 1 })],
    expected: { status: 502, error: "CXone denied access" },
    tried: [sales]
  },
  {
    what: "CXone refuses a fresh token, too",
    to: fallingBack,
    faults: [status(401, { share: 1 })],
    expected: { status: 502, error: "CXone rejected the credentials" },
    tried: [sales, sales]
  },
  {
    what: "CXone answers what it never should",
    to: fallingBack,
    faults: [status(418, { share: 1 })],
    expected: { status: 502, error: "Unexpected CXone response" },
    tried: [sales]
  },
  {
    what: "CXone never answers",
    to: fallingBack,
    faults: [{ operation: "action", kind: "hang", share: 1 }],
    expected: { status: 504, error: "Handover timed out" },
    tried: [sales]
  },
  {
    what: "CXone never answers for the fallback",
    to: { queue: "closed down", fallback: { queue: "support", fallback: { queue: "sales" } } },
    faults: [{ operation: "action", kind: "hang", share: 1, skip: 1 }],
    expected: { status: 504, error: "Handover timed out" },
    tried: [noQueue, support]
  }
]

describe.concurrent("an answer names the rule that decided where", () => {
  it.live.each(failing)(
    "$what: $expected.status $expected.error",
    ({ agentId, expected, faults = [], to: place, tried }) =>
      Effect.gen(function* () {
        const { log, post } = yield* started(...faults)
        const reply = yield* post(shapes[0].bodyOf({ ...asked, ...(agentId === undefined ? {} : { agentId }) }))
        const detail = assertProblem(reply, { ...expected, rule: "the rule" })
        const state = yield* settled
        assert.deepStrictEqual(actionsOf(state), tried.map(goTo))
        assert.strictEqual(state.counts.label, 0)
        assert.isNull(state.conversations[0]?.target)
        const lines = log.join("\n")
        assert.include(lines, `not handed over: help → ${expected.status} ${expected.error} (rule the rule): ${detail}`)
        assertSafe(lines)
      }).pipe(withRouter({ ...to(place), deadline: "1500 millis", attemptTimeout: "5 seconds" }))
  )

  it.live("no token can be had: 503 CXone unavailable", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      const expected = { status: 503, error: "CXone unavailable", rule: "the rule" }
      assertProblem(yield* post(shapes[0].bodyOf(asked)), expected)
    }).pipe(withRouter({ ...to(fallingBack), cxone: { baseUrl: "http://127.0.0.1:1" }, deadline: "1500 millis" }))
  )

  it.live("an entity is missing: 400 Agent ID missing", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started()
      const expected = { status: 400, error: "Agent ID missing", rule: "the rule" }
      const detail = assertProblem(yield* post(shapes[0].bodyOf(asked)), expected)
      assert.include(detail, '"agentId"')
      assert.deepStrictEqual((yield* simulator.state).calls, [])
    }).pipe(withRouter(to({ agent: { entity: "agentId" }, fallback: { agent: { entity: "other" } } })))
  )

  it.live("it is the table's fallback", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      assert.deepInclude(assertSuccess(yield* post(shapes[0].bodyOf(asked))), { rule: "fallback", target: support })
    }).pipe(
      withRouter({
        routes: routes([{ name: "other", when: { intent: "other" }, to: { queue: "sales" } }], {
          fallback: { to: { queue: "closed down", fallback: { queue: "support" } } }
        })
      })
    )
  )

  it.live("and none where there is no rule: 400 Unsupported intent", () =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started()
      assertProblem(yield* post(shapes[0].bodyOf(asked)), { status: 400, error: "Unsupported intent" })
      assert.deepStrictEqual((yield* simulator.state).calls, [])
    }).pipe(withRouter({ routes: routes([{ name: "other", when: { intent: "other" }, to: { queue: "sales" } }]) }))
  )
})

describe.concurrent("the log", () => {
  it.live("logs each target that CXone does not accept, and the one that it went to", () =>
    Effect.gen(function* () {
      const { log, post } = yield* started()
      assertSuccess(yield* post(shapes[0].bodyOf(asked)))
      yield* settled
      const warnings = log.filter((line) => line.includes("falling back"))
      assert.lengthOf(warnings, 2)
      assert.include(warnings[0], `CXone does not accept the queue ${unknownQueueId} (`)
      assert.include(warnings[0], `falling back to the agent ${unknownAgentId}`)
      assert.include(warnings[1], `CXone does not accept the agent ${unknownAgentId} (`)
      assert.include(warnings[1], `falling back to the queue ${salesQueueId}`)
      assert.include(log.join("\n"), `handed over: help → queue ${salesQueueId} (rule the rule)`)
    }).pipe(withRouter(to({ queue: "closed down", fallback: { agent: "has left", fallback: { queue: "sales" } } })))
  )
})

/** A flow's body with these entities. */
const withEntities = (entities: Readonly<Record<string, unknown>>, intent = "help") => ({
  intent: { name: intent },
  user: { id: "anna" },
  entities: Object.entries(entities).map(([name, value]) => ({ name, value }))
})

const own = { source: "cognigy", cognigy_intent: "help" }

describe.concurrent("labels of a rule", () => {
  interface Labelled {
    readonly what: string
    readonly labels: Readonly<Record<string, string>>
    readonly entities?: Readonly<Record<string, unknown>>
    readonly expected: Readonly<Record<string, string>>
  }

  it.live.each([
    {
      what: "stand beside those that every conversation gets",
      labels: { team: "north", "cost.center-7": "4711" },
      expected: { team: "north", "cost.center-7": "4711" }
    },
    {
      what: "quote entities of every kind",
      labels: { a: "{{tier}} / {{ age }}", b: "{{vip}}", c: "{{big}}" },
      entities: { tier: "gold", age: 42.5, vip: false, big: { keyphrase: "a phrase" } },
      expected: { a: "gold / 42.5", b: "false", c: "a phrase" }
    },
    {
      what: "quote the first of several",
      labels: { a: "{{tier}}" },
      entities: { tier: "gold", Tier: "silver" },
      expected: { a: "gold" }
    },
    {
      what: "do not quote what a value quotes",
      labels: { a: "{{tier}}" },
      entities: { tier: "{{secret}} $& $1", secret: "x" },
      expected: { a: "{{secret}} $& $1" }
    },
    {
      what: "are in one line, without control characters",
      labels: { a: "<{{tier}}>" },
      entities: { tier: "a\u0000b\r\nc\td\u0085e\u2028f\u009bg\u007f" },
      expected: { a: "<a b c d e f g >" }
    },
    {
      what: "have no half of a character",
      labels: { a: "{{tier}}", b: "{{other}}" },
      entities: { tier: "a\ud83db", other: "\udc00" },
      expected: { a: "a\ufffdb", b: "\ufffd" }
    },
    {
      what: "have 256 characters at most",
      labels: { a: "{{tier}}", b: "{{face}}", c: `{{tier}}${"y".repeat(900)}` },
      entities: { tier: "x".repeat(100_000), face: "😀".repeat(300) },
      expected: { a: "x".repeat(256), b: "😀".repeat(256), c: "x".repeat(256) }
    },
    {
      what: "are left out where they are empty",
      labels: { a: "{{nobody}}", b: " {{blank}} ", c: "{{empty}}{{control}}", d: "{{list}}", e: "stays" },
      entities: { blank: "   ", empty: "", control: "\u0000\n", list: [] },
      expected: { e: "stays" }
    },
    {
      what: "quote no member of a prototype",
      labels: { a: "{{constructor}}{{__proto__}}{{toString}}" },
      expected: {}
    }
  ] satisfies ReadonlyArray<Labelled>)("$what", ({ entities = {}, expected, labels }: Labelled) =>
    Effect.gen(function* () {
      const { post } = yield* started()
      assertSuccess(yield* post(withEntities(entities)))
      assert.deepStrictEqual<object>((yield* settled).conversations[0]?.labels ?? {}, { ...own, ...expected })
    }).pipe(withRouter(to({ queue: "sales" }, labels)))
  )

  it.live("come with the fallback that is used, and with the table's fallback", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      assertSuccess(yield* post({ ...withEntities({ tier: "gold" }, "first"), user: { id: "anna" } }))
      assertSuccess(yield* post({ ...withEntities({ tier: "gold" }, "second"), user: { id: "ben" } }))
      assert.deepStrictEqual(
        (yield* settled).conversations.map(({ labels }) => labels),
        [
          { source: "cognigy", cognigy_intent: "first", from: "rule gold" },
          { source: "cognigy", cognigy_intent: "second", from: "fallback gold" }
        ]
      )
    }).pipe(
      withRouter({
        routes: routes(
          [
            {
              name: "first",
              when: { intent: "first" },
              to: { queue: "closed down", fallback: { queue: "sales" } },
              labels: { from: "rule {{tier}}" }
            }
          ],
          { fallback: { to: { queue: "support" }, labels: { from: "fallback {{tier}}" } } }
        )
      })
    )
  )

  it.live("that CXone does not take change no answer", () =>
    Effect.gen(function* () {
      const { post } = yield* started({ operation: "label", kind: "status", status: 400, share: 1 })
      assert.deepInclude(assertSuccess(yield* post(withEntities({}))), { rule: "the rule", target: sales })
      assert.isAbove((yield* settled).counts.label, 0)
    }).pipe(withRouter(to({ queue: "sales" }, { a: "b" })))
  )

  it.live("of a later handover are added to the conversation's", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      assertSuccess(yield* post(withEntities({ one: "1" })))
      assertSuccess(yield* post(withEntities({ two: "2" })))
      assert.deepStrictEqual<object>((yield* settled).conversations[0]?.labels ?? {}, { ...own, one: "1", two: "2" })
    }).pipe(withRouter(to({ queue: "sales" }, { one: "{{one}}", two: "{{two}}" })))
  )
})

describe.concurrent("a rule that rejects", () => {
  const TEXT = 'Wir öffnen um 8 Uhr 🙏\n"Bis dann", {{tier}} <b>&amp;</b>'
  const expected = { status: 403, error: "Handover rejected", rule: "closed", text: TEXT }
  const table: RouterOptions = {
    routes: routes(
      [
        { name: "closed", when: { intent: "help" }, to: { reject: TEXT } },
        { name: "open", when: { intent: "open" }, to: { queue: "sales" } }
      ],
      { fallback: { to: { reject: "Nobody." } } }
    )
  }

  it.live.each(shapes)("answers $shape 403 with its text as it is written, and does not call CXone", ({ bodyOf }) =>
    Effect.gen(function* () {
      const { log, post } = yield* started()
      const detail = assertProblem(yield* post(bodyOf(asked)), expected)
      assert.include(detail, '"closed"')
      assert.deepStrictEqual((yield* settled).calls, [])
      assert.include(log.join("\n"), "not handed over: help → 403 Handover rejected (rule closed)")
    }).pipe(withRouter(table))
  )

  it.live("may be the table's fallback", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      const reply = yield* post(shapes[0].bodyOf({ ...asked, intent: "other" }))
      assertProblem(reply, { ...expected, rule: "fallback", text: "Nobody." })
      assert.deepStrictEqual((yield* settled).calls, [])
    }).pipe(withRouter(table))
  )

  it.live("does so each time, and leaves the user to other rules", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      const key = { "idempotency-key": "n-1" }
      assertProblem(yield* post(shapes[0].bodyOf(asked), key), expected)
      assertProblem(yield* post(shapes[0].bodyOf(asked), key), expected)
      assert.deepInclude(assertSuccess(yield* post(shapes[0].bodyOf({ ...asked, intent: "open" }))), { rule: "open" })
      assertProblem(yield* post(shapes[0].bodyOf(asked)), expected)
      assert.include((yield* settled).counts, { open: 1, action: 1 })
    }).pipe(withRouter(table))
  )
})

describe.concurrent("a table of a contact centre", () => {
  const file: RoutesFile["rules"] = [
    { name: "not sure", when: { confidence: { below: 0.4 } }, to: { reject: "Could you say that again?" } },
    {
      name: "vip",
      when: {
        any: [{ entities: { tier: ["gold", "platinum"] } }, { data: { "customer.revenue": { atLeast: 10_000 } } }]
      },
      to: { agent: "has left", fallback: { queue: "sales" } },
      labels: { segment: "vip {{tier}}" }
    },
    {
      name: "sales in german",
      when: { intent: ["sales", "buy_*"], language: "de", channel: "web*" },
      to: { queue: "sales" }
    },
    { name: "nobody yet", when: { intent: "beta", percentage: 0 }, to: { queue: "sales" } },
    { name: "everybody", when: { intent: "beta", percentage: 100 }, to: { queue: "support" } },
    {
      name: "never open",
      when: { open: "never" },
      to: { queue: "sales" }
    },
    { name: "always", when: { open: "always", not: { intent: "order_*" } }, to: { queue: "support" } }
  ]
  const options = {
    routes: routes(file, {
      hours: {
        never: { zone: "Europe/Berlin", weekly: { daily: "closed" } },
        always: { zone: "Europe/Berlin", weekly: { daily: "00:00-24:00" } }
      }
    })
  }

  it.live("decides on all that a bot says", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      const ask = (body: object) => Effect.map(post({ userId: "anna", ...body }), ({ text }) => JSON.parse(text))
      const decided = (body: object) =>
        Effect.map(ask(body), ({ error, rule, target, text }) => [rule ?? error, target?.id ?? text])
      const [s, q] = [salesQueueId, supportQueueId]
      assert.deepStrictEqual(yield* decided({ intent: "sales", intentScore: 0.3 }), [
        "not sure",
        "Could you say that again?"
      ])
      assert.deepStrictEqual(yield* decided({ intent: "x", slots: { tier: "platinum" } }), ["vip", s])
      assert.deepStrictEqual(yield* decided({ intent: "x", data: { customer: { revenue: "12000.50" } } }), ["vip", s])
      const german = { language: "de-AT", channel: "webchat3" }
      assert.deepStrictEqual(yield* decided({ intent: "buy_phone", intentScore: 0.4, ...german }), [
        "sales in german",
        s
      ])
      assert.deepStrictEqual(yield* decided({ intent: "buy_phone", ...german, language: "en" }), ["always", q])
      assert.deepStrictEqual(yield* decided({ intent: "beta" }), ["everybody", q])
      assert.deepStrictEqual(yield* decided({ intent: "order_pizza" }), ["Unsupported intent", undefined])
      assert.lengthOf((yield* settled).conversations, 1)
    }).pipe(withRouter(options))
  )
})
