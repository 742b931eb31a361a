/** Bodies that do not end, under the test's clock. */
import { assert, describe, it } from "@effect/vitest"
import { Clock, Duration, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { DECIDE_PATH, EXPLAIN_PATH, WEBHOOK_PATH } from "../../src/cognigy/Api.ts"
import { makeReceiver } from "../../src/cognigy/Body.ts"
import { door } from "./support/app.ts"

const endless = () =>
  new ReadableStream({
    start: (controller) => {
      controller.enqueue(new TextEncoder().encode("{"))
    }
  })

const statuses = (answers: ReadonlyArray<{ readonly status: number }>) => answers.map(({ status }) => status)

describe("a body that does not end", () => {
  it.effect.each([WEBHOOK_PATH, DECIDE_PATH, EXPLAIN_PATH])("is refused when the deadline is over: %s", (path) =>
    Effect.gen(function* () {
      const { handled, logged, post } = yield* door({ mode: "none" })
      const slow = yield* Effect.forkChild(post({}, endless(), path), { startImmediately: true })
      yield* TestClock.adjust("6999 millis")
      assert.isUndefined(slow.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      const { detail, error, status } = yield* Fiber.join(slow)
      assert.deepStrictEqual([status, error], [400, "Invalid payload"])
      assert.include(detail, "deadline")
      assert.deepStrictEqual(handled, [])
      // Explanations are not in the log.
      assert.lengthOf(logged, path === EXPLAIN_PATH ? 0 : 1)
      assert.match(logged.join("\n"), path === EXPLAIN_PATH ? /^$/ : /^refused → 400 Invalid payload: .*, 7000 ms$/)
    })
  )

  it.effect("does not block other senders: when too many bodies are uploading, the oldest upload is dropped", () =>
    Effect.gen(function* () {
      const { events, post } = yield* door({ mode: "none" }, { capacity: 2 })
      const slow = yield* Effect.forEach([1, 2, 3, 4, 5], () =>
        Effect.forkChild(post({}, endless()), { startImmediately: true })
      )
      assert.deepStrictEqual(statuses(yield* Fiber.joinAll(slow.slice(0, 3))), [503, 503, 503])
      const [fourth, fifth] = slow.slice(3)
      if (fourth === undefined || fifth === undefined) return assert.fail("not started")
      assert.deepStrictEqual([fourth.pollUnsafe(), fifth.pollUnsafe()], [undefined, undefined])
      // The next body takes the place of the oldest one, and leaves it free for those behind.
      for (let i = 0; i < 10; i++) assert.strictEqual((yield* post({})).status, 200)
      assert.strictEqual((yield* Fiber.join(fourth)).status, 503)
      assert.isUndefined(fifth.pollUnsafe())
      yield* TestClock.adjust("7 seconds")
      assert.strictEqual((yield* Fiber.join(fifth)).status, 400)
      assert.deepStrictEqual(
        events.map((event) => event._tag === "Refusal" && event.reason),
        ["overloaded", "overloaded", "overloaded", "overloaded", "invalid_payload"]
      )
    })
  )
})

it.effect("a receiver without bodies has no timer: it keeps no process alive", () => {
  let sleeps = 0
  const counted = Effect.updateService(Clock.Clock, (clock) => ({
    ...clock,
    sleep: (duration: Duration.Duration) => {
      sleeps++
      return clock.sleep(duration)
    }
  }))
  return Effect.gen(function* () {
    yield* makeReceiver(10, Duration.seconds(7))
    yield* TestClock.adjust("1 minute")
    assert.strictEqual(sleeps, 0)
  }).pipe(counted)
})
