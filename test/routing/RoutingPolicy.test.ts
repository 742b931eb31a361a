import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Clock, Context, Deferred, Effect, Exit, Fiber, Layer, Schema } from "effect"
import { TestClock } from "effect/testing"
import { webchatIds } from "../../src/cxone/webchat/ids.ts"
import type { Entity, EntityValue } from "../../src/domain/HandoverRequest.ts"
import { Handover } from "../../src/handover/Handover.ts"
import {
  AgentIdMissing,
  type Decision,
  Rejected,
  type RoutingError,
  UnsupportedIntent
} from "../../src/routing/Decision.ts"
import { loadRoutes } from "../../src/routing/file/LoadedRoutes.ts"
import type { RoutesFile } from "../../src/routing/format/RoutesFile.ts"
import * as TablePolicy from "../../src/routing/policy/TablePolicy.ts"
import { type Decide, RoutingPolicy } from "../../src/routing/RoutingPolicy.ts"
import { cxone } from "../support/cxone.ts"
import { withoutId } from "../support/handedOver.ts"
import { action, handle, OPEN } from "../support/handovers.ts"
import { memoryFile } from "../support/memoryFile.ts"
import { request } from "../support/request.ts"
import { calls, type Reply } from "../support/scripted.ts"
import { timed } from "../support/time.ts"

const queues = { salesQueueId: "queue-sales", supportQueueId: "queue-support" }

const decide = (intent: string, entities?: ReadonlyArray<Entity>) =>
  Effect.flatMap(RoutingPolicy, ({ decide }) => decide(request(intent, entities))).pipe(
    Effect.provide(TablePolicy.layerBuiltIn(queues))
  )

const toAgent = (...values: ReadonlyArray<EntityValue>) =>
  decide(
    "transfer_to_agent",
    values.map((value) => ({ name: "agentId", value }))
  )

describe("the built-in table", () => {
  for (const [intent, id] of [
    ["transfer_to_sales", queues.salesQueueId],
    ["transfer_to_support", queues.supportQueueId]
  ] as const) {
    it.effect(`sends ${intent} to its queue, by a rule of the same name`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* decide(intent), { rule: intent, target: { type: "queue", id } })
      })
    )

    it.effect(`sends ${intent} to its queue even where an agent is named`, () =>
      Effect.gen(function* () {
        const { target } = yield* decide(intent, [{ name: "agentId", value: "agent-1" }])
        assert.deepStrictEqual(target, { type: "queue", id })
      })
    )
  }

  it.effect("sends transfer_to_agent to the agent whom the entity agentId names", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* toAgent("agent_123"), {
        rule: "transfer_to_agent",
        target: { type: "agent", id: "agent_123" }
      })
    })
  )

  it.effect.each([
    "order_pizza",
    "",
    "Transfer_To_Sales",
    "transfer_to_sales ",
    "transfer_to_sale",
    "transfer-to-sales",
    "salesQueueId",
    "__proto__",
    "constructor",
    "toString"
  ])("takes no other intent: %j", (intent) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(decide(intent, [{ name: "agentId", value: "agent-1" }]))
      assert.strictEqual(error._tag, "UnsupportedIntent")
      assert.include(error.message, `"${intent}"`)
    })
  )

  it.effect.prop("takes no other intent, whatever it is", [Schema.String], ([intent]) =>
    Effect.gen(function* () {
      if (intent.startsWith("transfer_to_")) return
      assert.strictEqual((yield* Effect.flip(decide(intent)))._tag, "UnsupportedIntent")
    })
  )
})

