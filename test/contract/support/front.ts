/** A server between Pact's verifier and a provider: it arranges provider states, and may change what passes in either direction. */
import { type Duration, Effect, Schema } from "effect"
import { HttpBody, HttpClient, HttpClientRequest, HttpMethod, HttpServerRequest, HttpServerResponse } from "effect/http"
import { serveOnLoopback } from "../../../src/simulator/core/LoopbackServer.ts"

/** What the verifier says before and after each interaction, for each of its states; an interaction without any has one without a name. */
export const StateChange = Schema.Struct({
  action: Schema.Literals(["setup", "teardown"]),
  state: Schema.String,
  params: Schema.Record(Schema.String, Schema.Json)
})

/** What the verifier says before and after each interaction. */
export type StateChange = typeof StateChange.Type

/** A request on its way to the provider. */
export interface Outgoing {
  readonly method: string
  /** Path and query, encoded. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** Where it goes, if not to the usual target. */
  readonly start?: string
}

/** An answer on its way back. */
export interface Incoming {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** What a front does with what passes. */
export interface FrontOptions {
  /** Where the provider is, asked before every request. */
  readonly target: Effect.Effect<string>
  /** Arranges a state. Where it fails, the interaction fails, and is not replayed. */
  readonly arrange: (change: StateChange) => Effect.Effect<void, unknown>
  /** Changes a request; where it fails, or the provider cannot be reached, the verifier sees 502. */
  readonly request?: (request: Outgoing) => Effect.Effect<Outgoing, unknown>
  /** Changes an answer. */
  readonly answer?: (answer: Incoming, request: Outgoing) => Incoming
  /** How long the provider may take for an answer, 10 seconds by default; then the verifier sees 502. */
  readonly patience?: Duration.Input
  /** Hears why the verifier sees 502. */
  readonly failed?: (error: unknown) => Effect.Effect<void>
}

const STATES_PATH = "/_provider-states"

/** What belongs to a connection and not to what passes; undici writes its own. */
const ofConnection = new Set([
  "host",
  "connection",
  "keep-alive",
  "content-length",
  "transfer-encoding",
  "accept-encoding"
])

const passing = (headers: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || ofConnection.has(name) ? [] : [[name, value]]
    )
  )

const methodOf = ({ method }: Outgoing): HttpMethod.HttpMethod => (HttpMethod.isHttpMethod(method) ? method : "GET")

/** Starts a front that lasts as long as the scope. */
export const makeFront = Effect.fnUntraced(function* (options: FrontOptions) {
  const http = yield* HttpClient.HttpClient

  const changeState = HttpServerRequest.schemaBodyJson(StateChange).pipe(
    Effect.flatMap(options.arrange),
    Effect.as(HttpServerResponse.jsonUnsafe({})),
    // Not a 5xx: those the verifier asks again, for minutes.
    Effect.catch((error) => Effect.succeed(HttpServerResponse.jsonUnsafe({ error: String(error) }, { status: 400 })))
  )

  const forward = Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest) {
    const { headers, method, url } = request
    const asked = { method, path: url, headers: passing(headers), body: new Uint8Array(yield* request.arrayBuffer) }
    const outgoing: Outgoing = yield* options.request?.(asked) ?? Effect.succeed(asked)
    const start = outgoing.start ?? (yield* options.target)
    const answer = yield* HttpClientRequest.make(methodOf(outgoing))(`${start}${outgoing.path}`).pipe(
      HttpClientRequest.setBody(
        outgoing.body.length === 0
          ? HttpBody.empty
          : HttpBody.uint8Array(outgoing.body, outgoing.headers["content-type"])
      ),
      HttpClientRequest.setHeaders(outgoing.headers),
      http.execute,
      Effect.flatMap(({ arrayBuffer, headers, status }) =>
        Effect.map(arrayBuffer, (body): Incoming => {
          // The client has decompressed the body.
          const { "content-encoding": _, ...others } = passing(headers)
          return { status, headers: others, body: new Uint8Array(body) }
        })
      ),
      Effect.timeout(options.patience ?? "10 seconds")
    )
    const { body, headers: answered, status } = options.answer?.(answer, outgoing) ?? answer
    return body.length === 0
      ? HttpServerResponse.empty({ status, headers: answered })
      : HttpServerResponse.uint8Array(body, { status, headers: answered })
  })

  const baseUrl = yield* serveOnLoopback(
    HttpServerRequest.HttpServerRequest.use((request) =>
      request.url === STATES_PATH
        ? changeState
        : Effect.catch(forward(request), (error) =>
            Effect.as(options.failed?.(error) ?? Effect.void, HttpServerResponse.empty({ status: 502 }))
          )
    ).pipe(
      // Requests of a server are not, unless it is said: one that nobody waits for any more must not hold up its end.
      Effect.interruptible
    ),
    { host: "127.0.0.1", port: 0 }
  )
  return { baseUrl, statesUrl: `${baseUrl}${STATES_PATH}` }
})
