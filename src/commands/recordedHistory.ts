/** The history for commands: they read the database beside the router. */
import { Effect, Layer, Logger } from "effect"
import { database } from "../app/StoreSettings.ts"
import type { Audit } from "../history/Audit.ts"
import { type History, HistoryUnavailable } from "../history/History.ts"
import * as SqlAudit from "../history/read/SqlAudit.ts"
import * as SqlHistory from "../history/read/SqlHistory.ts"
import { SettingsError } from "../std/Setting.ts"
import * as Store from "../store/Store.ts"
import type { StoreError } from "../store/StoreError.ts"
import { CommandFailed } from "./CommandFailed.ts"

/** Runs an effect with the history and the audit list in `DATABASE_URL`. `instead` is where the same is to be found while the history is in the router's process. */
export const withHistory =
  (instead: string) =>
  <A, E, R>(
    effect: Effect.Effect<A, E, R>
  ): Effect.Effect<
    A,
    Exclude<E, HistoryUnavailable> | CommandFailed | SettingsError | StoreError,
    Exclude<R, Audit | History>
  > =>
    Effect.gen(function* () {
      const settings = yield* Effect.mapError(database, (problems) => new SettingsError({ problems }))
      if (settings.kind === "memory") {
        return yield* new CommandFailed({
          message: `The history is in the router's process, where commands cannot read it: DATABASE_URL is memory:\n    → ${instead}, or set DATABASE_URL, such as to sqlite:./data/router.db`
        })
      }
      return yield* effect.pipe(
        Effect.provide(
          Layer.merge(SqlAudit.layer, SqlHistory.layer).pipe(
            Layer.provide(Store.layerBeside(settings)),
            // A command says itself what is wrong.
            Layer.provideMerge(Logger.layer([]))
          )
        ),
        Effect.mapError((error) =>
          error instanceof HistoryUnavailable
            ? new CommandFailed({ message: error.message })
            : (error as Exclude<typeof error, HistoryUnavailable>)
        )
      )
    })
