import { assert, describe, it } from "@effect/vitest"
import { Config, ConfigProvider, Duration, Effect, Schema } from "effect"
import { DurationFromText, durationConfig } from "../../src/cxone/DurationConfig.ts"

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
    ["  7 seconds ", 7000]
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
