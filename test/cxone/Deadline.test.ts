import { assert, describe, it } from "@effect/vitest"
import { Cause, Deferred, Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import * as Deadline from "../../src/cxone/Deadline.ts"

/** An effect that is limited to so many milliseconds, and what its end was told. */
const limited = <A, E>(effect: Effect.Effect<A, E>, millis: number) => {
  const told: Array<readonly [Exit.Exit<A, E>, isLate: boolean]> = []
  const run = Effect.withFiber((fiber) =>
    Deadline.limited(fiber, {
      effect: () => effect,
      context: fiber.context,
      millis,
      end: (exit, isLate): Exit.Exit<A | "late", E> => {
        told.push([exit, isLate])
        return isLate ? Exit.succeed("late") : exit
      }
    })
  )
  return { run, told }
}

describe("an effect with a time limit", () => {
  it.effect("comes to what it comes to, where it is in time", () =>
    Effect.gen(function* () {
      const { run, told } = limited(Effect.as(Effect.sleep("99 millis"), "done"), 100)
      const fiber = yield* Effect.forkChild(run)
      yield* TestClock.adjust("99 millis")
      assert.strictEqual(yield* Fiber.join(fiber), "done")
      assert.deepStrictEqual(told, [[Exit.succeed("done"), false]])
    })
  )

  it.effect("is interrupted when the time is up, and not given up before it has ended", () =>
    Effect.gen(function* () {
      const { run, told } = limited(
        Effect.onInterrupt(Effect.never, () => Effect.sleep("1 second")),
        100
      )
      const fiber = yield* Effect.forkChild(run)
      yield* TestClock.adjust("100 millis")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* Fiber.join(fiber), "late")
      assert.deepStrictEqual(
        told.map(([, isLate]) => isLate),
        [true]
      )
    })
  )

  it.effect("is late too where it cannot be interrupted, once it has ended", () =>
    Effect.gen(function* () {
      const { run } = limited(Effect.uninterruptible(Effect.sleep("1 second")), 100)
      const fiber = yield* Effect.forkChild(run)
      yield* TestClock.adjust("999 millis")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(yield* Fiber.join(fiber), "late")
    })
  )

  it.effect("is begun where there is no time at all, and counts if it ends at once", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* limited(Effect.succeed("done"), 0).run, "done")
      assert.strictEqual(yield* limited(Effect.never, 0).run, "late")
    })
  )

  it.effect("is interrupted with who waits for it, who waits until it has ended; its end is told so once", () =>
    Effect.gen(function* () {
      const { run, told } = limited(
        Effect.onInterrupt(Effect.never, () => Effect.sleep("1 second")),
        100
      )
      const fiber = yield* Effect.forkChild(run, { startImmediately: true })
      yield* Effect.forkChild(Fiber.interrupt(fiber), { startImmediately: true })
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("10 seconds")
      assert(Exit.hasInterrupts(yield* Fiber.await(fiber)))
      assert.deepStrictEqual(
        told.map(([exit, isLate]) => [Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause), isLate]),
        [[true, false]]
      )
    })
  )

  it.effect("fails as it fails, and dies as it dies", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* Effect.flip(limited(Effect.fail("broken"), 100).run), "broken")
      const gate = yield* Deferred.make<never>()
      const fiber = yield* Effect.forkChild(limited(Deferred.await(gate), 100).run, { startImmediately: true })
      yield* Deferred.die(gate, "defect")
      assert.deepStrictEqual(yield* Fiber.await(fiber), Exit.die("defect"))
    })
  )
})
