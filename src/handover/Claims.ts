/** Claims on handovers and their answers: once for each key, for webhooks that come again. */
import { Cache, Context, Duration, Effect, Layer, Schema } from "effect"
import { nowMillis } from "../std/clock.ts"
import { HandedOver } from "./HandedOver.ts"

/** The name under which a request can come again, and its content then. */
export interface Claim {
  /** The contact centre's tenant: claims of different tenants never meet. */
  readonly scope: string
  /** A digest of the user and the key of their request. */
  readonly key: string
  /** A digest of the content: the same key with another fingerprint is the sender's mistake. */
  readonly fingerprint: string
  /** How long the claim holds while it is neither settled nor released, in milliseconds: what claimed it may have crashed, or lost the store. */
  readonly lease: number
}

/** The state of a key at the moment of a claim. */
export const Claimed = Schema.Union([
  /** It was not claimed: it is the caller's now. */
  Schema.TaggedStruct("New", {}),
  /** Another handover in progress has claimed it. */
  Schema.TaggedStruct("Running", {}),
  /** It is done, and was answered like this. */
  Schema.TaggedStruct("Done", { handedOver: HandedOver }),
  /** It was claimed with another fingerprint. */
  Schema.TaggedStruct("Other", {})
])

/** The state of a key at the moment of a claim. */
export type Claimed = typeof Claimed.Type

/** The store of claims failed. */
export class ClaimsError extends Schema.TaggedError<ClaimsError>()("ClaimsError", {
  /** Why, in a sentence that the log may show: without secrets. */
  message: Schema.String
}) {}

/** How much is remembered. */
export interface ClaimsOptions {
  /** How long. Default 10 minutes: far longer than any HTTP client retries. */
  readonly window?: Duration.Input
  /** How many keys at most; past it the least recently used are forgotten. Default 10,000. */
  readonly capacity?: number
}

/** How long a handover is remembered by default, 10 minutes: far longer than any HTTP client retries. */
export const DEFAULT_IDEMPOTENCY_WINDOW = Duration.minutes(10)

/** Claims by their keys. A store that fails with `ClaimsError`, dies or hangs costs the memory of a handover, never the handover. */
export class Claims extends Context.Service<
  Claims,
  {
    /** Claims a key, in one atomic step. Fails with `ClaimsError`. */
    readonly claim: (claim: Claim) => Effect.Effect<Claimed, ClaimsError>
    /** Keeps the answer under a claimed key, from now on. Fails with `ClaimsError`. */
    readonly settle: (claim: Claim, handedOver: HandedOver) => Effect.Effect<void, ClaimsError>
    /** Gives a claimed key back: a copy of what failed tries again. Fails with `ClaimsError`. */
    readonly release: (claim: Claim) => Effect.Effect<void, ClaimsError>
  }
>()("cognigy-cxone-router/handover/Claims") {
  /** In this process, bounded in time and number. Each call makes a store of its own. */
  static readonly layerMemory = (options: ClaimsOptions = {}): Layer.Layer<Claims> =>
    Layer.effect(Claims, inMemory(options))
}

interface Entry {
  /** The first claim's, if there was one. */
  fingerprint?: string
  /** The end of the claim's lease, in milliseconds on the monotonic clock. */
  heldUntil?: number
  handedOver?: HandedOver
}

const inMemory = Effect.fnUntraced(function* ({
  capacity = 10_000,
  window = DEFAULT_IDEMPOTENCY_WINDOW
}: ClaimsOptions) {
  const entries = yield* Cache.make({
    capacity,
    timeToLive: window,
    lookup: (_key: string): Effect.Effect<Entry> => Effect.sync(() => ({}))
  })
  const context = yield* Effect.context<never>()
  /** In the layer's context: an entry keeps the one in which it was made, and a caller's holds its whole request. */
  const apart = <A>(effect: Effect.Effect<A>) => Effect.updateContext(effect, (_: Context.Context<never>) => context)
  const keyOf = ({ key, scope }: Claim) => `${key} ${scope}`

  return Claims.of({
    claim: (claim) =>
      Effect.flatMap(nowMillis, (now) =>
        // One step: the first to get an entry without a fingerprint has the claim.
        Effect.map(apart(Cache.get(entries, keyOf(claim))), (entry): Claimed => {
          const { fingerprint, handedOver, heldUntil = 0 } = entry
          if (fingerprint !== undefined && fingerprint !== claim.fingerprint) return { _tag: "Other" }
          if (handedOver !== undefined) return { _tag: "Done", handedOver }
          if (fingerprint !== undefined && now < heldUntil) return { _tag: "Running" }
          entry.fingerprint = claim.fingerprint
          entry.heldUntil = now + claim.lease
          return { _tag: "New" }
        })
      ),
    settle: (claim, handedOver) =>
      apart(Cache.set(entries, keyOf(claim), { fingerprint: claim.fingerprint, handedOver })),
    release: (claim) => Cache.invalidate(entries, keyOf(claim))
  })
})
