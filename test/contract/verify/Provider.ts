/** What a provider must be before any interaction can pass: it is there, grants access tokens, and takes them. */
import { Cause, type Duration, Effect, type Redacted, Result } from "effect"
import { type HttpClient, HttpClientRequest } from "effect/http"
import type { CXoneError } from "../../../src/cxone/CXoneError.ts"
import * as Deadline from "../../../src/cxone/Deadline.ts"
import type { AccessToken } from "../../../src/cxone/transport/AccessToken.ts"
import type { Directory } from "../../../src/cxone/webchat/Directory.ts"
import { reach } from "../../../src/doctor/probe.ts"
import { troubleOf } from "../../../src/doctor/troubles.ts"
import { inWords, makeWayTo } from "../../../src/std/Proxies.ts"
import { explain, Unarranged } from "./Failure.ts"
import type { Settings } from "./Settings.ts"

/** The path that is asked to see whether anybody is there; any answer will do. */
const PROBE_PATH = "/api/v2/users/me"

/** Says why CXone did not do what it was asked. */
export const reasonOf = (error: CXoneError, patience: Duration.Duration) =>
  error._tag === "DeadlineExceeded" ? explain(new Cause.TimeoutError(), patience) : error.message

const everything = (reason: string, instead: string) => new Unarranged({ reason, instead, stops: "all" })

/** Statuses with which a mock may answer what it does not have, in a page: that is not a firewall's. */
const OF_MOCKS = new Set([401, 404, 405])

/** True for a page: no answer of CXone's is one. */
export const isPage = (headers: Readonly<Record<string, string | undefined>>) =>
  /^text\/html\b/i.test(headers["content-type"] ?? "")

/** Asks the provider something else, and says what is wrong where it does not answer that either, or something before it does. */
export const absence = Effect.fnUntraced(function* ({
  cxone: { attemptTimeout, baseUrl }
}: Settings): Effect.fn.Return<
  { readonly absent: Unarranged } | { readonly status: number },
  never,
  HttpClient.HttpClient
> {
  const request = HttpClientRequest.get(`${baseUrl}${PROBE_PATH}`).pipe(HttpClientRequest.acceptJson)
  const answer = yield* Effect.result(reach(request, attemptTimeout))
  if (Result.isSuccess(answer)) {
    const { headers, status } = answer.success
    if (!isPage(headers) || OF_MOCKS.has(status)) return { status }
    const blocked = everything(
      `${baseUrl}: something before CXone answers, a firewall or a proxy: ${status} with text/html`,
      "have it pass calls with the user agent cognigy-cxone-router/…, and check CXONE_BASE_URL"
    )
    return { absent: blocked }
  }
  const way = (yield* makeWayTo)(baseUrl)
  const { instead, what } = troubleOf(answer.failure, "CXONE_BASE_URL", attemptTimeout, way)
  const through = way.proxy === undefined ? "" : `, ${inWords(way)}`
  return { absent: everything(`${baseUrl}: ${what}${through}`, instead) }
})

/** Why no access token was granted. */
const withoutToken = Effect.fnUntraced(function* (error: CXoneError, settings: Settings) {
  const reason = `no access token: ${reasonOf(error, settings.cxone.attemptTimeout)}`
  if (error._tag === "Unauthorized") return everything(reason, "check CXONE_CLIENT_ID and CXONE_CLIENT_SECRET")
  if (error._tag === "UnexpectedResponse") {
    return everything(reason, "check CXONE_BASE_URL: POST /oauth/token below it must answer as the contract says")
  }
  const found = yield* absence(settings)
  if ("absent" in found) return found.absent
  return found.status === 429 || found.status >= 500
    ? everything(reason, `it answers ${found.status} elsewhere too: look at the provider's own log`)
    : new Unarranged({ reason, instead: "look at the log of the provider's token endpoint", stops: "alike" })
})

/** The token of this CXone client. */
export const tokenOf = (
  accessToken: AccessToken["Service"],
  settings: Settings
): Effect.Effect<Redacted.Redacted, Unarranged, HttpClient.HttpClient> =>
  Deadline.within(settings.cxone.attemptTimeout)(accessToken.get).pipe(
    Effect.map(({ token }) => token),
    Effect.catch((error) => Effect.flatMap(withoutToken(error, settings), Effect.fail))
  )

/** Fails when CXone refuses the tokens that it grants; any other answer says nothing about them. */
export const takesTokens = (
  { whoami }: Directory["Service"],
  patience: Duration.Duration
): Effect.Effect<void, Unarranged> =>
  Deadline.within(patience)(whoami).pipe(
    Effect.catchIf(
      (error) => error._tag !== "Unauthorized",
      () => Effect.void
    ),
    Effect.mapError(() =>
      everything(
        "the provider refuses the access token that it has just granted (401)",
        "check that the API at CXONE_BASE_URL takes the tokens of its own POST /oauth/token"
      )
    ),
    Effect.asVoid
  )

/** Makes a guard that asks nobody twice who failed in a way that lasts: a dead provider must not cost its patience with every interaction. */
export const makeMemory = (lasts: (failure: Unarranged) => boolean) => {
  let failure: Unarranged | undefined
  return <A, R>(effect: Effect.Effect<A, Unarranged, R>): Effect.Effect<A, Unarranged, R> =>
    Effect.suspend(() =>
      failure !== undefined
        ? Effect.fail(failure)
        : Effect.tapError(effect, (error) =>
            Effect.sync(() => {
              if (lasts(error)) failure = error
            })
          )
    )
}
