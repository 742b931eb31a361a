import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, PlatformError } from "effect"
import { type Check, type Finding, failed, ok, ready, skipped, warned } from "../../src/doctor/Check.ts"
import { report } from "../../src/doctor/Report.ts"
import { oneLine } from "../../src/std/oneLine.ts"
import { output } from "./support.ts"

const one = (...checks: ReadonlyArray<Check>) => [{ checks, concurrency: 1 }]

/** A check that ends when it is told to. */
const waiting = (name: string) => {
  const end = Deferred.makeUnsafe<Finding>()
  const check: Check = { name, run: Deferred.await(end) }
  return { check, end: Deferred.succeed(end, ok("done")) }
}

describe("a report", () => {
  it.effect("is a line for each check, and what to do about those that failed", () => {
    const { layer, text } = output()
    return Effect.gen(function* () {
      const well = yield* report([
        ...one(ready("settings", ok("14 read")), ready("token", failed("it is refused", "check this\nand that"))),
        ...one(ready("queue sales (5a1e…)", ok("Sales"))),
        ...one(ready("webhook", skipped("not running", "start it")), ready("other", skipped("not today")))
      ])
      assert.isFalse(well)
      assert.strictEqual(
        text(),
        `✓ settings       14 read
✗ token          it is refused
✓ queue sales (5a1e…)  Sales
- webhook        skipped: not running
- other          skipped: not today

1 of 5 checks failed:

  token  it is refused
    → check this
    → and that

2 were skipped:

  webhook  not running
    → start it
`
      )
    }).pipe(Effect.provide(layer))
  })

  it.effect("has what is taken and may be wrong, which is no failure", () => {
    const { layer, text } = output()
    return Effect.gen(function* () {
      assert.isTrue(
        yield* report(one(ready("a", ok("fine")), ready("PORT", warned("is odd", "even")), ready("b", skipped("no"))))
      )
      assert.strictEqual(
        text(),
        `✓ a              fine
⚠ PORT           is odd
- b              skipped: no

1 of 3 checks passed.
1 was taken, and may be wrong:

  PORT  is odd
    → even

1 was skipped.
`
      )
    }).pipe(Effect.provide(layer))
  })

  it.effect("of checks that passed or were skipped says that all is well", () => {
    const { layer, lines } = output()
    return Effect.gen(function* () {
      assert.isTrue(yield* report(one(ready("a", ok("fine")))))
      assert.deepStrictEqual(lines().slice(1), ["", "1 of 1 check passed.", ""])
      assert.isTrue(yield* report(one(ready("a", ok("fine")), ready("b", skipped("no")))))
      assert.deepStrictEqual(lines().slice(-4), ["", "1 of 2 checks passed.", "1 was skipped.", ""])
    }).pipe(Effect.provide(layer))
  })

  it.effect("skips what needs a check that failed or was skipped, and only that", () => {
    const { layer, lines } = output()
    return Effect.gen(function* () {
      const never: Check = { name: "c", run: Effect.die("it must not run") }
      const well = yield* report([
        ...one(
          ready("a", failed("broken", "mend it")),
          { ...never, name: "b", needs: { check: "a", what: "an a" } },
          { ...ready("d", ok("fine")), needs: { check: "none of these", what: "nothing" } }
        ),
        ...one({ ...never, needs: { check: "b", what: "a b" } })
      ])
      assert.isFalse(well)
      assert.deepStrictEqual(lines().slice(0, 4), [
        "✗ a              broken",
        "- b              skipped: needs an a",
        "✓ d              fine",
        "- c              skipped: needs a b"
      ])
    }).pipe(Effect.provide(layer))
  })

  it.effect("prints each line as soon as its check is done, and in order", () => {
    const { layer, text } = output()
    const [a, b, c] = [waiting("a"), waiting("b"), waiting("c")]
    return Effect.gen(function* () {
      const running = yield* Effect.forkChild(report([{ checks: [a.check, b.check, c.check], concurrency: 3 }]))
      yield* c.end
      yield* Effect.yieldNow
      assert.strictEqual(text(), "")
      yield* a.end
      while (text() === "") yield* Effect.yieldNow
      assert.strictEqual(text(), "✓ a              done\n")
      yield* b.end
      assert.isTrue(yield* Fiber.join(running))
      assert.match(text(), /^✓ a .*\n✓ b .*\n✓ c .*\n/)
    }).pipe(Effect.provide(layer))
  })

  it.effect("runs as many checks at once as it may, and no more", () => {
    const { layer } = output()
    let [now, most] = [0, 0]
    const check = (_: unknown, index: number): Check => ({
      name: `check ${index}`,
      run: Effect.gen(function* () {
        most = Math.max(most, ++now)
        for (let i = 0; i < 5; i++) yield* Effect.yieldNow
        now--
        return ok("done")
      })
    })
    return Effect.gen(function* () {
      yield* report([{ checks: Array.from({ length: 50 }, check), concurrency: 4 }])
      assert.strictEqual(most, 4)
    }).pipe(Effect.provide(layer))
  })

  it.effect("shows the check in progress in a terminal, and removes it again", () => {
    const { layer, text } = output(10)
    const blank = `\r${" ".repeat(9)}\r`
    return Effect.gen(function* () {
      yield* report(one(ready("token", ok("fine")), ready("a long name", ok("fine"))))
      assert.strictEqual(
        text(),
        `… token${blank}✓ token          fine\n… a long…${blank}✓ a long name    fine\n\n2 of 2 checks passed.\n`
      )
    }).pipe(Effect.provide(layer))
  })

  it.effect("that is interrupted leaves nothing of that behind", () => {
    const { layer, text } = output(80)
    return Effect.gen(function* () {
      const running = yield* Effect.forkChild(report(one(waiting("token").check)))
      while (text() === "") yield* Effect.yieldNow
      yield* Fiber.interrupt(running)
      assert.strictEqual(text(), `… token\r${" ".repeat(79)}\r`)
    }).pipe(Effect.provide(layer))
  })

  it.effect("makes nothing of what a terminal would obey, nor of lines that are no lines of its own", () => {
    const { layer, text } = output()
    return Effect.gen(function* () {
      yield* report(one(ready("queue \u001b[2J", failed("✓ a\n✓ b\u202e", "do\u0007"))))
      assert.strictEqual(text().split("\n")[0], "✗ queue \\u001b[2J  ✓ a\\u000a✓ b\\u202e")
      assert.include(text(), "    → do\\u0007\n")
    }).pipe(Effect.provide(layer))
  })

  it.effect("that nobody can read is one all the same", () => {
    const closed = PlatformError.badArgument({ module: "Terminal", method: "display", description: "closed" })
    const { layer } = output(80, () => Effect.fail(closed))
    return Effect.gen(function* () {
      assert.isFalse(yield* report(one(ready("a", failed("broken", "mend it")))))
    }).pipe(Effect.provide(layer))
  })
})

describe("a text in one line", () => {
  for (const [text, most, wanted] of [
    ["abc", 3, "abc"],
    ["abcd", 3, "ab…"],
    ["😀😀😀", 3, "😀😀😀"],
    ["😀😀😀😀", 3, "😀😀…"],
    ["\ud800", 3, "\ufffd"]
  ] as const) {
    it(`of at most ${most} characters is ${wanted}`, () => {
      assert.strictEqual(oneLine(text, most), wanted)
    })
  }
})
