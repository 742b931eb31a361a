import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { CXoneSimulator } from "../../src/simulator/CXoneSimulator.ts"
import { SimulatorState } from "../../src/simulator/webchat/SimulatorState.ts"
import { open, send, whoami, withSimulator } from "./support.ts"

const user = "cognigy_user"

describe("control over HTTP", () => {
  it.effect("does the same as the service, and is not recorded", () =>
    Effect.gen(function* () {
      const simulator = yield* CXoneSimulator
      const token = yield* simulator.issueToken
      const id = yield* simulator.openConversation({ userId: "cognigy_a/b %2F" })
      const post = (path: string, json?: Schema.Json) =>
        Effect.map(send("POST", `/__simulator/${path}`, json === undefined ? {} : { json }), ({ status }) => status)

      assert.strictEqual(yield* post("faults", { operation: "open", kind: "hang" }), 204)
      const more = [
        { operation: "any", kind: "drop" },
        { operation: "label", kind: "brokenBody" }
      ]
      assert.strictEqual(yield* post("faults", more), 204)
      assert.deepStrictEqual(
        (yield* simulator.state).faults.map(({ fault }) => fault.kind),
        ["hang", "drop", "brokenBody"]
      )
      assert.strictEqual((yield* send("DELETE", "/__simulator/faults")).status, 204)
      assert.deepStrictEqual((yield* simulator.state).faults, [])

      assert.strictEqual(yield* post(`conversations/${id}/end`), 204)
      assert.strictEqual(yield* post(`conversations/${id}/end`), 404)

      const lockPath = `users/${encodeURIComponent("cognigy_a/b %2F")}/lock`
      assert.strictEqual(yield* post(lockPath, { opens: 1 }), 204)
      assert.deepStrictEqual((yield* simulator.state).locks, [{ userId: "cognigy_a/b %2F", opensLeft: 1, until: null }])
      assert.strictEqual(yield* post(lockPath, { durationMillis: 10 }), 204)
      assert.deepStrictEqual((yield* simulator.state).locks, [
        { userId: "cognigy_a/b %2F", opensLeft: null, until: 10 }
      ])

      assert.strictEqual(yield* post("tokens/revoke"), 204)
      assert.strictEqual((yield* simulator.state).tokens.live, 0)
      assert.deepStrictEqual((yield* simulator.state).calls, [])

      assert.strictEqual((yield* whoami(token)).status, 401)
      assert.strictEqual(yield* post("reset"), 204)
      assert.deepStrictEqual((yield* simulator.state).calls, [])
    }).pipe(withSimulator())
  )

  it.effect("answers the state as JSON that its schema decodes", () =>
    Effect.gen(function* () {
      const simulator = yield* CXoneSimulator
      yield* open(yield* simulator.issueToken, user)
      yield* simulator.order({ operation: "any", kind: "delay", millis: 1, share: 0.5 })
      const { body, status } = yield* send("GET", "/__simulator/state")
      assert.strictEqual(status, 200)
      assert.deepStrictEqual(yield* Schema.decodeUnknownEffect(SimulatorState)(body), yield* simulator.state)
    }).pipe(withSimulator())
  )

  it.effect.each([
    { fault: { operation: "opening", kind: "hang" }, says: "operation" },
    { fault: { operation: "open", kind: "hung" }, says: "hang" },
    { fault: { operation: "open", kind: "status" }, says: "status" },
    { fault: { operation: "open", kind: "status", status: 200 }, says: "between 400 and 599" },
    { fault: { operation: "open", kind: "status", status: 429, retryAfter: "a\nb" }, says: "retryAfter" },
    { fault: { operation: "open", kind: "delay", millis: -1 }, says: "millis" },
    { fault: { operation: "open", kind: "hang", times: 0 }, says: "times" },
    { fault: { operation: "open", kind: "hang", share: 2 }, says: "share" },
    { fault: { operation: "open", kind: "hang", every: 0 }, says: "every" },
    { fault: { operation: "open", kind: "hang", times: 1, share: 1 }, says: "one of times, share and every" },
    { fault: { operation: "open", kind: "revoke", times: 1, every: 1 }, says: "one of times, share and every" },
    { fault: { operation: "open", kind: "drop", fase: "after" }, says: "fase" }
  ])("refuses the fault $fault", ({ fault, says }) =>
    Effect.gen(function* () {
      for (const json of [fault, [{ operation: "open", kind: "hang" }, fault]]) {
        const answer = yield* send("POST", "/__simulator/faults", { json })
        assert.strictEqual(answer.status, 400)
        assert.include(answer.body, { code: "bad.request", status: 400 })
        assert.include(answer.text, says)
      }
      assert.deepStrictEqual((yield* (yield* CXoneSimulator).state).faults, [])
    }).pipe(withSimulator())
  )

  it.effect("answers 404, 405 and 400 to wrong paths, methods and bodies", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* send("GET", "/__simulator/nothing")).status, 404)
      assert.strictEqual((yield* send("GET", "/__simulator/%zz")).status, 404)
      assert.strictEqual((yield* send("PUT", "/__simulator/faults")).status, 405)
      assert.strictEqual((yield* send("POST", "/__simulator/users/cognigy_a/lock", { json: { opens: 0 } })).status, 400)
      assert.deepStrictEqual((yield* (yield* CXoneSimulator).state).calls, [])
    }).pipe(withSimulator())
  )
})
