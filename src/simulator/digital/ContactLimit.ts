import type { Clock } from "effect"

/** Makes the limit on updates of one contact: `burst` at once, and `refill` more in a minute. */
export const makeContactLimit = (clock: Clock.Clock, burst: number, refill: number) => {
  const buckets = new Map<string, { tokens: number; at: number }>()
  return {
    /** Takes one update of this contact. When there is none, returns the milliseconds until there is one. */
    take: (contact: string): number | undefined => {
      const now = clock.currentTimeMillisUnsafe()
      const perMilli = refill / 60_000
      const bucket = buckets.get(contact) ?? { tokens: burst, at: now }
      bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) * perMilli)
      bucket.at = now
      buckets.set(contact, bucket)
      if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / perMilli)
      bucket.tokens--
      return undefined
    },
    /** Forgets a contact. */
    forget: (contact: string): void => void buckets.delete(contact),
    reset: (): void => buckets.clear()
  }
}