describe("the agent's id", () => {
  it.effect.each([
    "a",
    "a_b_c",
    "ü/ß %41",
    "007",
    " a ",
    "a".repeat(256),
    "😀".repeat(256),
    "9007199254740993",
    "__proto__",
    "true",
    "0"
  ])("goes through whole: %j", (id) =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* toAgent(id)).target, { type: "agent", id })
    })
  )

  it.effect.each([
    [0, "0"],
    [7, "7"],
    [-3, "-3"],
    [9007199254740991, "9007199254740991"],
    [1e15, "1000000000000000"]
  ] as const)("that is a whole number is its decimal text: %j", ([value, id]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* toAgent(value)).target, { type: "agent", id })
    })
  )

  it.effect.each([
    9007199254740992,
    -9007199254740992,
    1e300,
    1.5,
    1e-7,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NaN
  ])("that is a number which is not exact is none, and the way out is told: %d", (value) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(toAgent(value))
      assert.strictEqual(error._tag, "AgentIdMissing")
      assert.include(error.message, "as text")
    })
  )

  it.effect.each([true, false])("that is a boolean is none: %s", (value) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(toAgent(value))
      assert.strictEqual(error._tag, "AgentIdMissing")
      assert.include(error.message, "boolean")
    })
  )

  for (const [what, id] of [
    ["empty", ""],
    ["longer than 256 characters", "s3cr3t".padEnd(257, "x")],
    ["longer than 256 emoji", `s3cr3t${"😀".repeat(251)}`],
    ["with a NUL", "s3cr3t\u0000"],
    ["with a line break", "s3cr3t\r\nX-Injected: 1"],
    ["with a DEL", "s3cr3t\u007f"],
    ["with a C1 control", "\u0085s3cr3t"],
    ["with half of a pair", "s3cr3t\ud83d"]
  ] as const) {
    it.effect(`that is ${what} is none, and is not repeated`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(toAgent(id))
        assert.strictEqual(error._tag, "AgentIdMissing")
        assert.notInclude(error.message, "s3cr3t")
      })
    )
  }

  it.effect("is the first of several, in the order in which they came", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* toAgent("first", "second")).target.id, "first")
      assert.strictEqual((yield* toAgent(1, "second")).target.id, "1")
    })
  )

  it.effect("is found among other entities, by its exact name", () =>
    Effect.gen(function* () {
      const others = ["AgentId", "agentid", "agent_id", "agentId ", "agent"].map((name) => ({ name, value: "wrong" }))
      const { target } = yield* decide("transfer_to_agent", [...others, { name: "agentId", value: "right" }])
      assert.strictEqual(target.id, "right")
      const error = yield* Effect.flip(decide("transfer_to_agent", others))
      assert.strictEqual(error._tag, "AgentIdMissing")
    })
  )

  it.effect("that is missing is reported with the entity's and the rule's name", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(decide("transfer_to_agent"))
      assert.strictEqual(error._tag, "AgentIdMissing")
      assert.include(error.message, '"agentId"')
      assert.include(error.message, '"transfer_to_agent"')
    })
  )

  const value = Arbitrary.schema(Schema.Union([Schema.String, Schema.Number, Schema.Boolean]))

  it.effect.prop("is the value as text, or missing: never anything else", { value }, ({ value }) =>
    Effect.match(toAgent(value), {
      onSuccess: ({ target }) => {
        assert.deepStrictEqual(target, { type: "agent", id: String(value) })
        assert.isAbove(target.id.length, 0)
      },
      onFailure: ({ _tag }) => assert.strictEqual(_tag, "AgentIdMissing")
    })
  )
})

/** Decides by the policy at hand. */
const decided = (intent: string, entities?: ReadonlyArray<Entity>) =>
  Effect.flatMap(RoutingPolicy, ({ decide }) => decide(request(intent, entities)))

/** Explains by the policy at hand. */
const explained = (intent: string, at?: number) =>
  Effect.flatMap(RoutingPolicy, ({ explain }) => explain(request(intent), at))

const tableStatus = Effect.flatMap(RoutingPolicy, ({ table }) => table)

const CHRISTMAS = Date.UTC(2026, 11, 24, 18, 30)

