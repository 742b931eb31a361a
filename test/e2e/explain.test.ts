import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it, layer, vi } from "@effect/vitest"
import { Clock, Duration, Effect, Layer, Logger, Redacted, Schema } from "effect"
import { HttpClient, HttpClientRequest, HttpServer } from "effect/http"
import { EXPLAIN_PATH } from "../../src/cognigy/Api.ts"
import * as Server from "../../src/cognigy/http/Server.ts"
import { Handover } from "../../src/handover/Handover.ts"
import { Journal } from "../../src/handover/Journal.ts"
import { Readiness } from "../../src/handover/Readiness.ts"
import { Explanation } from "../../src/routing/Explanation.ts"
import type { RoutesFile } from "../../src/routing/format/RoutesFile.ts"
import { RoutingPolicy } from "../../src/routing/RoutingPolicy.ts"
import { salesQueueId, supportQueueId } from "../../src/simulator/webchat/SimulatorOptions.ts"
import { withKnownId } from "../support/correlation.ts"
import { observer } from "../support/observer.ts"
import { assertProblem, assertSafe, assertSuccess } from "./support/answers.ts"
import { flow, input, sales, shapes, support } from "./support/bodies.ts"
import { type Reply, Router, type RouterOptions, settled, started, withRouter } from "./support/router.ts"
import { routes, tableStatus, unknownAgentId, versionOf } from "./support/routing.ts"
import { exchange, parseAnswer } from "./support/socket.ts"

// Most of the time here is spent waiting.
vi.setConfig({ maxConcurrency: 10 })

const decode = Schema.decodeUnknownSync(Schema.fromJsonString(Explanation), { onExcessProperty: "error" })

/** The explanation of a 200, which has exactly the members of its schema. */
const explanationIn = (reply: Reply): Explanation => {
  assert.strictEqual(reply.status, 200, reply.text)
  assert.strictEqual(reply.headers["content-type"]?.split(";")[0], "application/json")
  assertSafe(reply.text)
  return decode(reply.text)
}

const rules: RoutesFile["rules"] = [
  {
    name: "vip",
    when: { entities: { product: "phone", agentId: { matches: "^vip" } } },
    to: { agent: "has left", fallback: { agent: { entity: "agentId" }, fallback: { queue: "sales" } } },
    labels: { product: "{{product}}" }
  },
  { name: "by night", when: { intent: "call", closed: "office" }, to: { reject: "We open at 8." } },
  { name: "call", when: { intent: "call" }, to: { queue: "sales" }, labels: { product: "{{product}}", none: "{{x}}" } },
  { name: "agent", when: { intent: "agent" }, to: { agent: { entity: "agentId" } } },
  { name: "german", when: { intent: "unsure", language: "de" }, to: { queue: "support" } }
]

const text = routes(rules, { hours: { office: { zone: "Europe/Berlin", weekly: { weekdays: "08:00-18:00" } } } })

const table: RouterOptions = { routes: text }

const call = flow({ intent: "call", userId: "anna" })

