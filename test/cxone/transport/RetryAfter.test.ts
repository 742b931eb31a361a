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
    ["999999999", 999_999_999_000],
    ["1".repeat(30), 999_999_999_000],
    ["9".repeat(400), 999_999_999_000],
    ["\t120 \t", 120_000]
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
    ["long past: now", "Thu, 01 Jan 1970 00:00:00 GMT", 0],
    ["far ahead, bounded", "Fri, 31 Dec 9999 23:59:59 GMT", 999_999_999_000],
    ["with a leap second", "Sat, 31 Dec 1994 23:59:60 GMT", 4_806_623_000],
    ["in RFC 850's form", "Sunday, 06-Nov-94 08:50:07 GMT", 30_000],
    ["in RFC 850's form, of the next century", "Monday, 06-Nov-00 08:49:37 GMT", 189_388_800_000],
    ["in RFC 850's form, 50 years ahead", "Sunday, 06-Nov-44 08:49:37 GMT", 999_999_999_000],
    ["in RFC 850's form, more than 50 years ahead: of the past", "Monday, 06-Nov-45 08:49:37 GMT", 0],
    ["in asctime's form", "Sun Nov  6 08:50:07 1994", 30_000],
    ["in asctime's form, with two digits", "Wed Nov 16 08:49:37 1994", 864_000_000],
    ["in other letters", "sun, 06 NOV 1994 08:50:07 gmt", 30_000],
    ["with space around it", "  Sun, 06 Nov 1994 08:50:07 GMT\t", 30_000],
    ["whose day of the week is wrong", "Mon, 06 Nov 1994 08:50:07 GMT", 30_000]
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

  for (const [value, millis] of [
    ["5, 10", 10_000],
    ["10,5", 10_000],
    ["soon, 5", 5000],
    ["Sun, 06 Nov 1994 08:50:07 GMT, 5", 30_000],
    ["5, Sunday, 06-Nov-94 08:50:07 GMT , Sun Nov  6 08:50:17 1994", 40_000]
  ] as const) {
    it.effect(`of several lines is the longest wait: ${value}`, () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(now)
        assert.strictEqual(yield* millisOf(value), millis)
      })
    )
  }

  it.effect("that is a date counts from the answer's own Date, when that is one", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now + 3_600_000)
      const until = "Sun, 06 Nov 1994 08:50:07 GMT"
      for (const [date, millis] of [
        ["Sun, 06 Nov 1994 08:49:37 GMT", 30_000],
        [" Sunday, 06-Nov-94 08:49:37 GMT ", 30_000],
        ["Sun Nov  6 08:49:37 1994", 30_000],
        ["Sun, 06 Nov 1994 08:51:37 GMT", 0],
        ["yesterday", 0]
      ] as const) {
        const wait = yield* retryAfter({ "retry-after": until, date })
        assert.strictEqual(Duration.toMillis(wait ?? Duration.infinity), millis, date)
      }
      const seconds = yield* retryAfter({ "retry-after": "7", date: "Sun, 06 Nov 1994 08:49:37 GMT" })
      assert.strictEqual(Duration.toMillis(seconds ?? Duration.infinity), 7000)
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
    "NaN",
    "Infinity",
    "-120",
    "1 2",
    "5;",
    "5 GMT",
    "GMT",
    "Sun, 99 Nov 1994 08:49:37 GMT",
    "1994-11-06T08:50:07Z",
    "Sun, 06 Nov 1994 08:50:07",
    "Sun, 06 Nov 1994 24:00:00 GMT",
    "Sun, 06 Nov 1994 08:60:00 GMT",
    "Sun, 06 Nov 1994 08:49:61 GMT",
    "Thu, 31 Nov 1994 08:50:07 GMT",
    "Sun, 06 Foo 1994 08:50:07 GMT",
    "Sun, 6 Nov 1994 08:50:07 GMT",
    "06 Nov 1994 08:50:07 GMT",
    "Sun, 06 Nov 1994 08:50:07 +0100",
    "Sunday, 06-Nov-1994 08:50:07 GMT",
    "Sun Nov 06 08:50:07 1994 GMT",
    "٣"
  ]) {
    it.effect(`that is ${JSON.stringify(value)} demands no wait`, () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(now)
        assert.isUndefined(yield* millisOf(value))
      })
    )
  }

  /** A date that HTTP can write, to the second; years are near enough for two digits. */
  const Moment = Schema.Int.check(Schema.isBetween({ minimum: now / 1000, maximum: now / 1000 + 49 * 365 * 86_400 }))

  it.effect.prop("is the same date in each of its forms", [Moment], ([seconds]) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const date = new Date(seconds * 1000)
      const imf = date.toUTCString()
      const [, day = "", month = "", year = "", time = ""] = imf.split(" ")
      const weekday = date.toLocaleDateString("en", { weekday: "long", timeZone: "UTC" })
      const expected = Math.min(seconds * 1000 - now, 999_999_999_000)
      for (const form of [
        imf,
        `${weekday}, ${day}-${month}-${year.slice(2)} ${time} GMT`,
        `${weekday.slice(0, 3)} ${month} ${String(Number(day)).padStart(2)} ${time} ${year}`
      ]) {
        assert.strictEqual(yield* millisOf(form), expected, form)
        const wait = yield* retryAfter({ "retry-after": form, date: form })
        assert.strictEqual(Duration.toMillis(wait ?? Duration.infinity), 0, form)
      }
    })
  )

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
