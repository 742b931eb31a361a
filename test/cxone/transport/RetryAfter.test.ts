import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Schema } from "effect"
import { Headers } from "effect/http"
import { TestClock } from "effect/testing"
import { retryAfterOf } from "../../../src/cxone/transport/retryAfter.ts"

const retryAfter = (headers: Headers.Input) => retryAfterOf(Headers.fromInput(headers))

/** What a header's value asks for, in milliseconds. */
const millisOf = (value: string) =>
  Effect.map(retryAfter({ "Retry-After": value }), (duration) =>
    duration === undefined ? undefined : Duration.toMillis(duration)
  )

/** Sunday, 6 November 1994, 08:49:37 GMT: the date of RFC 9110's examples. */
const now = Date.UTC(1994, 10, 6, 8, 49, 37)

describe("Retry-After", () => {
  it.effect("that is missing demands no wait", () =>
    Effect.gen(function* () {
      assert.isUndefined(yield* retryAfter({}))
      assert.isUndefined(yield* retryAfter({ "x-retry-after": "3" }))
    })
  )

  for (const [value, millis] of [
    ["0", 0],
    ["1", 1000],
    ["120", 120_000],
    ["  7 ", 7000],
    ["007", 7000],
    ["86400", 86_400_000],
    ["999999999", 999_999_999_000]
  ] as const) {
    it.effect(`is read as seconds: ${JSON.stringify(value)}`, () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* millisOf(value), millis)
      })
    )
  }

  for (const [what, value, millis] of [
    ["30 seconds ahead", "Sun, 06 Nov 1994 08:50:07 GMT", 30_000],
    ["a day ahead", "Mon, 07 Nov 1994 08:49:37 GMT", 86_400_000],
    ["of this very moment: now", "Sun, 06 Nov 1994 08:49:37 GMT", 0],
    ["in the past: now", "Sun, 06 Nov 1994 08:49:07 GMT", 0],
    ["long past: now", "Thu, 01 Jan 1970 00:00:00 GMT", 0]
  ] as const) {
    it.effect(`is read as an HTTP date ${what}`, () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(now)
        assert.strictEqual(yield* millisOf(value), millis)
      })
    )
  }

  it.effect("is measured by the clock at the time of the answer", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      assert.strictEqual(yield* millisOf("Sun, 06 Nov 1994 08:50:37 GMT"), 60_000)
      yield* TestClock.adjust("59 seconds")
      assert.strictEqual(yield* millisOf("Sun, 06 Nov 1994 08:50:37 GMT"), 1000)
    })
  )

  for (const value of [
    "",
    " ",
    "-1",
    "+5",
    "1.5",
    "1e3",
    "0x10",
    "5s",
    "5 seconds",
    "soon",
    "5, 10",
    "NaN",
    "Infinity",
    "1".repeat(30),
    "GMT",
    "Sun, 99 Nov 1994 08:49:37 GMT",
    "1994-11-06T08:50:07Z",
    "Sun, 06 Nov 1994 08:50:07",
    "٣"
  ]) {
    it.effect(`that is ${JSON.stringify(value)} demands no wait`, () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(now)
        assert.isUndefined(yield* millisOf(value))
      })
    )
  }

  it.effect.prop(
    "is a length of time that is not negative, or nothing, whatever it holds",
    [Schema.String],
    ([value]) =>
      Effect.gen(function* () {
        const millis = yield* millisOf(value)
        if (millis === undefined) return
        assert.isAtLeast(millis, 0)
        assert.isTrue(Number.isFinite(millis))
      })
  )
})