describe.concurrent("/routing/explain", () => {
  it.live("explains the decision about a webhook, without a call to CXone", () =>
    Effect.gen(function* () {
      const { explain, simulator } = yield* started()
      const explanation = explanationIn(yield* explain(call, "?at=2026-11-25T12:00:00%2B01:00"))
      assert.deepStrictEqual(explanation, {
        at: "2026-11-25T11:00:00.000Z",
        version: versionOf(text),
        outcome: {
          type: "handover",
          rule: "call",
          target: { type: "queue", id: salesQueueId, name: "sales" },
          fallbacks: [],
          labels: { product: "phone" }
        },
        passed: [
          {
            rule: "vip",
            condition: "when.entities.agentId",
            expected: "what matches ^vip",
            saw: null,
            shown: "nothing"
          },
          {
            rule: "by night",
            condition: "when.closed",
            expected: "office to be closed",
            saw: "open at Wed 2026-11-25 12:00 Europe/Berlin",
            shown: "open at Wed 2026-11-25 12:00 Europe/Berlin"
          }
        ]
      })
      assert.deepStrictEqual((yield* simulator.state).calls, [])
    }).pipe(withRouter(table))
  )

  it.live("names the places in their order", () =>
    Effect.gen(function* () {
      const { explain } = yield* started()
      const { outcome, passed } = explanationIn(yield* explain(flow({ intent: "x", userId: "a", agentId: "vip-1" })))
      assert.deepStrictEqual(outcome, {
        type: "handover",
        rule: "vip",
        target: { type: "agent", id: unknownAgentId, name: "has left" },
        fallbacks: [
          { type: "agent", id: "vip-1" },
          { type: "queue", id: salesQueueId, name: "sales" }
        ],
        labels: { product: "phone" }
      })
      assert.deepStrictEqual(passed, [])
    }).pipe(withRouter(table))
  )

  it.live("names the version that /readyz names", () =>
    Effect.gen(function* () {
      const { explain } = yield* started()
      const { version } = explanationIn(yield* explain(call))
      assert.strictEqual(version, (yield* tableStatus)?.version)
    }).pipe(withRouter(table))
  )

  it.live("explains the built-in table, which has no version", () =>
    Effect.gen(function* () {
      const { explain, simulator } = yield* started()
      const explanation = explanationIn(yield* explain(support("anna")))
      assert.deepInclude(explanation.outcome, {
        rule: "transfer_to_support",
        target: { type: "queue", id: supportQueueId, name: "support" }
      })
      assert.deepStrictEqual(
        explanation.passed.map(({ rule }) => rule),
        ["transfer_to_sales"]
      )
      assert.notProperty(explanation, "version")
      assert.deepStrictEqual((yield* simulator.state).calls, [])
    }).pipe(withRouter())
  )

  it.live("explains while CXone is away", () =>
    Effect.gen(function* () {
      const { explain } = yield* started()
      assert.deepInclude(explanationIn(yield* explain(sales("anna"))).outcome, { rule: "transfer_to_sales" })
    }).pipe(withRouter({ cxone: { baseUrl: "http://127.0.0.1:1" } }))
  )

  it.live("with another method is refused", () =>
    Effect.gen(function* () {
      const { get } = yield* started()
      const { headers, status, text } = yield* get("/routing/explain")
      assert.include([404, 405], status)
      assert.strictEqual(headers["content-type"]?.split(";")[0], "application/problem+json")
      assert.strictEqual(JSON.parse(text).status, status)
    }).pipe(withRouter())
  )

  it.live("is no copy of the webhook that it explains", () =>
    Effect.gen(function* () {
      const { explain, post } = yield* started()
      const key = { "idempotency-key": "n-1" }
      explanationIn(yield* explain(call, "?at=2026-11-25T11:00:00Z", key))
      explanationIn(yield* explain(sales("anna"), "?at=2026-11-25T11:00:00Z", key))
      const { rule } = assertSuccess(yield* post(sales("anna"), key))
      assert.strictEqual(rule, "transfer_to_sales")
      assert.include((yield* settled).counts, { open: 1, action: 1 })
    }).pipe(withRouter())
  )
})

/** What the webhook is answered and what was explained before are the same. */
const assertAgree = ({ outcome }: Explanation, reply: Reply) => {
  switch (outcome.type) {
    case "handover": {
      const { rule, target } = assertSuccess(reply)
      assert.strictEqual(rule, outcome.rule)
      const places = [outcome.target, ...outcome.fallbacks].map(({ id, type }) => ({ id, type }))
      assert.deepInclude(places, target)
      return
    }
    case "rejected": {
      const { rule, text } = outcome
      assertProblem(reply, { status: 403, error: "Handover rejected", rule, text })
      return
    }
    case "refused": {
      const { detail, error, rule } = outcome
      const told = assertProblem(reply, { status: 400, error, ...(rule === undefined ? {} : { rule }) })
      assert.strictEqual(told, detail)
    }
  }
}

describe.concurrent.each(shapes)("the explanation of $shape", ({ bodyOf }) => {
  it.live("agrees with what the webhook then does", () =>
    Effect.gen(function* () {
      const { explain, post } = yield* started()
      const asked = [
        { intent: "x", agentId: "vip-1" },
        { intent: "call" },
        { intent: "agent", agentId: "vip" },
        { intent: "agent" },
        { intent: "agent", agentId: true },
        { intent: "unsure" },
        { intent: "order_pizza" },
        { intent: "" },
        { intent: ["x"] }
      ]
      const kinds = new Set<string>()
      for (const [i, facts] of asked.entries()) {
        const body = bodyOf({ ...facts, userId: `user-${i}` })
        const [explained, handed] = [yield* explain(body), yield* post(body)]
        if (explained.status === 200) {
          const explanation = explanationIn(explained)
          kinds.add(explanation.outcome.type)
          assertAgree(explanation, handed)
        } else {
          assert.strictEqual(explained.status, 400)
          assert.strictEqual(withKnownId(explained.text), withKnownId(handed.text))
        }
      }
      assert.includeMembers([...kinds], ["handover", "refused"])
      const labels = (yield* settled).conversations.map(({ labels }) => labels)
      assert.deepInclude(labels, { source: "cognigy", cognigy_intent: "x", product: "phone" })
    }).pipe(withRouter(table))
  )

  it.live("agrees with the webhook's answer when a rule rejects it", () =>
    Effect.gen(function* () {
      const { explain, post, simulator } = yield* started()
      const body = bodyOf({ intent: "any", userId: "anna" })
      const explanation = explanationIn(yield* explain(body))
      assert.deepStrictEqual(explanation.outcome, { type: "rejected", rule: "no", text: "Nein 🙏" })
      assertAgree(explanation, yield* post(body))
      assert.deepStrictEqual((yield* simulator.state).calls, [])
    }).pipe(withRouter({ routes: routes([{ name: "no", to: { reject: "Nein 🙏" } }]) }))
  )
})

