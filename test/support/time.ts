import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { nowMillis } from "../../src/std/clock.ts"

/** Runs an effect while the `TestClock` goes on, in steps of 10 ms, and says how many milliseconds it took. */
export const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const started = yield* nowMillis
    const fiber = yield* Effect.forkChild(
      Effect.flatMap(effect, (value) => Effect.map(nowMillis, (now) => ({ value, millis: now - started })))
    )
    while (fiber.pollUnsafe() === undefined) yield* TestClock.adjust("10 millis")
    return yield* Fiber.join(fiber)
  })

/** Lets all fibers that can run go on until they wait for something, while no time passes. */
export const settled: Effect.Effect<void> = Effect.asVoid(Effect.replicateEffect(Effect.yieldNow, 200))

/** Lets the `TestClock` go on, a millisecond at a time, until something is so. */
export const until = Effect.fnUntraced(function* (isSo: () => boolean) {
  for (let millis = 0; !isSo(); millis++) {
    if (millis === 1000) return yield* Effect.die("it was not so within a second")
    yield* TestClock.adjust("1 millis")
  }
})

/** A `TestClock` that waits for woken fibers however slow the machine is: by itself it goes on without them after a second of real time. */
export const patient = Effect.provide(TestClock.layer({ warningDelay: "1 minute" }))
