import { type Clock, Effect } from "effect"
import type { SecureRandom } from "effect/crypto"
import { retained } from "./Newest.ts"

const prefix = "simulator-token-"
const pattern = new RegExp(`${prefix}[0-9a-f-]+`, "g")

/** Replaces every access token in a text with asterisks. */
export const concealTokens = (text: string): string => text.replace(pattern, "*****")

/** Makes a store of tokens that live for `lifetime` seconds by this clock. It keeps the newest 10,000. */
export const makeAccessTokens = (
  clock: Clock.Clock,
  random: SecureRandom.SecureRandom["Service"],
  lifetime: number
) => {
  const expiries = new Map<string, number>()
  let issued = 0

  /** Makes this token live until its lifetime has passed. */
  const issue = (token: string): void => {
    expiries.set(token, clock.currentTimeMillisUnsafe() + lifetime * 1000)
    issued++
    const [oldest] = expiries.keys()
    if (oldest !== undefined && expiries.size > retained) expiries.delete(oldest)
  }

  return {
    /** Seconds until a token expires. */
    lifetime,
    issue,
    /** Makes a new token and issues it. */
    issueNew: Effect.map(random.uuidV4(), (uuid) => {
      const token = `${prefix}${uuid}`
      issue(token)
      return token
    }),
    isLive: (token: string) => (expiries.get(token) ?? Number.NEGATIVE_INFINITY) > clock.currentTimeMillisUnsafe(),
    /** Ends this token, or every token. */
    revoke: (token?: string): void => {
      if (token === undefined) expiries.clear()
      else expiries.delete(token)
    },
    /** The number of tokens issued since the start or reset, and of tokens that are live now. */
    counts: () => {
      const now = clock.currentTimeMillisUnsafe()
      return { issued, live: Array.from(expiries.values()).filter((expiry) => expiry > now).length }
    },
    /** Counts from 0 again. Live tokens stay live. */
    resetCounts: () => {
      issued = 0
    }
  }
}
