/** Values that may change while the program runs. */
import { Effect, Stream, SubscriptionRef } from "effect"

/** A value, or one that changes while the program runs. */
export type Live<A> = A | SubscriptionRef.SubscriptionRef<A>

const isChanging = <A>(live: Live<A>): live is SubscriptionRef.SubscriptionRef<A> =>
  SubscriptionRef.isSubscriptionRef(live)

/** The value of now. */
export const current = <A>(live: Live<A>): Effect.Effect<A> =>
  isChanging(live) ? SubscriptionRef.get(live) : Effect.succeed(live)

/** Each later value. Without an end, also where there is none. */
export const changes = <A>(live: Live<A>): Stream.Stream<A> =>
  isChanging(live) ? Stream.drop(SubscriptionRef.changes(live), 1) : Stream.never

/** What is made of the value of now, and made again only when that has changed. */
export const derived = <A, B>(live: Live<A>, make: (value: A) => B): Effect.Effect<B> => {
  if (!isChanging(live)) return Effect.succeed(make(live))
  let last: { readonly of: A; readonly made: B } | undefined
  return Effect.map(SubscriptionRef.get(live), (value) => {
    if (last === undefined || last.of !== value) last = { of: value, made: make(value) }
    return last.made
  })
}
