/** Checks of tables that operators upload: their problems, and what they would have done with recorded handovers. Nothing is taken over. */
import { Clock, Context, Duration, Effect, Layer, Option, Result, Semaphore, Stream } from "effect"
import { anyIds } from "../../domain/Target.ts"
import { History } from "../../history/History.ts"
import type { ReplaySummary } from "../../history/replay/ReplaySummary.ts"
import { replay } from "../../history/replay/replay.ts"
import { compareRoutes, type RoutesDifference } from "../../routing/explain/compareRoutes.ts"
import type { FileProblem } from "../../routing/FileProblem.ts"
import { MAX_LISTED } from "../../routing/FileProblem.ts"
import { type RoutesText, readTable } from "../../routing/file/LoadedRoutes.ts"
import type { RoutesFile } from "../../routing/format/RoutesFile.ts"
import { RoutingPolicy } from "../../routing/RoutingPolicy.ts"

/** The checks that may run at once: each holds a table, and reads from the database. */
const MAX_CHECKS = 3

/** How long a replay reads. What it has read by then is told. */
const REPLAY_TIME = Duration.seconds(20)

/** A replay, and how far it came. */
export interface Replayed {
  readonly summary: ReplaySummary
  /** False where its time was over before all handovers were read: the newest ones were. */
  readonly isWhole: boolean
}

/** The live table, for comparison. */
export interface Live {
  readonly file: RoutesFile
  readonly version: string | undefined
}

/** The result of a check. */
export type Checked =
  | {
      readonly _tag: "Problems"
      /** The first ones. */
      readonly problems: ReadonlyArray<FileProblem>
      readonly total: number
    }
  | {
      readonly _tag: "Usable"
      readonly file: RoutesFile
      /** Missing where a policy in code decides. */
      readonly live: (Live & { readonly difference: RoutesDifference }) | undefined
      /** The replay, or why there is none. */
      readonly replayed: Result.Result<Replayed, string>
    }
  /** The viewer has a check that runs, or too many others run. */
  | { readonly _tag: "Busy"; readonly by: "you" | "others" }

/** Checks of tables. */
export class TableChecks extends Context.Service<
  TableChecks,
  {
    /** Checks a table for a session, and replays the handovers of the last days with it. */
    readonly check: (session: string, text: RoutesText, days: number) => Effect.Effect<Checked>
  }
>()("cognigy-cxone-router/console/TableChecks") {
  static readonly layer: Layer.Layer<TableChecks, never, History | RoutingPolicy> = Layer.effect(
    TableChecks,
    Effect.gen(function* () {
      const history = yield* History
      const policy = yield* RoutingPolicy
      const places = yield* Semaphore.make(MAX_CHECKS)
      const sessions = new Set<string>()

      const replayed = Effect.fnUntraced(function* (file: RoutesFile, days: number) {
        const now = yield* Clock.currentTimeMillis
        let isWhole = false
        const entries = history.stream({ from: now - Duration.toMillis(Duration.days(days)) }).pipe(
          Stream.onEnd(
            Effect.sync(() => {
              isWhole = true
            })
          ),
          Stream.interruptWhen(Effect.sleep(REPLAY_TIME))
        )
        const summary = yield* replay(file, entries)
        return { summary, isWhole }
      })

      const checked = Effect.fnUntraced(function* (text: RoutesText, days: number): Effect.fn.Return<Checked> {
        const live = yield* policy.routes
        const read = yield* Effect.result(readTable(text, live?.ids ?? anyIds))
        if (Result.isFailure(read)) {
          const { problems } = read.failure
          return { _tag: "Problems", problems: problems.slice(0, MAX_LISTED), total: problems.length }
        }
        const { file } = read.success
        return {
          _tag: "Usable",
          file,
          live: live && { ...live, difference: compareRoutes(live.file, file) },
          replayed: yield* Effect.result(Effect.mapError(replayed(file, days), ({ message }) => message))
        }
      })

      return {
        check: Effect.fnUntraced(function* (session, text, days) {
          if (sessions.has(session)) return { _tag: "Busy", by: "you" }
          sessions.add(session)
          const done = yield* Effect.ensuring(
            places.withPermitsIfAvailable(1)(checked(text, days)),
            Effect.sync(() => sessions.delete(session))
          )
          return Option.getOrElse(done, (): Checked => ({ _tag: "Busy", by: "others" }))
        })
      }
    })
  )
}
