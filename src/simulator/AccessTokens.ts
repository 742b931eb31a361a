import type { Clock } from "effect"
import { makeNewest, retained } from "./Newest.ts"

/** The access tokens that were issued and still let a caller in. */
export interface AccessTokens {
  /** Makes a token known; it expires after the lifetime. */
  readonly issue: (token: string) => void
  readonly isLive: (token: string) => boolean
  /** Makes this token unknown, or every token. */
  readonly revoke: (token?: string) => void
  /** How many were issued since the start or reset, and how many live now. */
  readonly counts: () => { readonly issued: number; readonly live: number }
  readonly reset: () => void
}

/** Makes a store of tokens that live for `lifetime` seconds by this clock. Only the newest 10,000 are remembered. */
export const makeAccessTokens = (clock: Clock.Clock, lifetime: number): AccessTokens => {
  const expiries = new Map<string, number>()
  const newest = makeNewest<string>(retained)
  let issued = 0

  const revoke = (token?: string) => {
    if (token !== undefined) {
      expiries.delete(token)
      return
    }
    expiries.clear()
    newest.clear()
  }

  return {
    issue: (token) => {
      expiries.set(token, clock.currentTimeMillisUnsafe() + lifetime * 1000)
      issued++
      const evicted = newest.push(token)
      if (evicted !== undefined) expiries.delete(evicted)
    },
    isLive: (token) => (expiries.get(token) ?? Number.NEGATIVE_INFINITY) > clock.currentTimeMillisUnsafe(),
    revoke,
    counts: () => {
      const now = clock.currentTimeMillisUnsafe()
      let live = 0
      for (const expiry of expiries.values()) if (expiry > now) live++
      return { issued, live }
    },
    reset: () => {
      revoke()
      issued = 0
    }
  }
}