describe("the built-in table's policy", () => {
  const builtIn = Effect.provide(TablePolicy.layerBuiltIn(queues))

  it.effect("explains itself by its own names, for the given time, else for now", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(CHRISTMAS)
      const now = yield* explained("transfer_to_support")
      assert.deepStrictEqual(now, {
        at: "2026-12-24T18:30:00.000Z",
        outcome: {
          type: "handover",
          rule: "transfer_to_support",
          target: { type: "queue", id: queues.supportQueueId, name: "support" },
          fallbacks: [],
          labels: {}
        },
        passed: [
          {
            rule: "transfer_to_sales",
            condition: "when.intent",
            expected: '"transfer_to_sales"',
            saw: "transfer_to_support",
            shown: '"transfer_to_support"'
          }
        ]
      })
      assert.deepStrictEqual(yield* explained("transfer_to_support", 0), { ...now, at: "1970-01-01T00:00:00.000Z" })
    }).pipe(builtIn)
  )

  it.effect("is no table of a file", () => Effect.map(tableStatus, (table) => assert.isUndefined(table)).pipe(builtIn))
})

const rule = (decision: Partial<Decision> = {}): Decision => ({
  rule: "own",
  target: { type: "queue", id: "q-own" },
  ...decision
})

const errors: ReadonlyArray<{ readonly error: RoutingError; readonly outcome: object }> = [
  {
    error: new UnsupportedIntent({ intent: "sales" }),
    outcome: { type: "refused", error: "Unsupported intent" }
  },
  {
    error: new AgentIdMissing({ rule: "own", entity: "e", problem: "it is not there" }),
    outcome: { type: "refused", error: "Agent ID missing", rule: "own" }
  },
  { error: new Rejected({ rule: "own", text: "No." }), outcome: { type: "rejected", rule: "own", text: "No." } }
]

/** What an embedder may have: who the customers are. */
class Customers extends Context.Service<
  Customers,
  { readonly levelOf: (userId: string) => Effect.Effect<"gold" | "none"> }
>()("test/Customers") {
  static readonly layer = (level: "gold" | "none") =>
    Layer.succeed(Customers, { levelOf: () => Effect.delay(Effect.succeed(level), "30 millis") })
}

/** Sends the best customers to a queue of their own, whatever they want, and leaves the others to others. */
const goldFirst: Decide<Customers> = Effect.fnUntraced(function* ({ intent, userId }) {
  const customers = yield* Customers
  return (yield* customers.levelOf(userId)) === "gold"
    ? rule({ rule: "gold", labels: { level: "gold" } })
    : yield* new UnsupportedIntent({ intent })
})

