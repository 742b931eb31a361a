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

/** A `Config` for a length of time: see `DurationFromText`. */
export const durationConfig = (name: string): Config.Config<Duration.Duration> => Config.schema(DurationFromText, name)
