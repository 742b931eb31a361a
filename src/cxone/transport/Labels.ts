/** Labels on conversations, for reporting: sent in the background, so that they never fail, delay or change a handover. */
import {
  Cause,
  Context,
  Duration,
  Effect,
  Exit,
  FiberMap,
  Latch,
  Layer,
  Metric,
  Schedule,
  Semaphore,
  Tracer
} from "effect"
import type { LabelSet } from "../../domain/Labels.ts"
import { labelsDroppedTotal, labelsPending, labelsSentTotal } from "../../metrics.ts"
import { add, count, counters, declare, observe } from "../../std/measure.ts"
import { CXoneClient } from "./CXoneClient.ts"
import * as Deadline from "./Deadline.ts"
import { labelSchedule, retryAfter } from "./Schedules.ts"

export type { LabelSet } from "../../domain/Labels.ts"

/** How labels are sent. */
export interface LabelsOptions {
  /** How long a label waits for later ones of the same conversation, to be sent as one. Default 100 ms. */
  readonly linger?: Duration.Input
  /** How many conversations may have labels that are not sent yet; past it the oldest are dropped and logged. Default 10,000. */
  readonly capacity?: number
  /** How many label calls run at once. Default 64: with 100 ms for each, 640 a second. While the layer closes, 64 at the least. */
  readonly concurrency?: number
  /** How long the layer's shutdown waits for labels that are not sent yet, asked for when it begins. Default 7 s. */
  readonly drainTimeout?: Effect.Effect<Duration.Duration>
}

/** The labels of conversations: they never fail, delay or change what they are about. When the layer closes, whatever waits is sent at once. */
export class Labels extends Context.Service<
  Labels,
  {
    /**
     * Takes labels over and returns at once. Those of one conversation that wait together are folded into one call, the last value of each label wins;
     * failures are retried by `labelSchedule` and then logged. The call is part of the trace that the last of them came from.
     */
    readonly put: (conversationId: string, labels: LabelSet) => Effect.Effect<void>
    /** How many conversations have labels that are not sent yet. */
    readonly pending: Effect.Effect<number>
    /** How many conversations' labels were dropped because too many waited. */
    readonly dropped: Effect.Effect<number>
  }
>()("cognigy-cxone-router/cxone/Labels") {
  /** Labels through `PUT /api/v2/conversations/webchat/{id}/labels`. */
  static readonly layer = (options: LabelsOptions = {}): Layer.Layer<Labels, never, CXoneClient> =>
    Layer.effect(Labels, make(options))
}

/** Labels that no call has taken up yet. */
interface Waiting {
  readonly labels: LabelSet
  /** What they came from. */
  readonly span: Tracer.AnySpan | undefined
}

/** Every so many dropped labels the log says so again. */
const DROPS_PER_WARNING = 1000

/** How many label calls run at once while the layer closes: nobody else calls CXone then. */
const DRAIN_CONCURRENCY = 64

/** How many conversations a warning names. */
const MAX_NAMED = 20

const dropSeries = counters(labelsDroppedTotal)

