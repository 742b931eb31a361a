/** What a provider must be before any interaction can pass: it is there, grants access tokens, and takes them. */
import { Cause, type Duration, Effect, Result } from "effect"
import { type HttpClient, HttpClientRequest } from "effect/http"
import type { CXoneError } from "../../../src/cxone/CXoneError.ts"
import * as Deadline from "../../../src/cxone/Deadline.ts"
import type { Granted } from "../../../src/cxone/transport/Grant.ts"
import { reach } from "../../../src/doctor/probe.ts"
import { troubleOf } from "../../../src/doctor/troubles.ts"
import { inWords, makeWayTo } from "../../../src/std/Proxies.ts"
import type { Connection, Cxone, Place } from "./Cxone.ts"
import { explain, Unarranged } from "./Failure.ts"

/** Says why CXone did not do what it was asked. */
export const reasonOf = (error: CXoneError, patience: Duration.Duration) =>
  error._tag === "DeadlineExceeded" ? explain(new Cause.TimeoutError(), patience) : error.message

const everything = (reason: string, instead: string) => new Unarranged({ reason, instead, stops: "all" })

/** Statuses with which a mock may answer what it does not have, in a page: that is not a firewall's. */
const OF_MOCKS = new Set([401, 404, 405])

/** True for a page: no answer of CXone's is one. */
export const isPage = (headers: Readonly<Record<string, string | undefined>>) =>
  /^text\/html\b/i.test(headers["content-type"] ?? "")

/** What is wrong where nobody answers at a place, or something before CXone does; else the status of the answer. */
const absenceAt = Effect.fnUntraced(function* ({ path, setting, start }: Place, patience: Duration.Duration) {
  const answer = yield* Effect.result(
    reach(HttpClientRequest.acceptJson(HttpClientRequest.get(start + path)), patience)
  )
  if (Result.isSuccess(answer)) {
    const { headers, status } = answer.success
    if (!isPage(headers) || OF_MOCKS.has(status)) return { status }
    const blocked = everything(
      `${start}: something before CXone answers, a firewall or a proxy: ${status} with text/html`,
      `have it pass calls with the user agent cognigy-cxone-router/…, and check ${setting}`
    )
    return { absent: blocked }
  }
  const way = (yield* makeWayTo)(start)
  const { instead, what } = troubleOf(answer.failure, setting, patience, way)
  const through = way.proxy === undefined ? "" : `, ${inWords(way)}`
  return { absent: everything(`${start}: ${what}${through}`, instead) }
})

/** Asks the provider something else, and says what is wrong where it does not answer that either, or something before it does. */
export const absence = Effect.fnUntraced(function* ({
  patience,
  places: [first, ...others]
}: Pick<Cxone, "patience" | "places">): Effect.fn.Return<
  { readonly absent: Unarranged } | { readonly status: number },
  never,
  HttpClient.HttpClient
> {
  let found = yield* absenceAt(first, patience)
  for (const place of others) if (!("absent" in found)) found = yield* absenceAt(place, patience)
  return found
})

/** Why no access token was granted. */
const withoutToken = Effect.fnUntraced(function* (error: CXoneError, cxone: Cxone) {
  const reason = `no access token: ${reasonOf(error, cxone.patience)}`
  if (error._tag === "Unauthorized") return everything(reason, cxone.advice.refused)
  if (error._tag === "UnexpectedResponse") return everything(reason, cxone.advice.unexpected)
  const found = yield* absence(cxone)
  if ("absent" in found) return found.absent
  return found.status === 429 || found.status >= 500
    ? everything(reason, `it answers ${found.status} elsewhere too: look at the provider's own log`)
    : new Unarranged({ reason, instead: "look at the log of the provider's token endpoint", stops: "alike" })
})

/** The token of a connection. */
export const tokenOf = (
  { accessToken }: Connection,
  cxone: Cxone
): Effect.Effect<Granted, Unarranged, HttpClient.HttpClient> =>
  Effect.catch(Deadline.within(cxone.patience)(accessToken.get), (error) =>
    Effect.flatMap(withoutToken(error, cxone), Effect.fail)
  )

/** Fails when CXone refuses the tokens that it grants; any other answer says nothing about them. */
export const takesTokens = ({ ask }: Connection, { advice, patience }: Cxone): Effect.Effect<void, Unarranged> =>
  Deadline.within(patience)(ask).pipe(
    Effect.catchIf(
      (error) => error._tag !== "Unauthorized",
      () => Effect.void
    ),
    Effect.mapError(() =>
      everything("the provider refuses the access token that it has just granted (401)", advice.notTaken)
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
