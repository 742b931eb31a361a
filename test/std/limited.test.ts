import { assert, describe, it } from "@effect/vitest"
import { Cause, Deferred, Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { limited } from "../../src/std/limited.ts"

/** An effect that is limited to so many milliseconds, and what its end was told. */
const timed = <A, E>(effect: Effect.Effect<A, E>, millis: number) => {
  const told: Array<readonly [Exit.Exit<A, E>, isLate: boolean]> = []
  const run = Effect.withFiber((fiber) =>
    limited({
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
      const { run, told } = timed(Effect.as(Effect.sleep("99 millis"), "done"), 100)
      const fiber = yield* Effect.forkChild(run)
      yield* TestClock.adjust("99 millis")
      assert.strictEqual(yield* Fiber.join(fiber), "done")
      assert.deepStrictEqual(told, [[Exit.succeed("done"), false]])
    })
  )

  it.effect("is interrupted when the time is up, and not given up before it has ended", () =>
    Effect.gen(function* () {
      const { run, told } = timed(
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
      const { run } = timed(Effect.uninterruptible(Effect.sleep("1 second")), 100)
      const fiber = yield* Effect.forkChild(run)
      yield* TestClock.adjust("999 millis")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(yield* Fiber.join(fiber), "late")
    })
  )

  it.effect("is begun where there is no time at all, and counts if it ends at once", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* timed(Effect.succeed("done"), 0).run, "done")
      assert.strictEqual(yield* timed(Effect.never, 0).run, "late")
    })
  )

  it.effect("is interrupted with who waits for it, who waits until it has ended; its end is told so once", () =>
    Effect.gen(function* () {
      const { run, told } = timed(
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
      assert.strictEqual(yield* Effect.flip(timed(Effect.fail("broken"), 100).run), "broken")
      const gate = yield* Deferred.make<never>()
      const fiber = yield* Effect.forkChild(timed(Deferred.await(gate), 100).run, { startImmediately: true })
      yield* Deferred.die(gate, "defect")
      assert.deepStrictEqual(yield* Fiber.await(fiber), Exit.die("defect"))
    })
  )

  it.effect("dies of what is thrown instead of giving it, and of what its end throws", () =>
    Effect.gen(function* () {
      const told: Array<unknown> = []
      const thrown = Effect.withFiber((fiber) =>
        limited({
          effect: (): Effect.Effect<void> => {
            throw new Error("at the beginning")
          },
          context: fiber.context,
          millis: 100,
          end: (exit) => {
            told.push(exit)
            return exit
          }
        })
      )
      assert.match(String(yield* Effect.flip(Effect.sandbox(thrown))), /at the beginning/)
      assert.strictEqual(told.length, 1)
      const gate = yield* Deferred.make<void>()
      const throwing = Effect.withFiber((fiber) =>
        limited({
          effect: () => Deferred.await(gate),
          context: fiber.context,
          millis: 100,
          end: (): Exit.Exit<void> => {
            throw new Error("at the end")
          }
        })
      )
      const fiber = yield* Effect.forkChild(throwing, { startImmediately: true })
      yield* Deferred.succeed(gate, undefined)
      assert.match(String(yield* Effect.flip(Effect.sandbox(Fiber.join(fiber)))), /at the end/)
    })
  )
})
