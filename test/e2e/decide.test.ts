/** `/routing/decide` of a whole router: what it answers, and that CXone has no part in it. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { salesQueueId, supportQueueId } from "../../src/simulator/webchat/SimulatorOptions.ts"
import { withKnownId } from "../support/correlation.ts"
import { assertSafe, assertSuccess } from "./support/answers.ts"
import { flow, sales, shapes, support } from "./support/bodies.ts"
import { type Reply, type RouterOptions, started, withRouter } from "./support/router.ts"
import { routes, unknownAgentId } from "./support/routing.ts"

const table: RouterOptions = {
  routes: routes([
    {
      name: "vip",
      when: { entities: { agentId: { matches: "^vip" } } },
      to: { agent: "has left", fallback: { agent: { entity: "agentId" }, fallback: { queue: "sales" } } },
      labels: { product: "{{product}}" }
    },
    { name: "billing", when: { intent: "billing" }, to: { reject: "Nein 🙏" } },
    { name: "call", when: { intent: "call" }, to: { queue: "sales" } },
    { name: "agent", when: { intent: "agent" }, to: { agent: { entity: "agentId" } } }
  ])
}

/** The members of a decision, but for the id that is another one each time. */
const decisionIn = (reply: Reply): object => {
  assert.strictEqual(reply.status, 200, reply.text)
  assert.strictEqual(reply.headers["content-type"]?.split(";")[0], "application/json")
  assertSafe(reply.text)
  const { correlationId, ...members } = JSON.parse(reply.text)
  assert.match(correlationId, /^[0-9a-f]{32}$/)
  return members
}

const toSales = {
  status: "decided",
  target: { type: "queue", id: salesQueueId, name: "sales" },
  fallbacks: [],
  rule: "transfer_to_sales",
  labels: {}
}

describe.concurrent.each(shapes)("/routing/decide, asked with $shape", ({ bodyOf }) => {
  it.live("answers with the target, its fallbacks, the rule and its labels, without a call to CXone", () =>
    Effect.gen(function* () {
      const { decide, simulator } = yield* started()
      assert.deepStrictEqual(decisionIn(yield* decide(bodyOf({ intent: "x", userId: "anna", agentId: "vip-1" }))), {
        status: "decided",
        target: { type: "agent", id: unknownAgentId, name: "has left" },
        fallbacks: [
          { type: "agent", id: "vip-1" },
          { type: "queue", id: salesQueueId, name: "sales" }
        ],
        rule: "vip",
        labels: { product: "phone" }
      })
      assert.deepInclude(decisionIn(yield* decide(bodyOf({ intent: "call", userId: "anna" }))), {
        rule: "call",
        fallbacks: [],
        labels: {}
      })
      assert.deepStrictEqual((yield* simulator.state).calls, [])
    }).pipe(withRouter(table))
  )

  it.live("answers what no rule sends anywhere as the webhook does", () =>
    Effect.gen(function* () {
      const { decide, post, simulator } = yield* started()
      const errors: Array<string> = []
      for (const facts of [{ intent: "billing" }, { intent: "agent" }, { intent: "order_pizza" }, { intent: "" }]) {
        const body = bodyOf({ ...facts, userId: "anna" })
        const [decided, handed] = [yield* decide(body), yield* post(body)]
        assert.strictEqual(decided.status, handed.status)
        assert.strictEqual(withKnownId(decided.text), withKnownId(handed.text))
        errors.push(JSON.parse(decided.text).error)
      }
      assert.deepStrictEqual(errors, [
        "Handover rejected",
        "Agent ID missing",
        "Unsupported intent",
        "Missing required fields"
      ])
      assert.deepStrictEqual((yield* simulator.state).calls, [])
    }).pipe(withRouter(table))
  )
})

describe.concurrent("/routing/decide", () => {
  it.live.each([
    { how: "cannot be reached", cxone: { baseUrl: "http://127.0.0.1:1" } },
    { how: "refuses the credentials", cxone: { clientSecret: Redacted.make("not-the-secret") } }
  ])("answers by the built-in table while CXone $how", ({ cxone }) =>
    Effect.gen(function* () {
      const { decide, post } = yield* started()
      assert.deepStrictEqual(decisionIn(yield* decide(sales("anna"))), toSales)
      assert.deepInclude(decisionIn(yield* decide(support("anna"))), {
        target: { type: "queue", id: supportQueueId, name: "support" }
      })
      assert.isAtLeast((yield* post(sales("anna"))).status, 500)
    }).pipe(withRouter({ cxone }))
  )

  it.live("is no copy of a webhook, and keeps none from being handed over", () =>
    Effect.gen(function* () {
      const { decide, post } = yield* started()
      const key = { "idempotency-key": "n-1" }
      for (const body of [sales("anna"), support("anna"), sales("anna")]) decisionIn(yield* decide(body, key))
      assert.strictEqual(assertSuccess(yield* post(support("anna"), key)).rule, "transfer_to_support")
      decisionIn(yield* decide(sales("anna"), key))
    }).pipe(withRouter())
  )

  it.live("logs one line for each decision, and each refusal by a rule", () =>
    Effect.gen(function* () {
      const { close, decide, log } = yield* started()
      const text = "user-words-that-stay"
      yield* decide({ ...sales("anna"), text })
      yield* decide({ ...flow({ intent: "order_pizza", userId: "anna" }), text })
      yield* close
      const logged = log.join("\n")
      const decided = `decided: transfer_to_sales → queue ${salesQueueId} (rule transfer_to_sales), `
      assert.lengthOf(logged.split(decided), 2)
      assert.lengthOf(logged.split("decided: order_pizza → 400 Unsupported intent: no routing rule takes"), 2)
      assert.notInclude(logged, text)
    }).pipe(withRouter())
  )
})