describe("a policy of one's own", () => {
  it.effect("decides as it does, by itself", () => {
    const decision = rule({ fallbacks: [{ type: "agent", id: "a" }], labels: { l: "v" } })
    return Effect.gen(function* () {
      assert.strictEqual(yield* decided("sales"), decision)
      assert.isUndefined(yield* tableStatus)
    }).pipe(Effect.provide(RoutingPolicy.layer(() => Effect.succeed(decision))))
  })

  it.effect("is given the whole request", () => {
    const seen: Array<unknown> = []
    const policy = RoutingPolicy.layer((request) => Effect.sync(() => rule({ rule: `${seen.push(request)}` })))
    const entities = [{ name: "e", value: 7 }]
    return Effect.gen(function* () {
      assert.deepInclude(yield* decided("sales", entities), { rule: "1" })
      assert.deepStrictEqual(seen, [request("sales", entities)])
    }).pipe(Effect.provide(policy))
  })

  it.effect("has the services of where its layer is built", () =>
    Effect.gen(function* () {
      const gold = Layer.provide(RoutingPolicy.layer(goldFirst), Customers.layer("gold"))
      assert.deepInclude((yield* timed(Effect.provide(decided("sales"), gold))).value, { rule: "gold" })
      const none = Layer.provide(RoutingPolicy.layer(goldFirst), Customers.layer("none"))
      const { value } = yield* timed(Effect.flip(Effect.provide(decided("sales"), none)))
      assert.strictEqual(value._tag, "UnsupportedIntent")
      // Those of a caller are not its own.
      const theirs = Effect.provide(decided("sales"), Layer.provideMerge(gold, Customers.layer("none")))
      assert.deepInclude((yield* timed(theirs)).value, { rule: "gold" })
    })
  )

  it.effect.each(errors)("fails as it does, and explains it: $error._tag", ({ error, outcome }) =>
    Effect.gen(function* () {
      assert.strictEqual(yield* Effect.flip(decided("sales")), error)
      const explanation = yield* explained("sales")
      assert.deepInclude(explanation.outcome, outcome)
      if (explanation.outcome.type === "refused") assert.strictEqual(explanation.outcome.detail, error.message)
      assert.deepStrictEqual(explanation.passed, [])
    }).pipe(Effect.provide(RoutingPolicy.layer(() => Effect.fail(error))))
  )

  it.effect("explains what it decides: no rules that are passed over, no names, no version", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(CHRISTMAS)
      const outcome = {
        type: "handover",
        rule: "own",
        target: { type: "queue", id: "q-own" },
        fallbacks: [],
        labels: {}
      } as const
      assert.deepStrictEqual(yield* explained("sales"), { at: "2026-12-24T18:30:00.000Z", outcome, passed: [] })
      assert.deepStrictEqual(yield* explained("sales", 0), { at: "1970-01-01T00:00:00.000Z", outcome, passed: [] })
    }).pipe(Effect.provide(RoutingPolicy.layer(() => Effect.succeed(rule()))))
  )

  it.effect("that looks at the clock explains its decision at the given time", () => {
    const byYear: Decide = () =>
      Effect.map(Clock.currentTimeMillis, (now) => rule({ rule: `${new Date(now).getUTCFullYear()}` }))
    return Effect.gen(function* () {
      yield* TestClock.setTime(CHRISTMAS)
      assert.deepInclude((yield* explained("sales")).outcome, { rule: "2026" })
      assert.deepInclude((yield* explained("sales", 0)).outcome, { rule: "1970" })
    }).pipe(Effect.provide(RoutingPolicy.layer(byYear)))
  })

  it.effect("is traced under its caller, and not under the builder of its layer", () => {
    const parents: Array<string> = []
    const traced: Decide = () =>
      Effect.map(Effect.currentParentSpan, (span) => {
        parents.push(span._tag === "Span" ? span.name : "")
        return rule()
      }).pipe(Effect.orDie)
    return Effect.gen(function* () {
      const policy = yield* Effect.withSpan(
        Effect.map(Layer.build(RoutingPolicy.layer(traced)), Context.get(RoutingPolicy)),
        "build"
      )
      yield* Effect.withSpan(policy.decide(request("sales")), "ask")
      assert.deepStrictEqual(parents, ["ask"])
    }).pipe(Effect.scoped)
  })

  it.effect("that dies is a defect, and no failure that others might take for a decision", () => {
    const dies: Decide = () => Effect.die(new Error("on purpose"))
    return Effect.gen(function* () {
      assert.isTrue(Exit.hasDies(yield* Effect.exit(decided("sales"))))
      assert.isTrue(Exit.hasDies(yield* Effect.exit(explained("sales"))))
    }).pipe(
      Effect.provide(
        Layer.provide(
          RoutingPolicy.layerBefore(dies),
          RoutingPolicy.layer(() => Effect.succeed(rule()))
        )
      )
    )
  })
})

const file: RoutesFile = {
  queues: { sales: "id-sales" },
  hours: { office: { zone: "UTC", weekly: { daily: "08:00-18:00" } } },
  rules: [
    { name: "closed", when: { closed: "office" }, to: { reject: "We open at 8." } },
    { name: "sales", when: { intent: "sales" }, to: { queue: "sales" } }
  ]
}

