import { Effect } from "effect"
import { HttpClient, HttpClientError, HttpServerRequest, HttpServerResponse } from "effect/http"
import { dropped } from "./Exchange.ts"
import type { Routes } from "./Routes.ts"

/** The base URL of a simulator in this process. No request to it leaves the process. */
export const inProcessUrl = "http://cxone.simulated"

/**
 * Makes a client whose requests go straight to the routes, in the caller's fiber and without a socket. A dropped
 * connection, and a request to any other host, fails with a `TransportError`.
 */
export const makeInProcessClient = (routes: Routes): HttpClient.HttpClient =>
  HttpClient.make((request, { origin }) => {
    const error = (description: string) =>
      new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, description }) })
    if (origin !== inProcessUrl) return Effect.fail(error(`only ${inProcessUrl} can be reached without the network`))
    return routes.pipe(
      Effect.flatMap((response) =>
        response === dropped
          ? Effect.fail(error("the simulator dropped the connection"))
          : Effect.succeed(HttpServerResponse.toClientResponse(response, { request }))
      ),
      Effect.provideService(HttpServerRequest.HttpServerRequest, HttpServerRequest.fromClientRequest(request)),
      Effect.scoped
    )
  })
