import { assert, describe, it } from "@effect/vitest"
import { Config, ConfigProvider, Duration, Effect, Schema } from "effect"
import { DurationFromText, durationConfig, rateConfig } from "../../src/std/DurationConfig.ts"

const read = (text: string | undefined, config: Config.Config<Duration.Duration> = durationConfig("WAIT")) =>
  config.parse(ConfigProvider.fromUnknown({ WAIT: text }))

describe("a length of time", () => {
  for (const [text, millis] of [
    ["500ms", 500],
    ["7s", 7000],
    ["2m", 120_000],
    ["1h", 3_600_000],
    ["1.5s", 1500],
    ["0.5m", 30_000],
    ["0.5ms", 0.5],
    ["007s", 7000],
    ["7 s", 7000],
    ["  7s  ", 7000],
    ["500 ms", 500],
    ["7 seconds", 7000],
    ["1 second", 1000],
    ["250 millis", 250],
    ["2 minutes", 120_000],
    ["1 hour", 3_600_000],
    ["1 day", 86_400_000],
    ["  7 seconds ", 7000],
    ["7sec", 7000],
    ["7 secs", 7000],
    ["7S", 7000],
    ["7 Seconds", 7000],
    ["2min", 120_000],
    ["1hr", 3_600_000],
    ["500 msec", 500]
  ] as const) {
    it.effect(`can be written ${JSON.stringify(text)}`, () =>
      Effect.gen(function* () {
        assert.strictEqual(Duration.toMillis(yield* read(text)), millis)
      })
    )
  }

  for (const text of [
    "0s",
    "0ms",
    "0 seconds",
    "-1s",
    "-7 seconds",
    "7",
    "7000",
    "s",
    "seven seconds",
    "7 s3cr3t",
    "7x",
    "7 S s",
    "1s 500ms",
    "1:30",
    "Infinity",
    "infinity",
    "-Infinity",
    "NaN",
    "1e3s",
    "7,5s",
    " ",
    `${"9".repeat(400)}h`,
    `${"9".repeat(400)} hours`
  ]) {
    it.effect(`is not ${JSON.stringify(text).slice(0, 24)}: told how to write one, and not what was there`, () =>
      Effect.gen(function* () {
        const { message } = yield* Effect.flip(read(text))
        assert.include(message, "not a length of time")
        assert.include(message, "7s")
        if (text.trim().length > 3) assert.notInclude(message, text.trim())
      })
    )
  }

  it.effect("that is not set can have a default, and one that is wrong does not take it", () =>
    Effect.gen(function* () {
      const withDefault = durationConfig("WAIT").pipe(Config.withDefault(Duration.seconds(3)))
      assert.strictEqual(Duration.toMillis(yield* read(undefined, withDefault)), 3000)
      yield* Effect.flip(read("wrong", withDefault))
    })
  )

  it.effect.prop(
    "written by us is read as the same",
    [Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }))],
    ([millis]) =>
      Effect.gen(function* () {
        const text = yield* Schema.encodeEffect(DurationFromText)(Duration.millis(millis))
        assert.strictEqual(text, `${millis}ms`)
        assert.strictEqual(Duration.toMillis(yield* Schema.decodeEffect(DurationFromText)(text)), millis)
      })
  )

  it.effect.prop("is never zero, negative or endless, and reading never dies", [Schema.String], ([text]) =>
    Effect.match(read(text), {
      onSuccess: (duration) => {
        assert.isAbove(Duration.toMillis(duration), 0)
        assert.isTrue(Duration.isFinite(duration))
      },
      onFailure: ({ _tag }) => assert.strictEqual(_tag, "ConfigError")
    })
  )
})

describe("a rate", () => {
  const readRate = (text: string) => rateConfig("RATE").parse(ConfigProvider.fromUnknown({ RATE: text }))

  for (const [text, limit, millis] of [
    ["300/minute", 300, 60_000],
    ["10/second", 10, 1000],
    ["5000/hour", 5000, 3_600_000],
    ["50/10s", 50, 10_000],
    ["1/500ms", 1, 500],
    ["100/1.5m", 100, 90_000],
    [" 300 / minute ", 300, 60_000],
    ["007/1s", 7, 1000],
    ["300/min", 300, 60_000],
    ["10/sec", 10, 1000],
    ["5/s", 5, 1000],
    ["300/Minute", 300, 60_000],
    ["300/minutes", 300, 60_000],
    ["50 / 10 s", 50, 10_000],
    ["999999999/1h", 999_999_999, 3_600_000]
  ] as const) {
    it.effect(`can be written ${JSON.stringify(text)}`, () =>
      Effect.gen(function* () {
        const rate = yield* readRate(text)
        assert.deepStrictEqual([rate.limit, Duration.toMillis(rate.window)], [limit, millis])
      })
    )
  }

  for (const text of [
    " ",
    "300",
    "300/",
    "/minute",
    "0/minute",
    "-1/minute",
    "1.5/minute",
    "1e3/minute",
    "1000000000/hour",
    "300/0s",
    "300/-1s",
    "300/fortnight",
    "300/Infinity",
    "300/10",
    "300 per minute",
    "300/minute/2",
    "300/constructor",
    "300/toString",
    "300/__proto__"
  ]) {
    it.effect(`is not ${JSON.stringify(text)}: told how to write one, and not what was there`, () =>
      Effect.gen(function* () {
        const { message } = yield* Effect.flip(readRate(text))
        assert.include(message, "not a rate such as 300/minute")
        if (text.includes("/") && text.length > 8) assert.notInclude(message, text)
      })
    )
  }

  it.effect.prop("is at least one call in more than no time, and reading never dies", [Schema.String], ([text]) =>
    Effect.forEach([text, `1/${text}`], (rate) =>
      Effect.match(readRate(rate), {
        onSuccess: ({ limit, window }) => {
          assert.isAtLeast(limit, 1)
          assert.isAbove(Duration.toMillis(window), 0)
        },
        onFailure: ({ _tag }) => assert.strictEqual(_tag, "ConfigError")
      })
    )
  )
})