const query = (at: string) => `?${new URLSearchParams({ at })}`

// One router for all of them: an explanation changes nothing.
layer(Router.layer(table), { excludeTestServices: true })("the time that an explanation holds for", (it) => {
  it.effect("is that of the query, in any form", () =>
    Effect.gen(function* () {
      const { explain } = yield* started()
      for (const [at, expected, rule] of [
        ["2026-11-25T17:59:00+01:00", "2026-11-25T16:59:00.000Z", "call"],
        ["2026-11-25T18:00:00+01:00", "2026-11-25T17:00:00.000Z", "by night"],
        ["2026-11-25 17:59 Europe/Berlin", "2026-11-25T16:59:00.000Z", "call"],
        ["2026-11-25 18:00 Europe/Berlin", "2026-11-25T17:00:00.000Z", "by night"],
        ["2026-07-25T12:00:00Z", "2026-07-25T12:00:00.000Z", "by night"],
        ["2026-07-24 08:00:00 Europe/Berlin", "2026-07-24T06:00:00.000Z", "call"]
      ] as const) {
        const { at: told, outcome } = explanationIn(yield* explain(call, query(at)))
        assert.deepStrictEqual([told, "rule" in outcome && outcome.rule], [expected, rule], at)
      }
    })
  )

  it.effect("is now without a query", () =>
    Effect.gen(function* () {
      const { explain } = yield* started()
      const before = yield* Clock.currentTimeMillis
      const { at } = explanationIn(yield* explain(call))
      const millis = Date.parse(at)
      assert.isTrue(before <= millis && millis <= (yield* Clock.currentTimeMillis), at)
    })
  )

  it.effect.each([
    "tomorrow",
    "2026-11-25",
    "2026-11-25T12:00:00",
    "2026-11-25 12:00 Europe/Berln",
    "1764068400",
    "2026-02-30T12:00:00Z",
    "\u0000",
    "x".repeat(5000)
  ])("that is none is refused in few words, with how one is written: %.40j", (at) =>
    Effect.gen(function* () {
      const { explain, simulator } = yield* started()
      const reply = yield* explain(call, query(at))
      const detail = assertProblem(reply, { status: 400, error: "Invalid payload" })
      assert.match(detail, /\bat: expected a time such as 2026-12-24T18:30:00\+01:00/)
      assert.isAtMost(reply.text.length, 500)
      assert.deepStrictEqual((yield* simulator.state).calls, [])
    })
  )

  it.effect("may have its plus sign as it is, as the message shows it, although a query then means a blank", () =>
    Effect.gen(function* () {
      const { explain } = yield* started()
      const reply = yield* explain(call, "?at=2026-11-25T18:00:00+01:00")
      assert.strictEqual(explanationIn(reply).at, "2026-11-25T17:00:00.000Z")
    })
  )

  // People type paths, and proxies rewrite them.
  it.effect.each([
    "/routing/explain",
    "/routing/explain/",
    "//routing//explain",
    "/Routing/Explain",
    "/routing/expl%61in",
    "/routing/explain;x=1",
    "http://router/routing/explain"
  ])("is not passed over in silence where the path is written %s", (path) =>
    Effect.gen(function* () {
      const body = JSON.stringify(call)
      const head = [
        `POST ${path}?at=2026-11-25T11:00:00Z HTTP/1.1`,
        "host: router",
        "connection: close",
        "content-type: application/json",
        `content-length: ${Buffer.byteLength(body)}`
      ]
      const reply = parseAnswer(yield* exchange(`${head.join("\r\n")}\r\n\r\n${body}`))
      if (reply === undefined) return assert.fail("closed without an answer")
      // Either there is nothing at this path, or what is there does as it is asked.
      if (reply.status === 200) assert.strictEqual(explanationIn(reply).at, "2026-11-25T11:00:00.000Z")
      else assert.strictEqual(reply.status, 404)
    })
  )
})

