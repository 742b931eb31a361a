import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Effect, Layer, Result, type Schema } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { CXoneSimulator } from "../../src/simulator/CXoneSimulator.ts"
import type { Fault } from "../../src/simulator/webchat/Operation.ts"
import {
  type SimulatorOptions,
  simulatorClientId,
  simulatorClientSecret
} from "../../src/simulator/webchat/SimulatorOptions.ts"

/** Provides a test with a simulator of its own, under the test's clock, and the client without sockets. */
export const withSimulator = (options?: SimulatorOptions) => Effect.provide(CXoneSimulator.layerInProcess(options))

/** Provides a test with a simulator of its own that listens, under the test's clock, and a client over HTTP. */
export const withServer = (options?: SimulatorOptions) =>
  Effect.provide(Layer.merge(CXoneSimulator.layer(options), NodeHttpClient.layerUndici))

/** One request. `json` and `form` set the content type; `text` is sent as `contentType`. */
export interface Sending {
  readonly token?: string
  readonly json?: Schema.Json
  readonly form?: Readonly<Record<string, string>>
  readonly text?: string
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string>>
}

const withBody = (request: HttpClientRequest.HttpClientRequest, sending: Sending) => {
  if (sending.json !== undefined) return HttpClientRequest.bodyJsonUnsafe(request, sending.json)
  if (sending.form !== undefined) return HttpClientRequest.bodyUrlParams(request, sending.form)
  if (sending.text !== undefined) return HttpClientRequest.bodyText(request, sending.text, sending.contentType)
  return request
}

/** Sends one request to the simulator and returns its whole answer. `body` is null when there is no JSON. */
export const send = Effect.fnUntraced(function* (
  method: "GET" | "POST" | "PUT" | "DELETE" | "PATCH",
  path: string,
  sending: Sending = {}
) {
  const { baseUrl } = yield* CXoneSimulator
  const client = yield* HttpClient.HttpClient
  const authorization = sending.token === undefined ? {} : { authorization: `Bearer ${sending.token}` }
  const request = HttpClientRequest.make(method)(`${baseUrl}${path}`).pipe((request) => withBody(request, sending))
  const response = yield* client.execute(
    HttpClientRequest.setHeaders(request, { ...authorization, ...sending.headers })
  )
  const text = yield* response.text
  const isJson = response.headers["content-type"] === "application/json"
  return { status: response.status, headers: response.headers, text, body: isJson ? parse(text) : null }
})

// Some answers are broken on purpose.
const parse = (text: string): Schema.Json =>
  Result.getOrElse(
    Result.try((): Schema.Json => JSON.parse(text)),
    () => null
  )

/** The form that gets a token. */
export const tokenForm = {
  grant_type: "client_credentials",
  client_id: simulatorClientId,
  client_secret: simulatorClientSecret
}

/** The path of the web chat conversations. */
export const chats = "/api/v2/conversations/webchat"

/** The body that opens a conversation for a user. */
export const opening = (userId: string) => ({
  userId,
  name: "Webchat from Cognigy",
  labels: { source: "cognigy" }
})

/** Opens a conversation for a user. */
export const open = (token: string, userId: string) => send("POST", chats, { token, json: opening(userId) })

/** Finds the active conversations of a user. */
export const findActive = (token: string, userId: string) =>
  send("GET", `${chats}?${new URLSearchParams({ userId, status: "ACTIVE" })}`, { token })

/** Looks up the caller, the smallest call that needs a token. */
export const whoami = (token: string) => send("GET", "/api/v2/users/me", { token })

/** Makes a number of calls, one after the other, and returns their statuses. */
export const statuses = <E, R>(times: number, call: Effect.Effect<{ readonly status: number }, E, R>) =>
  Effect.forEach(Array.from({ length: times }), () => Effect.map(call, ({ status }) => status))

/** Issues a token without the call. */
export const issueToken = CXoneSimulator.use((simulator) => simulator.issueToken)

/** Orders faults, and returns the simulator and a token. */
export const ordered = Effect.fnUntraced(function* (...faults: ReadonlyArray<Fault>) {
  const simulator = yield* CXoneSimulator
  yield* Effect.forEach(faults, simulator.order)
  return { simulator, token: yield* simulator.issueToken }
})