const make = Effect.fnUntraced(function* (options: LabelsOptions) {
  const client = yield* CXoneClient
  const { capacity = 10_000, concurrency = 64, drainTimeout = Effect.succeed(Duration.seconds(7)) } = options
  const lingerMillis = Duration.toMillis(Duration.fromInputUnsafe(options.linger ?? "100 millis"))
  const calls = yield* Semaphore.make(concurrency)
  const senders = yield* FiberMap.make<string>()
  // Senders run in the layer's context: a caller's deadline ends with the caller.
  const run = yield* FiberMap.runtime(senders)<never>()

  /** The conversations whose labels are not sent yet, oldest first. */
  const active = new Set<string>()
  /** Those of them that have no sender yet, and when they get one: in the order in which they came, as all linger for as long. */
  const lingering = new Map<string, number>()
  const someLinger = yield* Latch.make()
  /** The labels that no call has taken up yet. */
  const waiting = new Map<string, Waiting>()
  let dropped = 0
  yield* observe(labelsPending, () => active.size)
  yield* declare([labelsSentTotal, ...["failed", "overflow", "shutdown"].map((reason) => dropSeries({ reason }))])

  const fold = (conversationId: string, earlier: Waiting | undefined, later: Waiting) =>
    waiting.set(conversationId, { labels: { ...earlier?.labels, ...later.labels }, span: later.span })

  const call = (conversationId: string, { labels, span }: Waiting, isRetry: boolean) => {
    const call = client.call<void, never>({
      operation: "label",
      method: "PUT",
      path: `/api/v2/conversations/webchat/${encodeURIComponent(conversationId)}/labels`,
      body: { labels },
      answers: ACCEPTED,
      schedule: once,
      isRetry
    })
    return span === undefined ? call : Effect.withParentSpan(call, span)
  }

  /** Only an attempt holds a permit, the first one that of the sender: labels that wait for their next one do not keep others waiting. */
  const deliver = (conversationId: string, taken: Waiting) =>
    Effect.ensuring(
      Effect.suspend(() => call(conversationId, taken, false)),
      calls.release(1)
    ).pipe(
      // Here and not in the call, so that a token that cannot be had is waited for too.
      Effect.catch((failure) => {
        const again = calls.withPermit(Effect.suspend(() => call(conversationId, taken, true)))
        return retryAfter(failure, again, labelSchedule)
      }),
      Effect.matchEffect({
        onSuccess: () => Effect.withFiberSucceed((fiber) => add(fiber, labelsSentTotal)),
        onFailure: (error) => notSent(conversationId, error.message)
      }),
      // Of a client of somebody else's, for one: it must not keep later labels from being sent. What it says may hold anything.
      Effect.catchDefect(() => notSent(conversationId, "a defect in sending them"))
    )

  /** Sends what waits for one conversation, with the permit that it is given, and lets what has come meanwhile linger: two calls for it never overlap. */
  const sender = (conversationId: string): Effect.Effect<void> =>
    Effect.suspend(() => {
      const taken = waiting.get(conversationId)
      if (taken === undefined) return calls.release(1)
      waiting.delete(conversationId)
      const delivery = Effect.onExitPrimitive(deliver(conversationId, taken), (exit) => {
        const isCut = Exit.isFailure(exit) && Cause.hasInterrupts(exit.cause)
        if (isCut && active.has(conversationId)) fold(conversationId, taken, waiting.get(conversationId) ?? taken)
        return undefined
      })
      return Effect.flatMap(delivery, () =>
        Effect.withFiberSucceed((fiber) => {
          if (waiting.has(conversationId)) linger(conversationId, Deadline.millisOf(fiber))
          else active.delete(conversationId)
        })
      )
    })

  const linger = (conversationId: string, now: number) => {
    lingering.set(conversationId, now + lingerMillis)
    someLinger.openUnsafe()
  }

  /** Starts the senders of those that have lingered, each once it may call, and waits until the next one has. */
  const startSenders: Effect.Effect<void> = Effect.withFiber((fiber) => {
    const [first] = lingering
    if (first === undefined) {
      // In this very step: one that came before the next would not be seen.
      someLinger.closeUnsafe()
      return Effect.void
    }
    const [conversationId, until] = first
    const now = Deadline.millisOf(fiber)
    if (until > now) return Effect.sleep(until - now)
    return Effect.flatMap(calls.take(1), () => {
      // While it waited for the permit it may have been dropped.
      if (!lingering.delete(conversationId)) return calls.release(1)
      run(conversationId, sender(conversationId))
      return startSenders
    })
  })
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(someLinger.await, startSenders)))

  const dropOldest = Effect.suspend(() => {
    const [oldest] = active
    if (oldest === undefined) return Effect.void
    active.delete(oldest)
    lingering.delete(oldest)
    waiting.delete(oldest)
    const warning = `labels are dropped: more than ${capacity} conversations wait for theirs (dropped so far: ${dropped + 1})`
    const isTold = dropped++ % DROPS_PER_WARNING === 0
    return FiberMap.remove(senders, oldest).pipe(
      Effect.andThen(count(dropSeries({ reason: "overflow" }))),
      Effect.andThen(isTold ? Effect.logWarning(warning) : Effect.void)
    )
  })

  yield* Effect.addFinalizer(() =>
    Effect.gen(function* () {
      lingering.clear()
      yield* FiberMap.clear(senders)
      yield* Semaphore.resize(calls, Math.max(concurrency, DRAIN_CONCURRENCY))
      yield* Effect.forEach(
        [...waiting],
        ([conversationId, taken]) =>
          calls
            .take(1)
            .pipe(
              Effect.andThen(deliver(conversationId, taken)),
              Effect.andThen(Effect.sync(() => waiting.delete(conversationId)))
            ),
        { concurrency: "unbounded", discard: true }
      ).pipe(
        Effect.timeoutOrElse({
          duration: yield* drainTimeout,
          orElse: () => {
            const names = [...waiting.keys()].slice(0, MAX_NAMED).join(", ")
            return Effect.andThen(
              Metric.update(dropSeries({ reason: "shutdown" }), waiting.size),
              Effect.logWarning(`shutdown: the labels of ${waiting.size} conversations were not sent: ${names}`)
            )
          }
        })
      )
    })
  )

  return Labels.of({
    put: (conversationId, labels) =>
      Effect.withFiber((fiber) => {
        const span = Context.getOrUndefined(fiber.context, Tracer.ParentSpan)
        fold(conversationId, waiting.get(conversationId), { labels, span })
        if (active.has(conversationId)) return Effect.void
        active.add(conversationId)
        linger(conversationId, Deadline.millisOf(fiber))
        return active.size > capacity ? dropOldest : Effect.void
      }),
    pending: Effect.sync(() => active.size),
    dropped: Effect.sync(() => dropped)
  })
})

const notSent = (conversationId: string, why: string) =>
  Effect.andThen(
    count(dropSeries({ reason: "failed" })),
    Effect.logWarning(`labels of conversation ${conversationId} not sent: ${why}`)
  )

const accepted = () => Effect.void

const ACCEPTED = { 200: accepted, 201: accepted, 202: accepted, 204: accepted }

/** Labels are tried again outside the call. */
const once = Schedule.recurs(0)
