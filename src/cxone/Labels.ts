/** Labels on conversations, for reporting: sent in the background, so that they never fail, delay or change a handover. */
import { Context, Duration, Effect, FiberSet, Layer, Schedule, Semaphore } from "effect"
import { CXoneClient } from "./CXoneClient.ts"
import * as Deadline from "./Deadline.ts"
import { labelSchedule } from "./Schedules.ts"

/** How labels are sent. */
export interface LabelsOptions {
  /** How long a label waits for later ones of the same conversation, to be sent as one. Default 100 ms. */
  readonly linger?: Duration.Input
  /** How many conversations may have labels waiting; past it the oldest are dropped and logged. Default 10,000. */
  readonly capacity?: number
  /** How many label calls run at once. Default 8. */
  readonly concurrency?: number
  /** How long the layer's shutdown waits for labels that are not sent yet. Default 7 s, the default deadline of a handover. */
  readonly drainTimeout?: Duration.Input
}

/**
 * The labels of conversations.
 *
 * `put` takes labels over and returns at once. Those of one conversation that wait together are folded into one call, the last value of each
 * label wins; failures are retried by `labelSchedule` and then logged. When the layer closes, what still waits is sent first.
 */
export class Labels extends Context.Service<
  Labels,
  {
    readonly put: (conversationId: string, labels: Readonly<Record<string, string>>) => Effect.Effect<void>
    /** How many conversations have labels that are not sent yet. */
    readonly pending: Effect.Effect<number>
  }
>()("cognigy-cxone-router/cxone/Labels") {
  /** Labels through `PUT /api/v2/conversations/webchat/{id}/labels`. */
  static readonly layer = (options: LabelsOptions = {}): Layer.Layer<Labels, never, CXoneClient> =>
    Layer.effect(Labels, make(options))
}

const make = Effect.fnUntraced(function* (options: LabelsOptions) {
  const client = yield* CXoneClient
  const linger = Duration.fromInputUnsafe(options.linger ?? "100 millis")
  const drainTimeout = Duration.fromInputUnsafe(options.drainTimeout ?? "7 seconds")
  const capacity = options.capacity ?? 10_000
  const calls = yield* Semaphore.make(options.concurrency ?? 8)
  const senders = yield* FiberSet.make()
  // Senders run in the layer's context: a caller's deadline and spans end with the caller.
  const run = yield* FiberSet.runtime(senders)<never>()

  /** The conversations that have a sender. */
  const active = new Set<string>()
  /** The labels that no call has taken up yet. */
  const waiting = new Map<string, Readonly<Record<string, string>>>()

  const send = (conversationId: string, labels: Readonly<Record<string, string>>) =>
    client
      .call<void, never>({
        operation: "label",
        method: "PUT",
        path: `/api/v2/conversations/webchat/${encodeURIComponent(conversationId)}/labels`,
        body: { labels },
        answers: { 200: accepted, 201: accepted, 202: accepted, 204: accepted },
        schedule: Schedule.recurs(0)
      })
      .pipe(
        // Here and not in the call, so that a token that cannot be had is waited for too.
        Effect.retry(labelSchedule),
        Effect.catch((error) =>
          Effect.logWarning(`labels of conversation ${conversationId} not sent: ${error.message}`)
        )
      )

  /** Sends what waits for one conversation until nothing does: two calls for the same conversation never overlap. */
  const sender = (conversationId: string): Effect.Effect<void> =>
    Effect.sleep(linger).pipe(
      Effect.andThen(
        calls.withPermit(
          Effect.suspend(() => {
            const labels = waiting.get(conversationId)
            waiting.delete(conversationId)
            return labels === undefined ? Effect.void : send(conversationId, labels)
          })
        )
      ),
      Effect.andThen(
        Effect.suspend(() => {
          if (waiting.has(conversationId)) return sender(conversationId)
          active.delete(conversationId)
          return Effect.void
        })
      )
    )

  const dropOldest = Effect.suspend(() => {
    const [oldest] = waiting.keys()
    if (oldest === undefined) return Effect.void
    waiting.delete(oldest)
    return Effect.logWarning(
      `labels of conversation ${oldest} dropped: more than ${capacity} conversations wait for theirs`
    )
  })

  yield* Effect.addFinalizer(() =>
    FiberSet.awaitEmpty(senders).pipe(
      Effect.timeoutOrElse({
        duration: drainTimeout,
        orElse: () => Effect.logWarning(`shutdown: the labels of ${active.size} conversations were not sent in time`)
      })
    )
  )

  return Labels.of({
    put: (conversationId, labels) =>
      Effect.suspend(() => {
        const overflows = waiting.size >= capacity && !waiting.has(conversationId)
        waiting.set(conversationId, { ...waiting.get(conversationId), ...labels })
        if (!active.has(conversationId)) {
          active.add(conversationId)
          run(sender(conversationId).pipe(Deadline.without))
        }
        return overflows ? dropOldest : Effect.void
      }),
    pending: Effect.sync(() => active.size)
  })
})

const accepted = () => Effect.void
