/** The journal: one event for each handover and each refusal. The log, the metrics, the trace and whatever else keeps a record listen to it. */
import { Context, Duration, Effect, Layer, type Scope } from "effect"
import { inWords } from "../std/clock.ts"
import type { JournalEvent, Listener } from "./JournalEvent.ts"
import { listenMetrics } from "./journalMetrics.ts"
import { annotateSpan } from "./journalSpan.ts"

/** The events, and their listeners. */
export class Journal extends Context.Service<
  Journal,
  {
    /** Calls all listeners, in the order in which they were added. The defect of one is logged, and does not reach others. */
    readonly record: (event: JournalEvent) => Effect.Effect<void>
    /** Listens until the scope closes. A listener that takes longer than 1 s is interrupted: the shutdown waits for it. */
    readonly listen: (listener: Listener) => Effect.Effect<void, never, Scope.Scope>
  }
>()("cognigy-cxone-router/handover/Journal") {
  /** A journal that metrics and the trace listen to. Each call makes one of its own. */
  static readonly layer = (): Layer.Layer<Journal> => Layer.effect(Journal, make)
}

/** How long a listener may take for one event: a shutdown waits for it. */
export const LISTENER_TIMEOUT = Duration.seconds(1)

const make = Effect.gen(function* () {
  const listeners = new Set<Listener>()

  const journal = Journal.of({
    record: (event) =>
      Effect.forEach(
        listeners,
        (listener) =>
          Effect.suspend(() => listener(event)).pipe(
            Effect.timeoutOrElse({
              duration: LISTENER_TIMEOUT,
              orElse: () => Effect.logError(`a listener of the journal took longer than ${inWords(LISTENER_TIMEOUT)}`)
            }),
            Effect.catchDefect((defect) => Effect.logError("a listener of the journal failed", defect))
          ),
        { discard: true }
      ),
    listen: (listener) =>
      Effect.asVoid(
        Effect.acquireRelease(
          Effect.sync(() => listeners.add(listener)),
          () => Effect.sync(() => listeners.delete(listener))
        )
      )
  })
  yield* journal.listen(yield* listenMetrics)
  yield* journal.listen(annotateSpan)
  return journal
})
