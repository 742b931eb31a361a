/** Tells CXone's decisions from answers of something on the way to it: a firewall, a proxy, another server. */
import { Effect } from "effect"
import type { HttpClientResponse } from "effect/http"
import { RateLimited, Unavailable, UnexpectedResponse } from "../CXoneError.ts"
import type { Answer } from "./Call.ts"
import { retryAfterOf } from "./retryAfter.ts"

/** The call that was answered. */
export interface Answered {
  /** The name of the call. */
  readonly operation: string
  /** How the base URL is named where it was set. */
  readonly baseUrlFrom: string
}

/** The whole answer. */
export interface Whole {
  readonly response: HttpClientResponse.HttpClientResponse
  /** Empty when it cannot be read. */
  readonly body: string
  /** Why it cannot be read, if so. */
  readonly unreadable?: string
}

/** The answer, when CXone took a decision in it. The status of a failure says enough, whatever its body is. */
export const decision = (
  { baseUrlFrom, operation }: Answered,
  whole: Whole
): Effect.Effect<Answer, RateLimited | Unavailable | UnexpectedResponse> => {
  const { body, response } = whole
  const { headers, status } = response
  if (status >= 500 || status === 408 || status === 429) {
    return Effect.flatMap(retryAfterOf(headers), (retryAfter) =>
      Effect.fail(
        status === 429
          ? new RateLimited({ operation, retryAfter })
          : new Unavailable({ operation, reason: "Status", detail: `it answered ${status}`, retryAfter })
      )
    )
  }
  const issue = strangeness(whole, baseUrlFrom) ?? whole.unreadable
  return issue === undefined
    ? Effect.succeed({ status, body })
    : Effect.fail(new UnexpectedResponse({ operation, status, issue }))
}

/** Why the answer cannot be CXone's; `undefined` when it can. */
const strangeness = ({ body, response }: Whole, baseUrlFrom: string): string | undefined => {
  const { headers, request, status } = response
  const { location } = headers
  if (status >= 300 && status < 400 && location !== undefined) {
    return `CXone redirects to ${originOf(location, request.url)}, which is not followed: check ${baseUrlFrom}`
  }
  if (status === 407) return "a proxy on the way demands credentials: check HTTP_PROXY and HTTPS_PROXY"
  const contentType = headers["content-type"]
  if (!isForeign(status, contentType, body)) return undefined
  const [type = "no content type"] = /^[\w.+-]{1,60}\/[\w.+-]{1,60}/.exec(contentType ?? "") ?? []
  return `it has ${type} instead of JSON: perhaps a firewall or a proxy answered, not CXone`
}

/** The host of a redirect, and nothing else of it: the rest may hold a user's id or a token. */
const originOf = (location: string, base: string): string => {
  const url = URL.parse(location, base)
  return url !== null && /^https?:$/.test(url.protocol) ? url.origin : "another address"
}

const MARKUP = /^\s*</

/**
 * Whether something else than CXone answered: CXone says JSON. JSON under another type, or under none, counts as its too, and so does an answer without a body. A success
 * whose body does not matter may have any text, but no page.
 */
const isForeign = (status: number, contentType: string | undefined, body: string): boolean => {
  if (contentType !== undefined && /[/+]json\b/i.test(contentType)) return false
  if (status < 400) return MARKUP.test(body)
  return body.trim() === "" ? /html/i.test(contentType ?? "") : !/^\s*[{[]/.test(body)
}
