import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Effect, Layer, Result, Schema } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { DigitalSimulator } from "../../src/simulator/DigitalSimulator.ts"
import {
  type DigitalSimulatorOptions,
  digitalAccessKeyId,
  digitalAccessKeySecret,
  digitalChannelId,
  digitalClientId,
  digitalClientSecret
} from "../../src/simulator/digital/DigitalOptions.ts"
import type { DigitalFault } from "../../src/simulator/digital/Operation.ts"

/** Provides a test with a simulator of its own, under the test's clock, and the client without sockets. */
export const withDigital = (options?: DigitalSimulatorOptions) =>
  Effect.provide(DigitalSimulator.layerInProcess(options))

/** Provides a test with a simulator of its own that listens, under the test's clock, and a client over HTTP. */
export const withDigitalServer = (options?: DigitalSimulatorOptions) =>
  Effect.provide(Layer.merge(DigitalSimulator.layer(options), NodeHttpClient.layerUndici))

/** One request. `form` is sent as it is, as a form. */
export interface Sending {
  readonly token?: string
  readonly json?: Schema.Json
  readonly form?: string
  readonly headers?: Readonly<Record<string, string>>
}

const parse = (text: string): Schema.Json =>
  Result.getOrElse(
    Result.try((): Schema.Json => JSON.parse(text)),
    () => null
  )

/** Sends one request to the simulator and returns its whole answer. `body` is null when there is no JSON. */
export const send = Effect.fnUntraced(function* (
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  { form, headers = {}, json, token }: Sending = {}
) {
  const { baseUrl } = yield* DigitalSimulator
  const client = yield* HttpClient.HttpClient
  const bare = HttpClientRequest.make(method)(`${baseUrl}${path}`)
  const request =
    json !== undefined
      ? HttpClientRequest.bodyJsonUnsafe(bare, json)
      : form !== undefined
        ? HttpClientRequest.bodyText(bare, form, "application/x-www-form-urlencoded")
        : bare
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const response = yield* client.execute(
    HttpClientRequest.setHeaders(request, { accept: "application/json", ...authorization, ...headers })
  )
  const text = yield* response.text
  return { status: response.status, headers: response.headers, text, body: parse(text) }
})

/** The header that names a client. */
export const basic = (id = digitalClientId, secret = digitalClientSecret) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`
})

/** The form that gets a token. */
export const tokenForm = `grant_type=password&username=${digitalAccessKeyId}&password=${digitalAccessKeySecret}`

/** The start of the API's paths. */
export const dfo = "/dfo/3.0"

/** A message. */
export const message = (id: string, thread: string, contact?: Schema.JsonObject) => ({
  idOnExternalPlatform: id,
  direction: "inbound",
  createdAtWithMilliseconds: "2026-02-03T04:05:06.789Z",
  thread: { idOnExternalPlatform: thread },
  messageContent: { type: "TEXT", payload: { text: "I need help" } },
  authorEndUserIdentity: { idOnExternalPlatform: thread, firstName: "Anna", lastName: "Meier" },
  ...(contact === undefined ? {} : { contact })
})

const Posted = Schema.Struct({ consumerContact: Schema.Struct({ id: Schema.String }) })

/** Sends a body as a message. */
export const post = (token: string, json: Schema.Json, channelId = digitalChannelId) =>
  send("POST", `${dfo}/channels/${channelId}/messages`, { token, json })

/** The number of the contact that an answer to a message names. */
export const contactOf = ({ body }: { readonly body: Schema.Json }): string =>
  Schema.decodeUnknownSync(Posted)(body).consumerContact.id

/** Writes a message into a thread, and returns the number of its contact. */
export const write = (token: string, id: string, thread: string, contact?: Schema.JsonObject) =>
  Effect.map(post(token, message(id, thread, contact)), contactOf)

/** Changes a contact. */
export const put = (token: string, path: string, json: Schema.Json) =>
  send("PUT", `${dfo}/contacts/${path}`, { token, json })

/** Orders faults, and returns the simulator and a token. */
export const ordered = Effect.fnUntraced(function* (...faults: ReadonlyArray<DigitalFault>) {
  const simulator = yield* DigitalSimulator
  yield* Effect.forEach(faults, simulator.order)
  return { simulator, token: yield* simulator.issueToken }
})