describe("a table's policy", () => {
  it.effect("decides by the clock", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2026, 0, 1, 17, 59))
      assert.deepStrictEqual(yield* decided("sales"), { rule: "sales", target: { type: "queue", id: "id-sales" } })
      yield* TestClock.adjust("1 minute")
      assert.deepInclude(yield* Effect.flip(decided("sales")), { _tag: "Rejected", rule: "closed" })
    }).pipe(Effect.provide(TablePolicy.layerTable(file)))
  )

  it.effect("explains by the clock, or for another time", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2026, 0, 1, 17, 59))
      assert.deepInclude((yield* explained("sales")).outcome, { rule: "sales" })
      assert.deepInclude((yield* explained("sales", Date.UTC(2026, 0, 1, 18))).outcome, { type: "rejected" })
    }).pipe(Effect.provide(TablePolicy.layerTable(file)))
  )
})

const QUEUE = "5a1e0000-1111-4222-8333-444444444444"

const fromFile = (text: string) =>
  Layer.unwrap(Effect.map(loadRoutes("routes.yaml", webchatIds), TablePolicy.layerFile)).pipe(
    Layer.provide(memoryFile("routes.yaml", text).layer)
  )

describe("a file's policy", () => {
  it.effect("decides, and says in explanations and of itself which version it is", () =>
    Effect.gen(function* () {
      const table = yield* tableStatus
      assert.deepStrictEqual(yield* decided("sales"), {
        rule: "all",
        table: `${table?.version}`,
        target: { type: "queue", id: QUEUE }
      })
      assert.deepInclude(table, { since: "1970-01-01T00:00:00.000Z", rules: 1 })
      assert.match(`${table?.version}`, /^[0-9a-f]{12}$/)
      assert.strictEqual((yield* explained("sales")).version, table?.version)
    }).pipe(Effect.provide(fromFile(`{ "rules": [{ "name": "all", "to": { "queue": "${QUEUE}" } }] }`)))
  )
})

