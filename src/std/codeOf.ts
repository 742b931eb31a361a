/** The code of a failed connection, in whatever error it is wrapped. */
import { Predicate } from "effect"
import { refusedByProxy } from "./Proxies.ts"

/** The most errors within each other that are looked at. */
const MAX_DEPTH = 6

/** The name of undici's error for an answer that is not HTTP: it does not always have a code. */
const NO_HTTP = "HTTPParserError"

/**
 * The code of an error, and nothing else of it: its message may hold addresses and headers. `PROXY_ANSWERED_407` when a proxy refused with a status, and
 * `HTTPParserError` when an answer is not HTTP and has no code of its own.
 */
export const codeOf = (error: unknown): string | undefined => {
  let cause = error
  for (let depth = 0; depth < MAX_DEPTH && Predicate.isObject(cause); depth++) {
    const status = refusedByProxy(cause)
    if (status !== undefined) return `PROXY_ANSWERED_${status}`
    if (Predicate.hasProperty(cause, "code") && Predicate.isString(cause.code)) return cause.code
    if (cause instanceof Error && cause.name === NO_HTTP) return NO_HTTP
    if (Predicate.hasProperty(cause, "reason")) cause = cause.reason
    else cause = Predicate.hasProperty(cause, "cause") ? cause.cause : undefined
  }
  return undefined
}
