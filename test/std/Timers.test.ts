import { spawnSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Clock, Duration, Effect, Schema } from "effect"
import { TestClock } from "effect/testing"
import { timersOf } from "../../src/std/Timers.ts"

const timers = Effect.withFiberSucceed((fiber) => timersOf(fiber.context))

/** Timers whose ringing is noted, by their names. */
const noting = Effect.map(timers, ({ start }) => {
  const rung: Array<string> = []
  return {
    rung,
    start: (name: string, millis: number, then?: () => void) =>
      start(millis, () => {
        rung.push(name)
        then?.()
      })
  }
})

describe("timers", () => {
  it.effect("ring when their time has come, and once", () =>
    Effect.gen(function* () {
      const { rung, start } = yield* noting
      start("a", 100)
      yield* TestClock.adjust("99 millis")
      assert.deepStrictEqual(rung, [])
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(rung, ["a"])
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(rung, ["a"])
    })
  )

  it.effect("ring in time also where a later one is waited for already, and with a fraction of a millisecond", () =>
    Effect.gen(function* () {
      const { rung, start } = yield* noting
      start("later", 7000)
      yield* TestClock.adjust("0.25 millis")
      start("sooner", 100.5)
      yield* TestClock.adjust("100 millis")
      assert.deepStrictEqual(rung, [])
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(rung, ["sooner"])
      yield* TestClock.adjust("7 seconds")
      assert.deepStrictEqual(rung, ["sooner", "later"])
    })
  )

  it.effect("do not ring when they were taken back, and leave the others alone", () =>
    Effect.gen(function* () {
      const { rung, start } = yield* noting
      const takeBack = start("a", 100)
      start("b", 200)
      takeBack()
      takeBack()
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(rung, ["b"])
      takeBack()
    })
  )

  it.effect("ring at once where there is nothing to wait for", () =>
    Effect.gen(function* () {
      const { rung, start } = yield* noting
      start("none", 0)
      start("less", -1)
      assert.deepStrictEqual(rung, ["none", "less"])
    })
  )

  it.effect("take back and start others while they ring", () =>
    Effect.gen(function* () {
      const { rung, start } = yield* noting
      start("a", 100, () => {
        takeBack()
        start("c", 50)
        start("at once", 0)
      })
      const takeBack = start("b", 100)
      yield* TestClock.adjust("100 millis")
      assert.deepStrictEqual(rung, ["a", "at once"])
      yield* TestClock.adjust("50 millis")
      assert.deepStrictEqual(rung, ["a", "at once", "c"])
    })
  )

  it.effect("never ring where their time is infinite", () =>
    Effect.gen(function* () {
      const { rung, start } = yield* noting
      const takeBack = start("never", Number.POSITIVE_INFINITY)
      start("a", 10)
      yield* TestClock.adjust("365 days")
      assert.deepStrictEqual(rung, ["a"])
      takeBack()
    })
  )

  const millis = Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 50 })))
  const kinds = Arbitrary.schema(Schema.Literals(["start", "take back", "wait"]))
  it.effect.prop(
    "ring when a clock of their own would have rung, whatever else there is",
    { steps: Arbitrary.all({ kind: kinds, millis }).pipe(Arbitrary.array) },
    ({ steps }) =>
      Effect.gen(function* () {
        const { rung, start } = yield* noting
        const all: Array<{ readonly name: string; readonly due: number; takeBack: () => void; isOut: boolean }> = []
        let now = 0
        for (const { kind, millis } of steps) {
          if (kind === "start") {
            const name = String(all.length)
            all.push({ name, due: now + millis, takeBack: start(name, millis), isOut: false })
          } else if (kind === "take back") {
            const one = all[millis % Math.max(1, all.length)]
            if (one !== undefined && one.due > now) {
              one.isOut = true
              one.takeBack()
            }
          } else {
            now += millis
            yield* TestClock.adjust(millis)
          }
        }
        const expected = all.filter(({ due, isOut }) => !isOut && due <= now).map(({ name }) => name)
        assert.sameMembers(rung, expected)
        for (const { takeBack } of all) takeBack()
      })
  )

  /** A clock that stands still until it is set, and lets sleepers wake when it is told to. */
  const stubborn = () => {
    let now = 0
    const slept: Array<number> = []
    const sleepers: Array<() => void> = []
    const time = () => BigInt(now * 1_000_000)
    const clock: Clock.Clock = {
      currentTimeMillisUnsafe: () => now,
      currentTimeMillis: Effect.sync(() => now),
      currentTimeNanosUnsafe: time,
      currentTimeNanos: Effect.sync(time),
      monotonicTimeNanosUnsafe: time,
      monotonicTimeNanos: Effect.sync(time),
      sleep: (duration) =>
        Effect.callback((resume) => {
          slept.push(Duration.toMillis(duration))
          sleepers.push(() => resume(Effect.void))
        })
    }
    return {
      clock,
      slept,
      set: (millis: number) => {
        now = millis
      },
      wake: () => {
        for (const wake of sleepers.splice(0)) wake()
      }
    }
  }

  it.effect("that are due when a busy process gets to them ring in the order of their times", () => {
    const { clock, set, slept, wake } = stubborn()
    return Effect.gen(function* () {
      const { rung, start } = yield* noting
      start("later", 110)
      start("sooner", 100, () => set(250))
      start("last", 300)
      set(200)
      wake()
      assert.deepStrictEqual(rung, ["sooner", "later"])
      // What the others took is no longer to be waited for.
      assert.deepStrictEqual(slept, [110, 100, 50])
    }).pipe(Effect.provideService(Clock.Clock, clock))
  })

  it.effect("are due when who slept for them wakes, even where the clock says otherwise", () => {
    const { clock, wake } = stubborn()
    return Effect.gen(function* () {
      const { rung, start } = yield* noting
      start("a", 100)
      start("b", 200)
      wake()
      assert.deepStrictEqual(rung, ["a"])
      wake()
      assert.deepStrictEqual(rung, ["a", "b"])
    }).pipe(Effect.provideService(Clock.Clock, clock))
  })

  it.effect("go on when one of them throws", () => {
    const { clock, wake } = stubborn()
    return Effect.gen(function* () {
      const { rung, start } = yield* noting
      start("a", 100, () => {
        throw new Error("broken")
      })
      start("b", 200)
      assert.throws(wake, "broken")
      wake()
      assert.deepStrictEqual(rung, ["a", "b"])
    }).pipe(Effect.provideService(Clock.Clock, clock))
  })

  it("keep no process from ending once all are taken back", () => {
    const script = `
      import { Effect } from "effect"
      import { timersOf } from ${JSON.stringify(new URL("../../src/std/Timers.ts", import.meta.url).href)}
      Effect.runFork(Effect.withFiberSucceed((fiber) => {
        const takeBack = timersOf(fiber.context).start(3_600_000, () => {})
        setTimeout(takeBack, 10)
      }))`
    const { signal, status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      timeout: 60_000
    })
    assert.strictEqual(status, 0, `${signal} ${stderr}`)
  })
})