describe("a policy of one's own before another one", () => {
  const inFront = <R>(decide: Decide<R>, rest: Layer.Layer<RoutingPolicy> = TablePolicy.layerTable(file)) =>
    Layer.provide(RoutingPolicy.layerBefore(decide), rest)

  const night = Date.UTC(2026, 0, 1)
  const noon = Date.UTC(2026, 0, 1, 12)

  it.effect("decides what it can, and leaves the other one out of it", () => {
    const asked: Array<string> = []
    const rest = RoutingPolicy.layer(({ intent }) => Effect.sync(() => rule({ rule: `${asked.push(intent)}` })))
    return Effect.gen(function* () {
      assert.deepInclude(yield* decided("sales"), { rule: "own" })
      assert.deepStrictEqual(asked, [])
    }).pipe(Effect.provide(inFront(() => Effect.succeed(rule()), rest)))
  })

  it.effect("leaves the other one out of the explanation, too, of what it decides", () => {
    const rest = RoutingPolicy.layer(() => Effect.die(new Error("on purpose")))
    return Effect.gen(function* () {
      assert.deepInclude(yield* decided("sales"), { rule: "own" })
      assert.deepInclude((yield* explained("sales")).outcome, { rule: "own" })
    }).pipe(Effect.provide(inFront(() => Effect.succeed(rule()), rest)))
  })

  it.effect("leaves to the other one what it does not support", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(noon)
      assert.deepInclude(yield* decided("sales"), { rule: "sales" })
      // What the other one does not support is not supported, by its own message.
      assert.deepInclude(yield* Effect.flip(decided("other")), { _tag: "UnsupportedIntent", intent: "other" })
    }).pipe(Effect.provide(inFront(() => Effect.fail(new UnsupportedIntent({ intent: "something" })))))
  )

  it.effect.each(errors.slice(1))("leaves nothing else to the other one: $error._tag", ({ error, outcome }) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(noon)
      assert.strictEqual(yield* Effect.flip(decided("sales")), error)
      assert.deepInclude((yield* explained("sales")).outcome, outcome)
      assert.deepStrictEqual((yield* explained("sales")).passed, [])
    }).pipe(Effect.provide(inFront(() => Effect.fail(error))))
  )

  it.effect("explains itself where it decides, and lets the other one explain what it leaves to it", () =>
    Effect.gen(function* () {
      const own: Decide = ({ intent }) =>
        intent === "own" ? Effect.succeed(rule()) : Effect.fail(new UnsupportedIntent({ intent }))
      const rest = TablePolicy.layerTable(file)
      const both = Effect.provide(inFront(own, rest))
      assert.deepStrictEqual(yield* both(explained("own", noon)), {
        at: "2026-01-01T12:00:00.000Z",
        outcome: {
          type: "handover",
          rule: "own",
          target: { type: "queue", id: "q-own" },
          fallbacks: [],
          labels: {}
        },
        passed: []
      })
      for (const [intent, at] of [
        ["sales", noon],
        ["sales", night],
        ["other", noon]
      ] as const) {
        assert.deepStrictEqual(yield* both(explained(intent, at)), yield* Effect.provide(explained(intent, at), rest))
      }
    })
  )

  it.effect("has the services of where its layer is built", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(noon)
      const by = (level: "gold" | "none") =>
        timed(Effect.provide(decided("sales"), Layer.provide(inFront(goldFirst), Customers.layer(level))))
      assert.deepStrictEqual((yield* by("gold")).value, rule({ rule: "gold", labels: { level: "gold" } }))
      assert.deepInclude((yield* by("none")).value, { rule: "sales" })
    })
  )

  it.effect("can itself come after one", () => {
    const takes =
      (wanted: string): Decide =>
      ({ intent }) =>
        intent === wanted ? Effect.succeed(rule({ rule: wanted })) : Effect.fail(new UnsupportedIntent({ intent }))
    const chain = inFront(takes("first"), inFront(takes("second")))
    return Effect.gen(function* () {
      yield* TestClock.setTime(noon)
      for (const intent of ["first", "second", "sales"]) {
        assert.deepInclude(yield* decided(intent), { rule: intent })
        assert.deepInclude((yield* explained(intent)).outcome, { rule: intent })
      }
      assert.strictEqual((yield* Effect.flip(decided("third")))._tag, "UnsupportedIntent")
    }).pipe(Effect.provide(chain))
  })

  it.effect("says which table of a file it comes before", () =>
    Effect.gen(function* () {
      assert.deepInclude(yield* tableStatus, { rules: 1 })
      assert.strictEqual((yield* decided("sales")).target.id, QUEUE)
      assert.match(`${(yield* explained("sales")).version}`, /^[0-9a-f]{12}$/)
    }).pipe(
      Effect.provide(
        inFront(
          ({ intent }) => Effect.fail(new UnsupportedIntent({ intent })),
          fromFile(`rules: [{ name: r, to: { queue: ${QUEUE} } }]`).pipe(Layer.orDie)
        )
      )
    )
  )
})

