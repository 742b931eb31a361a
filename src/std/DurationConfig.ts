import { Config, Duration, Effect, Schema, SchemaGetter, SchemaIssue } from "effect"

const units: Record<string, string> = { ms: "millis", s: "seconds", m: "minutes", h: "hours" }

const decode = (text: string): Effect.Effect<Duration.Duration, SchemaIssue.Issue> => {
  const short = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)$/.exec(text.trim())
  const duration = Duration.fromInput((short ? `${short[1]} ${units[`${short[2]}`]}` : text.trim()) as Duration.Input)
  return duration._tag === "Some" && Duration.isFinite(duration.value) && Duration.isPositive(duration.value)
    ? Effect.succeed(duration.value)
    : Effect.fail(new SchemaIssue.InvalidValue({ message: "not a length of time such as 500ms, 7s, 2m or 7 seconds" }))
}

/** A length of time as people write it: `500ms`, `7s`, `2m`, `1h`, or Effect's own `7 seconds`. More than zero, and finite. */
export const DurationFromText = Schema.String.pipe(
  Schema.decodeTo(Schema.Duration, {
    decode: SchemaGetter.transformEffect(decode),
    encode: SchemaGetter.transform((duration) => `${Duration.toMillis(duration)}ms`)
  })
)

const perUnit = new Map([
  ["second", "1s"],
  ["minute", "1m"],
  ["hour", "1h"]
])

/** A number of something in a length of time. */
export interface Rate {
  /** How many. */
  readonly limit: number
  /** In how long a time. */
  readonly window: Duration.Duration
}

const decodeRate = (text: string): Effect.Effect<Rate, SchemaIssue.Issue> => {
  const wrong = new SchemaIssue.InvalidValue({ message: "not a rate such as 300/minute, 10/second or 50/10s" })
  const [, limit, window = ""] = /^(\d{1,9})\s*\/\s*(\S+)$/.exec(text.trim()) ?? []
  return limit === undefined || Number(limit) === 0
    ? Effect.fail(wrong)
    : decode(perUnit.get(window) ?? window).pipe(
        Effect.mapBoth({ onFailure: () => wrong, onSuccess: (window) => ({ limit: Number(limit), window }) })
      )
}

/** A `Config` for a rate: so many in so much time, as `300/minute`, `10/second` or `50/10s`. */
export const rateConfig = (name: string): Config.Config<Rate> =>
  Config.schema(
    Schema.String.pipe(
      Schema.decodeTo(Schema.Struct({ limit: Schema.Int, window: Schema.Duration }), {
        decode: SchemaGetter.transformEffect(decodeRate),
        encode: SchemaGetter.transform(({ limit, window }) => `${limit}/${Duration.toMillis(window)}ms`)
      })
    ),
    name
  )

/** A `Config` for a length of time: see `DurationFromText`. */
export const durationConfig = (name: string): Config.Config<Duration.Duration> => Config.schema(DurationFromText, name)
