/** Reads of the database: bounded in time, and with errors that people can act on. */
import { Duration, Effect } from "effect"
import type { SqlError } from "effect/sql"
import { inWords } from "../../std/clock.ts"
import { HistoryUnavailable } from "../History.ts"

/** The longest that a read may take. */
const READ_LIMIT = Duration.seconds(10)

/** Reads or changes the history within the limit. */
export const bounded = <A, R>(
  effect: Effect.Effect<A, SqlError.SqlError, R>
): Effect.Effect<A, HistoryUnavailable, R> =>
  effect.pipe(
    // Questions about the history are no part of any handover's trace.
    Effect.withTracerEnabled(false),
    Effect.mapError(
      ({ message, reason }) =>
        new HistoryUnavailable({
          message:
            reason._tag === "ConnectionError"
              ? `The history cannot be read now: ${message}`
              : `The database refused to read or change the history: ${reason.cause instanceof Error ? reason.cause.message : message}`
        })
    ),
    Effect.timeoutOrElse({
      duration: READ_LIMIT,
      orElse: () =>
        Effect.fail(
          new HistoryUnavailable({
            message: `The database did not answer within ${inWords(READ_LIMIT)}: it is away or busy. Ask for a shorter time, or with fewer filters`
          })
        )
    })
  )
