/** Times on the command line. */
import { Clock, Duration, Effect, Option, Schema } from "effect"
import { parseTime } from "../routing/explain/time.ts"
import { DurationFromText } from "../std/DurationConfig.ts"
import { CommandFailed } from "./CommandFailed.ts"

const decodeDuration = Schema.decodeUnknownOption(DurationFromText)

/** The time of a flag, in milliseconds since 1970: a length of time before now, such as `7d`, or a time as `--at` takes it. */
export const timeOf = Effect.fnUntraced(function* (flag: string, text: string) {
  const ago = Option.map(decodeDuration(text), Duration.toMillis)
  if (Option.isSome(ago)) return (yield* Clock.currentTimeMillis) - ago.value
  const time = parseTime(text)
  if (time !== undefined) return time
  return yield* new CommandFailed({
    message: `--${flag} ${text}: expected how long ago, such as 7d, 1h or 30m, or a time such as 2026-12-24T18:30:00+01:00 or 2026-12-24 18:30 Europe/Berlin`
  })
})
