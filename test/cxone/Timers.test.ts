import { spawnSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Schema } from "effect"
import { TestClock } from "effect/testing"
import { timersOf } from "../../src/cxone/Timers.ts"

const timers = Effect.withFiberSucceed((fiber) => timersOf(fiber))

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
        assert.deepStrictEqual(rung.toSorted(), expected.toSorted())
        for (const { takeBack } of all) takeBack()
      })
  )

  it("keep no process from ending once all are taken back", () => {
    const script = `
      import { Effect } from "effect"
      import { timersOf } from ${JSON.stringify(new URL("../../src/cxone/Timers.ts", import.meta.url).href)}
      Effect.runFork(Effect.withFiberSucceed((fiber) => {
        const takeBack = timersOf(fiber).start(3_600_000, () => {})
        setTimeout(takeBack, 10)
      }))`
    const { signal, status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      timeout: 60_000
    })
    assert.strictEqual(status, 0, `${signal} ${stderr}`)
  })
})
