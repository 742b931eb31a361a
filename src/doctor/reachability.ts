/** The checks that a server answers, and that its clock agrees with ours. */
import { Duration, Effect } from "effect"
import { type HttpClient, HttpClientRequest } from "effect/http"
import { inWords, makeWayTo } from "../std/Proxies.ts"
import { type Finding, failed, ok, type Prerequisite, skipped } from "./Check.ts"
import { compareClocks } from "./clock.ts"
import { reach } from "./probe.ts"
import { forwardTrouble, troubleOf } from "./troubles.ts"

/** The prerequisite of checks that need a CXone that answers. */
export const needsAnswer: Prerequisite = { check: "reachability", what: "an answer from CXone" }

/** A server of CXone's. */
export interface Place {
  /** The start of its URLs. */
  readonly baseUrl: string
  /** What to ask for, from the base URL on. Any answer will do. */
  readonly path: string
  /** The settings of its address. */
  readonly address: string
}

/** A time as `doctor` shows it. */
export const rounded = (duration: Duration.Duration): string => `${Math.round(Duration.toMillis(duration))} ms`

/** The findings about a server, which is asked once, without credentials: it may be an unknown one. */
export const reachability = Effect.fnUntraced(function* (
  { address, baseUrl, path }: Place,
  patience: Duration.Duration
): Effect.fn.Return<Readonly<Record<"clock" | "reachability", Effect.Effect<Finding, never, HttpClient.HttpClient>>>> {
  const request = HttpClientRequest.get(`${baseUrl}${path}`).pipe(HttpClientRequest.acceptJson)
  const reached = yield* Effect.cached(reach(request, patience))
  const way = (yield* makeWayTo)(baseUrl)

  return {
    clock: Effect.match(reached, {
      onFailure: () => skipped(`needs ${needsAnswer.what}`),
      // The time of a proxy says nothing.
      onSuccess: (answered) =>
        forwardTrouble(answered.status, address, way) === undefined
          ? compareClocks(answered)
          : skipped(`needs ${needsAnswer.what}`)
    }),
    reachability: Effect.match(reached, {
      onFailure: (error) => {
        const { instead, what } = troubleOf(error, address, patience, way)
        return failed(`${baseUrl}: ${what}, ${inWords(way)}`, instead)
      },
      onSuccess: ({ status, took }) => {
        const trouble = forwardTrouble(status, address, way)
        return trouble === undefined
          ? ok(`${baseUrl} answered ${status} in ${rounded(took)}, ${inWords(way)}`)
          : failed(`${baseUrl}: ${trouble.what}, ${inWords(way)}`, trouble.instead)
      }
    })
  }
})
