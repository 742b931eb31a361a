/** Tells CXone's decisions from answers of something on the way to it: a firewall, a proxy, another server. */
import { Clock, Effect, Option, Schema } from "effect"
import type { HttpClientResponse } from "effect/http"
import { parseHttpDate } from "../../std/httpDate.ts"
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
  const { response, ...content } = whole
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
  const issue = strangeness(whole, baseUrlFrom)
  return issue === undefined
    ? Effect.map(Clock.currentTimeMillis, (now) => {
        const date = parseHttpDate(headers.date?.trim() ?? "", now)
        return { status, ...content, ...(date === undefined ? {} : { date }) }
      })
    : Effect.fail(new UnexpectedResponse({ operation, status, issue }))
}

/** Why the answer cannot be CXone's; `undefined` when it can. */
const strangeness = (whole: Whole, baseUrlFrom: string): string | undefined => {
  const { headers, request, status } = whole.response
  const { location } = headers
  if (status >= 300 && status < 400 && location !== undefined) {
    return `CXone redirects to ${originOf(location, request.url)}, which is not followed: check ${baseUrlFrom}`
  }
  if (status === 407) return "a proxy on the way demands credentials: check HTTP_PROXY and HTTPS_PROXY"
  if (isForeign(whole)) return `${seen(headers["content-type"])}: perhaps a firewall or a proxy answered, not CXone`
  // A reader of a success tells whether its body matters.
  return status < 400 ? undefined : whole.unreadable
}

/** The host of a redirect, and nothing else of it: the rest may hold a user's id or a token. */
const originOf = (location: string, base: string): string => {
  const url = URL.parse(location, base)
  return url !== null && /^https?:$/.test(url.protocol) ? url.origin : "another address"
}

const MARKUP = /^\s*</

const isObject = (body: string) => Option.isSome(decodeObject(body))
const decodeObject = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Json)))

/**
 * Whether something else than CXone answered: a page, or a 403 without a JSON object, since firewalls say 403 too. The body counts for more than the
 * type. Other statuses mean what they say, whatever text comes with them. A success may even call its text HTML, as long as it can be read.
 */
const isForeign = ({ body, response: { headers, status }, unreadable }: Whole): boolean => {
  if (MARKUP.test(body)) return true
  if (status === 403) return unreadable === undefined && !isObject(body)
  const isSuccess = status < 400 && unreadable === undefined
  return !isSuccess && /html/i.test(headers["content-type"] ?? "") && !isObject(body)
}

/** The part of such an answer that shows. */
const seen = (contentType: string | undefined): string => {
  const [type = "no content type"] = /^[\w.+-]{1,60}\/[\w.+-]{1,60}/.exec(contentType ?? "") ?? []
  return /[/+]json$/i.test(type) ? `it calls itself ${type}, but has no JSON object` : `it has ${type} instead of JSON`
}
