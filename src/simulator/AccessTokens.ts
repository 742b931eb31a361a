import { type Clock, Effect } from "effect"
import type { SecureRandom } from "effect/crypto"
import { retained } from "./Newest.ts"

/** The access tokens that a simulator has issued. */
export interface AccessTokens {
  /** Seconds until a token expires. */
  readonly lifetime: number
  /** Makes a new token and issues it. */
  readonly issueNew: Effect.Effect<string>
  /** Makes this token live until its lifetime has passed. */
  readonly issue: (token: string) => void
  readonly isLive: (token: string) => boolean
  /** Ends this token, or every token. */
  readonly revoke: (token?: string) => void
  /** How many were issued since the start or reset, and how many are live now. */
  readonly counts: () => { readonly issued: number; readonly live: number }
  /** Counts from 0 again. Live tokens stay live. */
  readonly resetCounts: () => void
}

const prefix = "simulator-token-"
const pattern = new RegExp(`${prefix}[0-9a-f-]+`, "g")

/** Replaces every access token in a text with asterisks. */
export const concealTokens = (text: string): string => text.replace(pattern, "*****")

/** Makes a store of tokens that live for `lifetime` seconds by this clock. It keeps the newest 10,000. */
export const makeAccessTokens = (
  clock: Clock.Clock,
  random: SecureRandom.SecureRandom["Service"],
  lifetime: number
): AccessTokens => {
  const expiries = new Map<string, number>()
  let issued = 0

  const issue = (token: string): void => {
    expiries.set(token, clock.currentTimeMillisUnsafe() + lifetime * 1000)
    issued++
    const [oldest] = expiries.keys()
    if (oldest !== undefined && expiries.size > retained) expiries.delete(oldest)
  }

  return {
    lifetime,
    issueNew: Effect.map(random.uuidV4(), (uuid) => {
      const token = `${prefix}${uuid}`
      issue(token)
      return token
    }),
    issue,
    isLive: (token) => (expiries.get(token) ?? Number.NEGATIVE_INFINITY) > clock.currentTimeMillisUnsafe(),
    revoke: (token) => {
      if (token === undefined) expiries.clear()
      else expiries.delete(token)
    },
    counts: () => {
      const now = clock.currentTimeMillisUnsafe()
      return { issued, live: Array.from(expiries.values()).filter((expiry) => expiry > now).length }
    },
    resetCounts: () => {
      issued = 0
    }
  }
}
