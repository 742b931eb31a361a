/** The connection to the collector of traces. A collector that is down costs its traces, and neither memory nor handovers. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Duration, Effect, Layer, Semaphore } from "effect"
import { HttpClient, HttpClientError, type HttpClientRequest } from "effect/http"
import { introduced } from "../introduced.ts"
import * as outbound from "../std/outbound.ts"
import { inWords, makeWayTo, type Way } from "../std/Proxies.ts"

/** The number of batches that may be in flight. More are dropped: they would fill the memory while the collector is slow. */
const MAX_BATCHES = 2

/** The longest time for a connection, also where an attempt has no limit. */
const LONGEST_CONNECT = Duration.minutes(1)

/** The least time between two warnings. */
const LOG_INTERVAL = Duration.minutes(1)

const reasonOf = ({ reason, request }: HttpClientError.HttpClientError, wayTo: (url: string) => Way) => {
  if (reason._tag === "StatusCodeError") return `the collector answered ${reason.response.status}`
  const way = wayTo(request.url)
  const through = way.proxy === undefined ? "" : `, ${inWords(way)}`
  return `the collector cannot be reached, or does not answer${through}`
}

const unsent = (request: HttpClientRequest.HttpClientRequest) =>
  new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request }) })

/** A client whose attempts end after `timeout`, and which warns when the collector does not accept traces. */
export const layerClient = (timeout: Duration.Duration): Layer.Layer<HttpClient.HttpClient> =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.gen(function* () {
      const http = yield* HttpClient.HttpClient
      const wayTo = yield* makeWayTo
      const batches = yield* Semaphore.make(MAX_BATCHES)
      const warning = yield* Semaphore.make(1)
      const scope = yield* Effect.scope
      const warn = (error: HttpClientError.HttpClientError) =>
        Effect.logWarning(`traces are not sent, and dropped for some time: ${reasonOf(error, wayTo)}`).pipe(
          Effect.andThen(Effect.sleep(LOG_INTERVAL)),
          warning.withPermitsIfAvailable(1),
          Effect.forkIn(scope, { startImmediately: true })
        )
      return http.pipe(
        HttpClient.mapRequest(introduced),
        HttpClient.filterStatusOk,
        HttpClient.transform((sending, request) =>
          sending.pipe(
            Effect.timeoutOrElse({ duration: timeout, orElse: () => Effect.fail(unsent(request)) }),
            batches.withPermitsIfAvailable(1),
            Effect.flatMap(Effect.fromOption(() => unsent(request))),
            Effect.tapError(warn)
          )
        )
      )
    })
  ).pipe(
    Layer.provide(
      NodeHttpClient.layerUndiciNoDispatcher.pipe(
        Layer.provide(outbound.layer({ connectTimeout: Duration.toMillis(Duration.min(timeout, LONGEST_CONNECT)) })),
        Layer.fresh
      )
    )
  )
