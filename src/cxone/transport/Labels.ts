/** Labels of conversations, for reporting: sent in the background, so that they never fail, delay or change a handover. */
import { Context, Duration, Effect, FiberMap, Layer, Metric, Queue, Tracer } from "effect"
import type { LabelSet } from "../../domain/Labels.ts"
import { count, declare, observe } from "../../std/metrics.ts"
import { retry } from "../../std/retry.ts"
import type { CXoneError } from "../CXoneError.ts"
import { labelsDroppedTotal, labelsPending, labelsSentTotal } from "./metrics.ts"
import { labelSchedule } from "./Schedules.ts"

/** How labels are kept and sent. */
export interface LabelsOptions {
  /** How long a label waits for later ones of the same conversation, to be sent as one. Default 100 ms. */
  readonly linger?: Duration.Input
  /** The number of conversations whose labels may wait; past it the oldest are dropped, and the log says so. Default 10,000. */
  readonly capacity?: number
  /** The number of calls at once. Default 64: with 100 ms for each, 640 a second. At most 10,000, and at least 64 while the layer closes. */
  readonly concurrency?: number
  /** How long the layer's shutdown waits for labels that are not sent yet, read when it begins. Default 2 s, as long as one attempt. */
  readonly drainTimeout?: Effect.Effect<Duration.Duration>
}

/** Sends labels to one conversation, once. `isRetry` is false for the first attempt. Fails with any error of a call (`CXoneError`). */
export type SendLabels = (conversationId: string, labels: LabelSet, isRetry: boolean) => Effect.Effect<void, CXoneError>

/** The labels of conversations. When the layer closes, it sends waiting labels at once. */
export class Labels extends Context.Service<
  Labels,
  {
    /**
     * Takes labels over and returns at once. Those of one conversation that wait together become one call; the last value of each label wins. Failures are
     * retried by `labelSchedule`, and then logged. The call belongs to the trace of the last `put`.
     */
    readonly put: (conversationId: string, labels: LabelSet) => Effect.Effect<void>
    /** The number of conversations with labels that are not sent yet. */
    readonly pending: Effect.Effect<number>
    /** The number of conversations whose labels were dropped because too many waited. */
    readonly dropped: Effect.Effect<number>
  }
>()("cognigy-cxone-router/cxone/Labels") {
  /** Labels that a dialect's `send` brings to CXone. Each call makes a layer of its own. */
  static readonly layerFrom = (send: SendLabels, options: LabelsOptions = {}): Layer.Layer<Labels> =>
    Layer.effect(Labels, make(send, options))
}

/** Labels that no call has taken up yet. */
interface Waiting {
  readonly labels: LabelSet
  readonly span: Tracer.AnySpan | undefined
}

/** One in so many dropped labels is logged. */
const DROPS_PER_WARNING = 1000

/** The most calls at once, whatever is asked for: each permit is an object. */
const MAX_CONCURRENCY = 10_000

/** The number of calls at once while the layer closes: no other calls are made then. */
const DRAIN_CONCURRENCY = 64

/** The number of conversations that a warning names. */
const MAX_NAMED = 20

const DROP_REASONS = ["failed", "overflow", "shutdown"] as const

type DropReason = (typeof DROP_REASONS)[number]

