/** The last words of a process that failed, on standard error. */
import { Cause, Console, Effect } from "effect"
import { CliError } from "effect/cli"
import { HttpServerError } from "effect/http"

/** Prints the message of a failure, and the stack of a defect. An interruption, and an error whose message is empty, need no words. */
export const report = <E>(cause: Cause.Cause<E>): Effect.Effect<void> => {
  if (Cause.hasInterruptsOnly(cause)) return Effect.void
  const error = Cause.squash(cause)
  // The command line has printed its own errors, with the usage.
  if (CliError.isCliError(error)) return Effect.void
  if (error instanceof HttpServerError.ServeError) {
    const { message } = error.cause instanceof Error ? error.cause : error
    return Console.error(
      `Not started: ${message}\n    → set HOST (for metrics METRICS_HOST, for the console CONSOLE_HOST) to an address of this machine and PORT (METRICS_PORT, CONSOLE_PORT) to one that is free`
    )
  }
  if (Cause.hasDies(cause) || !(error instanceof Error)) return Console.error(Cause.pretty(cause))
  return error.message === "" ? Effect.void : Console.error(error.message)
}
