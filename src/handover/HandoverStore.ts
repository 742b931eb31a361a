/** What handovers were answered with, for webhooks that come again. */
import { Cache, Context, Duration, Effect, Layer, type Option } from "effect"
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
    Layer.effect(
      HandoverStore,
      Effect.map(
        Cache.make({
          capacity: options.capacity ?? 10_000,
          timeToLive: options.window ?? DEFAULT_IDEMPOTENCY_WINDOW,
          lookup: (_key: string): Effect.Effect<Remembered> => Effect.never
        }),
        (cache) => ({
          find: (key) => Cache.getOption(cache, key),
          remember: (key, handover) => Cache.set(cache, key, handover)
        })
      )
    )
}