const make = Effect.fnUntraced(function* (send: SendLabels, options: LabelsOptions) {
  const { capacity = 10_000, drainTimeout = Effect.succeed(Duration.seconds(2)) } = options
  const concurrency = Math.min(options.concurrency ?? 64, MAX_CONCURRENCY)
  const linger = Duration.fromInputUnsafe(options.linger ?? "100 millis")
  /**
   * A permit for each call at once. Effect's semaphore looks through all that wait at each release, and after an outage thousands do. Its partitioned one
   * starts a call for each of them while all are interrupted at the shutdown.
   */
  const permits = yield* Queue.unbounded<"permit">()
  const addPermits = (count: number) =>
    Queue.offerAll(
      permits,
      Array.from({ length: count }, () => "permit" as const)
    )
  yield* addPermits(concurrency)
  const senders = yield* FiberMap.make<string>()
  // In the layer's context: a caller's holds its whole request, and a deadline that ends with the caller.
  const run = yield* FiberMap.runtime(senders)<never>()
  /** The conversations whose labels are not sent yet, the oldest first. */
  const active = new Set<string>()
  /** The labels that no call has taken up yet. */
  const waiting = new Map<string, Waiting>()
  let dropped = 0
  let isClosing = false

  yield* observe(labelsPending, () => active.size)
  yield* declare([
    labelsSentTotal,
    ...DROP_REASONS.map((reason) => Metric.withAttributes(labelsDroppedTotal, { reason }))
  ])

  const fold = (conversationId: string, earlier: Waiting | undefined, later: Waiting) =>
    waiting.set(conversationId, { labels: { ...earlier?.labels, ...later.labels }, span: later.span })

  const deliver = (conversationId: string, { labels, span }: Waiting) => {
    let isRetry = false
    const attempt = Effect.suspend(() => {
      const sent = send(conversationId, labels, isRetry)
      isRetry = true
      return span === undefined ? sent : Effect.withParentSpan(sent, span)
    })
    // Only an attempt holds a permit: labels that wait to be tried again keep no others waiting.
    return Effect.acquireUseRelease(
      // A label that is dropped, or still waits when the layer closes, gives its place up.
      Effect.interruptible(Queue.take(permits)),
      () => attempt,
      (permit) => Queue.offer(permits, permit)
    ).pipe(
      retry(labelSchedule),
      Effect.matchEffect({
        onSuccess: () => count(labelsSentTotal),
        onFailure: (error) => notSent("failed", conversationId, error.message)
      }),
      // The defect may hold anything, and must not keep later labels from being sent.
      Effect.catchDefect(() => notSent("failed", conversationId, "a defect in sending them"))
    )
  }

  /** Sends the waiting labels of one conversation, and then those that came meanwhile: two calls for it never overlap. */
  const sender = (conversationId: string): Effect.Effect<void> =>
    Effect.gen(function* () {
      yield* Effect.sleep(linger)
      const taken = waiting.get(conversationId)
      waiting.delete(conversationId)
      if (taken !== undefined) {
        yield* Effect.onInterrupt(deliver(conversationId, taken), () =>
          Effect.sync(() => {
            if (active.has(conversationId)) fold(conversationId, taken, waiting.get(conversationId) ?? taken)
          })
        )
      }
      if (waiting.has(conversationId)) return yield* sender(conversationId)
      active.delete(conversationId)
    })

  const dropOldest = Effect.gen(function* () {
    const [oldest] = active
    if (oldest === undefined) return
    active.delete(oldest)
    waiting.delete(oldest)
    yield* FiberMap.remove(senders, oldest)
    yield* count(labelsDroppedTotal, { reason: "overflow" })
    if (dropped++ % DROPS_PER_WARNING === 0) {
      yield* Effect.logWarning(
        `labels are dropped: those of more than ${capacity} conversations wait (dropped so far: ${dropped})`
      )
    }
  })

  yield* Effect.addFinalizer(() =>
    Effect.gen(function* () {
      isClosing = true
      yield* FiberMap.clear(senders)
      yield* addPermits(Math.max(0, DRAIN_CONCURRENCY - concurrency))
      yield* Effect.forEach(
        [...waiting],
        ([conversationId, taken]) =>
          Effect.andThen(
            deliver(conversationId, taken),
            Effect.sync(() => waiting.delete(conversationId))
          ),
        { concurrency: "unbounded", discard: true }
      ).pipe(
        Effect.timeoutOrElse({
          duration: yield* drainTimeout,
          orElse: () => {
            const names = [...waiting.keys()].slice(0, MAX_NAMED).join(", ")
            return Effect.andThen(
              count(labelsDroppedTotal, { reason: "shutdown" }, waiting.size),
              Effect.logWarning(`shutdown: the labels of ${waiting.size} conversations were not sent: ${names}`)
            )
          }
        })
      )
    })
  )

  return Labels.of({
    put: Effect.fnUntraced(function* (conversationId, labels) {
      if (isClosing) return yield* notSent("shutdown", conversationId, "the service is shutting down")
      const span = yield* Effect.map(Effect.context<never>(), (context) =>
        Context.getOrUndefined(context, Tracer.ParentSpan)
      )
      fold(conversationId, waiting.get(conversationId), { labels, span })
      if (active.has(conversationId)) return
      active.add(conversationId)
      run(conversationId, sender(conversationId))
      if (active.size > capacity) yield* dropOldest
    }),
    pending: Effect.sync(() => active.size),
    dropped: Effect.sync(() => dropped)
  })
})

const notSent = (reason: DropReason, conversationId: string, why: string) =>
  Effect.andThen(
    count(labelsDroppedTotal, { reason }),
    Effect.logWarning(`labels of conversation ${conversationId} not sent: ${why}`)
  )
