import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber } from "effect"
import { HttpClientRequest } from "effect/http"
import { EXPLAIN_PATH, WEBHOOK_PATH } from "../../src/cognigy/Api.ts"
import { AgentIdMissing, Rejected, UnsupportedIntent } from "../../src/routing/Decision.ts"
import { type Decide, RoutingPolicy } from "../../src/routing/RoutingPolicy.ts"
import { withKnownId } from "../support/correlation.ts"
import { observer } from "../support/observer.ts"
import { door, handedOver, post, postTo, problem, send, untilAnswered } from "./support/door.ts"

describe.concurrent("/routing/explain", () => {
  const explain = (intent: string, query = "", key?: string) =>
    postTo(`${EXPLAIN_PATH}${query}`, { intent, userId: "a" }, key)

  const decide: Decide = ({ intent }) => {
    switch (intent) {
      case "reject":
        return Effect.fail(new Rejected({ rule: "r-3", text: "Bitte morgen wieder 🙏" }))
      case "agentless":
        return Effect.fail(new AgentIdMissing({ rule: "r-2", entity: "agentId", problem: "it is not there" }))
      case "unsupported":
        return Effect.fail(new UnsupportedIntent({ intent }))
      case "die":
        return Effect.die(new Error("on purpose"))
      default:
        return Effect.succeed({ rule: "r-1", target: handedOver.target })
    }
  }

  it.live.each([
    {
      intent: "any",
      outcome: { type: "handover", rule: "r-1", target: { type: "queue", id: "q-1" }, fallbacks: [], labels: {} }
    },
    { intent: "reject", outcome: { type: "rejected", rule: "r-3", text: "Bitte morgen wieder 🙏" } },
    {
      intent: "agentless",
      outcome: {
        type: "refused",
        error: "Agent ID missing",
        rule: "r-2",
        detail: new AgentIdMissing({ rule: "r-2", entity: "agentId", problem: "it is not there" }).message
      }
    },
    {
      intent: "unsupported",
      outcome: {
        type: "refused",
        error: "Unsupported intent",
        detail: new UnsupportedIntent({ intent: "unsupported" }).message
      }
    }
  ])("answers 200 whatever is decided ($outcome.type by $outcome.rule), and hands nothing over", (row) => {
    const { asked, layer } = door(1, undefined, RoutingPolicy.layer(decide))
    return Effect.gen(function* () {
      const { headers, status, text } = yield* explain(row.intent, "?at=2026-12-24T18:30:00%2B01:00")
      assert.strictEqual(status, 200)
      assert.strictEqual(headers["content-type"], "application/json")
      assert.deepStrictEqual<object>(problem(text), {
        at: "2026-12-24T17:30:00.000Z",
        outcome: row.outcome,
        passed: []
      })
      assert.deepStrictEqual(asked, [])
    }).pipe(Effect.provide(layer))
  })

  it.live("accepts the webhook's credentials, and no others", () =>
    Effect.gen(function* () {
      const { headers, status, text } = yield* explain("any", "", "wrong")
      assert.strictEqual(status, 401)
      assert.match(headers["www-authenticate"] ?? "", /^ApiKey realm=/)
      assert.deepInclude(problem(text), { status: 401, error: "Unauthorized" })
    }).pipe(Effect.provide(door(1).layer))
  )

  it.live("explains for the time of the query, in either spelling, and ignores the rest of the query", () =>
    Effect.gen(function* () {
      for (const query of [
        "?at=2026-12-24T17:30:00Z&token=x",
        "?x=y&at=2026-12-24T17%3A30%3A00.000Z",
        "?at=2026-12-24T18:30%2B01:00",
        "?at=2026-12-24+18:30+Europe/Berlin",
        "?at=%202026-12-24T17:30:00Z%20",
        "?at=2026-12-24T17:30:00Z&at=2027-12-24T17:30:00Z"
      ]) {
        const { status, text } = yield* explain("any", query)
        assert.strictEqual(status, 200, text)
        assert.deepInclude(problem(text), { at: "2026-12-24T17:30:00.000Z" }, query)
      }
    }).pipe(Effect.provide(door(1).layer))
  )

  it.live("explains for now when the query has no time", () =>
    Effect.gen(function* () {
      for (const query of ["", "?", "?at=", "?at", "?other=2026-12-24T18:30:00Z"]) {
        const before = yield* Clock.currentTimeMillis
        const { status, text } = yield* explain("any", query)
        const { at } = problem(text)
        assert.strictEqual(status, 200)
        const millis = Date.parse(String(at))
        assert.isTrue(before <= millis && millis <= (yield* Clock.currentTimeMillis), `${query}: ${at}`)
      }
    }).pipe(Effect.provide(door(1).layer))
  )

  it.live.each(["tomorrow", "2026-12-24", "2026-12-24T18:30:00", "1766600000", "2026-13-01T00:00:00Z", " "])(
    "refuses the time %j, and says how one is written",
    (at) =>
      Effect.gen(function* () {
        const { status, text } = yield* explain("any", `?${new URLSearchParams({ at })}`)
        assert.strictEqual(status, 400, text)
        const { detail, error } = problem(text)
        assert.strictEqual(error, "Invalid payload")
        assert.match(String(detail), /the query's at: expected a time such as 2026-/)
      }).pipe(Effect.provide(door(1).layer))
  )

  it.live("refuses the bodies that the webhook refuses, for the same reasons", () =>
    Effect.gen(function* () {
      const bodies: ReadonlyArray<readonly [contentType: string, body: string, status: number]> = [
        ["text/plain", "{}", 400],
        ["application/json", "{", 400],
        ["application/json", "{}", 400],
        ["application/json", '{"intent":["i"],"userId":"a"}', 400],
        ["application/json", " ".repeat(300_000), 413]
      ]
      for (const [contentType, body, expected] of bodies) {
        const [webhook, explained] = yield* Effect.forEach([WEBHOOK_PATH, EXPLAIN_PATH], (path) =>
          send(
            HttpClientRequest.post(path).pipe(
              HttpClientRequest.bodyText(body, contentType),
              HttpClientRequest.setHeader("x-api-key", "the-key")
            )
          )
        )
        assert.strictEqual(explained?.status, expected)
        assert.strictEqual(withKnownId(explained?.text ?? ""), withKnownId(webhook?.text ?? ""))
      }
    }).pipe(Effect.provide(door(1).layer))
  )

  it.live("answers while the webhook takes no more, for it takes no place", () => {
    const { layer, open } = door(1)
    return Effect.gen(function* () {
      const first = yield* Effect.forkChild(post("wait", "a"))
      yield* untilAnswered(503)
      assert.strictEqual((yield* explain("any")).status, 200)
      yield* open
      assert.strictEqual((yield* Fiber.join(first)).status, 200)
    }).pipe(Effect.provide(layer))
  })

  it.live("answers 500 to a defect in the policy, which is in the log alone", () => {
    const { log, surroundings } = observer()
    return Effect.gen(function* () {
      const { status, text } = yield* explain("die")
      assert.strictEqual(status, 500)
      assert.deepInclude(problem(text), { error: "Internal error" })
      assert.notInclude(text, "on purpose")
      assert.match(log.join("\n"), /a defect in the router[\s\S]*on purpose/)
      assert.strictEqual((yield* explain("any")).status, 200)
    }).pipe(Effect.provide(door(1, surroundings, RoutingPolicy.layer(decide)).layer))
  })
})

describe.concurrent("/readyz", () => {
  const ready = Effect.map(send(HttpClientRequest.get("/readyz")), ({ status, text }) => ({ status, ...problem(text) }))

  it.live("says nothing of a table where none comes from a file", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual<object>(yield* ready, { status: "ready" })
    }).pipe(Effect.provide(door(1).layer))
  )
})