const KiB = 1024

describe.concurrent("an odd body", () => {
  it.live("is explained in few words", () =>
    Effect.gen(function* () {
      const { explain } = yield* started()
      const { passed } = explanationIn(
        yield* explain({
          ...input({ intent: "call", userId: "anna" }),
          slots: { product: "x".repeat(200 * KiB), agentId: "\ud800\u0000" },
          data: { __proto__: { a: 1 } }
        })
      )
      const [vip] = passed
      assert.deepInclude(vip, { rule: "vip", condition: "when.entities.product" })
      assert.isAtMost(JSON.stringify(passed).length, 2000)
    }).pipe(withRouter(table))
  )
})

describe.concurrent("a policy that never decides", () => {
  it.live("answers within the time of a webhook", () =>
    Effect.gen(function* () {
      const { address } = yield* HttpServer.HttpServer
      const { status } = yield* HttpClientRequest.post(`${HttpServer.formatAddress(address)}${EXPLAIN_PATH}`).pipe(
        HttpClientRequest.bodyJsonUnsafe(call),
        HttpClient.execute,
        Effect.timeoutOrElse({ duration: "5 seconds", orElse: () => Effect.succeed({ status: undefined }) })
      )
      assert.include([503, 504], status)
    }).pipe(
      Effect.provide(
        Server.layer({
          host: "127.0.0.1",
          port: 0,
          credentials: { mode: "none" },
          deadline: Duration.millis(200),
          capacity: 1,
          shutdownTimeout: Duration.millis(100)
        }).pipe(
          Layer.provide([
            Layer.succeed(Handover, { handle: () => Effect.never }),
            Journal.layer(),
            Layer.succeed(Readiness, { check: Effect.void }),
            RoutingPolicy.layer(() => Effect.never),
            Logger.layer([])
          ]),
          Layer.provideMerge(NodeHttpClient.layerUndici)
        )
      )
    )
  )
})

describe.concurrent("a query", () => {
  it.live("is removed except for its time", () => {
    const { everything, surroundings } = observer()
    return Effect.gen(function* () {
      const { close, explain } = yield* started()
      for (const tail of [
        "?token=planted-1&at=2026-11-25T11:00:00Z&x=planted-2",
        "?planted-3",
        "?at=2026-11-25T11:00:00Z#planted-4",
        "?at=2026-11-25T11:00:00Z&at=planted-5",
        "?at[]=planted-6&AT=planted-7&a%74=2026-11-25T11:00:00Z",
        "?at=2026-11-25T11:00:00Z;planted=8"
      ]) {
        const reply = yield* explain(call, tail)
        assert.notInclude(reply.text, "planted")
        assert.include([200, 400], reply.status)
      }
      yield* close
      assert.notInclude(yield* everything, "planted-")
    }).pipe(withRouter({ ...table, surroundings }))
  })
})

describe.concurrent("/readyz", () => {
  it.live("says which table of a file is live", () =>
    Effect.gen(function* () {
      const before = yield* Clock.currentTimeMillis
      const status = yield* tableStatus
      const { since = "", ...others } = status ?? {}
      assert.deepStrictEqual<object>(others, { version: versionOf(text), rules: rules.length })
      assert.strictEqual(new Date(since).toISOString(), since)
      assert.isAtMost(Date.parse(since), before)
    }).pipe(withRouter(table))
  )

  it.live("says so too where handovers cannot be taken", () =>
    Effect.gen(function* () {
      const { get } = yield* started()
      const { status, text: answer } = yield* get("/readyz")
      assert.strictEqual(status, 503)
      const { routes, ...others } = JSON.parse(answer)
      assert.deepInclude(routes, { version: versionOf(text) })
      assert.hasAllKeys(others, ["status", "reason"])
    }).pipe(withRouter({ ...table, cxone: { clientSecret: Redacted.make("not-the-secret") } }))
  )

  it.live("says nothing of the built-in table", () =>
    Effect.gen(function* () {
      const { get } = yield* started()
      assert.deepStrictEqual(JSON.parse((yield* get("/readyz")).text), { status: "ready" })
    }).pipe(withRouter())
  )
})