describe("a handover by a policy of one's own", () => {
  /** A handover by this policy, over a CXone that answers each call by script. */
  const handingOver = (policy: Layer.Layer<RoutingPolicy>, act: (index: number) => Reply = () => ({ status: 204 })) => {
    let actions = 0
    const { layer, sent } = cxone(({ method, path }) => {
      if (method === "PUT") return { status: 204 }
      if (method === "GET") return { status: 200, body: { items: [{ id: "c-1" }] } }
      return path.endsWith("/actions") ? act(actions++) : { status: 201, body: { id: "c-1" } }
    })
    return { sent, layer: Layer.provide(Handover.layer(), [policy, layer]) }
  }

  it.effect("goes to the first of its targets that CXone accepts, with its labels", () => {
    const decision = rule({
      fallbacks: [
        { type: "agent", id: "a-1" },
        { type: "queue", id: "q-2" }
      ],
      labels: { level: "gold", cognigy_intent: "mine" }
    })
    const { layer, sent } = handingOver(
      RoutingPolicy.layer(() => Effect.succeed(decision)),
      (index) => ({ status: [422, 400, 204][index] ?? 500 })
    )
    return Effect.gen(function* () {
      const done = yield* handle(request("sales"))
      assert.deepStrictEqual(withoutId(done), {
        conversationId: "c-1",
        target: { type: "queue", id: "q-2" },
        rule: "own",
        reused: false
      })
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(calls(sent), [
        OPEN,
        action("c-1"),
        action("c-1"),
        action("c-1"),
        "PUT /api/v2/conversations/webchat/c-1/labels"
      ])
      assert.deepStrictEqual(JSON.parse(sent.at(-1)?.body ?? ""), {
        labels: { level: "gold", cognigy_intent: "sales" }
      })
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("goes where the table says what it leaves to it", () => {
    const policy = Layer.provide(RoutingPolicy.layerBefore(goldFirst), [
      Customers.layer("none"),
      TablePolicy.layerBuiltIn(queues)
    ])
    const { layer } = handingOver(policy)
    return Effect.gen(function* () {
      assert.deepInclude(yield* handle(request("transfer_to_sales")), { rule: "transfer_to_sales" })
      assert.strictEqual((yield* Effect.flip(handle(request("other"))))._tag, "UnsupportedIntent")
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect.each(errors)("that it fails for calls nobody: $error._tag", ({ error }) => {
    const { layer, sent } = handingOver(RoutingPolicy.layer(() => Effect.fail(error)))
    return Effect.gen(function* () {
      assert.strictEqual(yield* Effect.flip(handle(request("sales"))), error)
      assert.deepStrictEqual(sent, [])
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("that it never decides on is answered by the deadline, and names no rule", () => {
    const { layer, sent } = handingOver(RoutingPolicy.layer(() => Effect.never))
    return Effect.gen(function* () {
      const { millis, value } = yield* timed(Effect.flip(handle(request("sales"))))
      if (value._tag !== "HandoverFailed") return assert.fail(value._tag)
      assert.strictEqual(value.reason._tag, "DeadlineExceeded")
      assert.isUndefined(value.rule)
      assert.isAtMost(millis, 7010)
      assert.deepStrictEqual(sent, [])
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("fails with the name of its rule where CXone takes none of its places", () => {
    const { layer } = handingOver(
      RoutingPolicy.layer(() => Effect.succeed(rule({ fallbacks: [{ type: "agent", id: "a" }] }))),
      () => ({ status: 422 })
    )
    return Effect.gen(function* () {
      const error = yield* Effect.flip(handle(request("sales")))
      assert.deepInclude(error, { _tag: "HandoverFailed", rule: "own" })
    }).pipe(Effect.provide(layer), timed)
  })

  it.effect("does not wait for what it decides for another user", () => {
    const gate = Deferred.makeUnsafe<void>()
    const slow: Decide = ({ intent }) =>
      Effect.as(intent === "slow" ? Deferred.await(gate) : Effect.void, rule({ rule: intent }))
    const { layer } = handingOver(RoutingPolicy.layer(slow))
    return Effect.gen(function* () {
      const first = yield* Effect.forkChild(handle({ ...request("slow"), userId: "anna" }))
      assert.deepInclude(yield* handle({ ...request("fast"), userId: "ben" }), { rule: "fast" })
      yield* Deferred.succeed(gate, undefined)
      assert.deepInclude(yield* Fiber.join(first), { rule: "slow" })
    }).pipe(Effect.provide(layer), timed)
  })
})
