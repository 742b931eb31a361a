import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Duration, Schema } from "effect"
import { inWords } from "../../src/std/clock.ts"

const millis = Arbitrary.schema(Schema.Finite.check(Schema.isBetween({ minimum: 0.001, maximum: 1e12 })))

describe("a duration in words", () => {
  it.prop("has no unit below a millisecond", { millis }, ({ millis }) => {
    assert.match(inWords(Duration.millis(millis)), /^\d+(d|h|m|s|ms)( \d+(h|m|s|ms))*$/)
  })

  it("is rounded up to the millisecond", () => {
    assert.strictEqual(inWords(Duration.millis(883.298021)), "884ms")
    assert.strictEqual(inWords(Duration.millis(1200)), "1s 200ms")
    assert.strictEqual(inWords(Duration.nanos(1n)), "1ms")
    assert.strictEqual(inWords(Duration.zero), "0")
  })
})
