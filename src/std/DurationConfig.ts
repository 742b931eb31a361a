import { Config, Duration, Effect, Schema, SchemaGetter, SchemaIssue } from "effect"

/** How people write units; Effect's own input takes whole words, and days and weeks. */
const UNITS = new Map(
  Object.entries({
    ms: "millis",
    msec: "millis",
    msecs: "millis",
    s: "seconds",
    sec: "seconds",
    secs: "seconds",
    m: "minutes",
    min: "minutes",
    mins: "minutes",
    h: "hours",
    hr: "hours",
    hrs: "hours",
    d: "days"
  })
)

const NOT_A_DURATION = "not a length of time such as 500ms, 7s, 2m or 7 seconds"

const NO_UNIT = "not a length of time: it has no unit, as in 500ms, 7s or 2m"

const decode = (text: string): Effect.Effect<Duration.Duration, SchemaIssue.Issue> => {
  const wanted = text.trim().toLowerCase()
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(wanted) ?? []
  const input = number === undefined ? wanted : `${number} ${UNITS.get(unit) ?? unit}`
  const duration = Duration.fromInput(input as Duration.Input)
  if (duration._tag === "Some" && Duration.isFinite(duration.value) && Duration.isPositive(duration.value)) {
    return Effect.succeed(duration.value)
  }
  const message = number !== undefined && unit === "" ? NO_UNIT : NOT_A_DURATION
  return Effect.fail(new SchemaIssue.InvalidValue({ message }))
}

/** A length of time as people write it: `500ms`, `7s`, `7 sec`, `2m`, `1h`, or Effect's own `7 seconds`. More than zero, and finite. */
export const DurationFromText = Schema.String.pipe(
  Schema.decodeTo(Schema.Duration, {
    decode: SchemaGetter.transformEffect(decode),
    encode: SchemaGetter.transform((duration) => `${Duration.toMillis(duration)}ms`)
  })
)

/** A number of something in a length of time. */
export interface Rate {
  /** How many. */
  readonly limit: number
  /** In how long a time. */
  readonly window: Duration.Duration
}

const decodeRate = (text: string): Effect.Effect<Rate, SchemaIssue.Issue> => {
  const wrong = new SchemaIssue.InvalidValue({ message: "not a rate such as 300/minute, 10/second or 50/10s" })
  const [, limit, window = ""] = /^(\d{1,9})\s*\/\s*(\S.*)$/.exec(text.trim()) ?? []
  return limit === undefined || Number(limit) === 0
    ? Effect.fail(wrong)
    : decode(/^\d/.test(window) ? window : `1 ${window}`).pipe(
        Effect.mapBoth({ onFailure: () => wrong, onSuccess: (window) => ({ limit: Number(limit), window }) })
      )
}

/** A `Config` for a rate: so many in so much time, as `300/minute`, `300/min`, `10/s` or `50/10s`. */
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
