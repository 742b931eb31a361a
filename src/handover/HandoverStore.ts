/** What handovers were answered with, for webhooks that come again. */
import { Context, Duration, Effect, Layer, Option } from "effect"
import { millisOf } from "../cxone/transport/Deadline.ts"
import { LinkedSet } from "../std/LinkedSet.ts"
import type { HandedOver } from "./Handover.ts"

/** A handover that was done under a key. */
export interface Remembered {
  /** Of the request that was answered: the same key with another one is a mistake. */
  readonly fingerprint: string
  /** What it was answered with. */
  readonly handedOver: HandedOver
}

/** How much is remembered. */
export interface HandoverStoreOptions {
  /** For how long. Default 10 minutes: far longer than any HTTP client goes on retrying. */
  readonly window?: Duration.Input
  /** How many handovers at the most; past it the ones that were not asked for longest are forgotten. Default 10,000. */
  readonly capacity?: number
}

/** For how long a handover is remembered where nothing else is set, 10 minutes: far longer than any HTTP client goes on retrying. */
export const DEFAULT_IDEMPOTENCY_WINDOW = Duration.minutes(10)

/** Handovers by their keys. */
export class HandoverStore extends Context.Service<
  HandoverStore,
  {
    /** What was remembered under a key, as long as it is remembered. */
    readonly find: (key: string) => Effect.Effect<Option.Option<Remembered>>
    /** Keeps a handover under a key, from now on. */
    readonly remember: (key: string, handover: Remembered) => Effect.Effect<void>
  }
>()("cognigy-cxone-router/handover/HandoverStore") {
  /** In this process, bounded in time and number. */
  static readonly layerMemory = (options: HandoverStoreOptions = {}): Layer.Layer<HandoverStore> =>
    Layer.sync(HandoverStore, () => inMemory(options))
}

interface Kept {
  readonly key: string
  readonly handover: Remembered
  readonly until: number
}

/** What is past the capacity, or old, goes first; in the order in which handovers were last asked for. */
const inMemory = ({
  capacity = 10_000,
  window = DEFAULT_IDEMPOTENCY_WINDOW
}: HandoverStoreOptions): HandoverStore["Service"] => {
  const life = Duration.toMillis(Duration.fromInputUnsafe(window))
  const order = new LinkedSet<Kept>()
  const kept = new Map<string, { readonly one: Kept; readonly leave: () => boolean }>()
  const keep = (one: Kept, now: number) => {
    kept.get(one.key)?.leave()
    kept.set(one.key, { one, leave: order.add(one) })
    for (let oldest = order.first; oldest !== undefined; oldest = order.first) {
      if (order.size <= capacity && now < oldest.until) return
      kept.get(oldest.key)?.leave()
      kept.delete(oldest.key)
    }
  }
  return {
    find: (key) =>
      Effect.withFiberSucceed((fiber) => {
        const one = kept.get(key)?.one
        const now = millisOf(fiber)
        if (one === undefined || now >= one.until) return Option.none()
        keep(one, now)
        return Option.some(one.handover)
      }),
    remember: (key, handover) =>
      Effect.withFiberSucceed((fiber) => {
        const now = millisOf(fiber)
        keep({ key, handover, until: now + life }, now)
      })
  }
}
