/** What the tests of `verify:cxone` stand on: parts of the committed pact, and providers that watch or misbehave. */
import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { Effect, Layer, Redacted } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { serveOnLoopback } from "../../../src/simulator/core/LoopbackServer.ts"
import { simulatorClientId, simulatorClientSecret } from "../../../src/simulator/webchat/SimulatorOptions.ts"
import { PactVerifier } from "../support/PactVerifier.ts"
import { cxonePact } from "../support/pacts.ts"
import { type Pact, readPact } from "./Pact.ts"
import { PATIENCE, type Settings } from "./Settings.ts"

/** Everything that a verification needs, shared by the tests of a file. */
export const platform = Layer.provideMerge(
  PactVerifier.layer,
  Layer.merge(NodeServices.layer, NodeHttpClient.layerUndici)
)

/** Interactions of the committed pact, by what their descriptions end with after `a request`. */
export const names = {
  token: "for an access token",
  wrongSecret: "for an access token with a wrong client secret",
  whoami: "for who the access token stands for",
  open: "to open a conversation",
  conflict: "to open a conversation for a user who has an active one",
  revoked: "to open a conversation with a revoked access token",
  forbidden: "to open a conversation without the scope for it",
  limited: "to open a conversation over the rate limit",
  awkward: "for the active conversations of a user whose id must be encoded",
  ended: "for the active conversations of a user whose only one has ended",
  toQueue: "to route a conversation to a queue",
  atQueue: "to route a conversation to a queue where it is already",
  label: "to label a conversation",
  queue: "for a queue",
  noQueue: "for a queue that does not exist",
  agent: "for an agent"
}

/** The committed pact with these of its interactions. */
export const pactOf = Effect.fnUntraced(function* (...wanted: ReadonlyArray<keyof typeof names>) {
  const pact = yield* readPact(cxonePact.committed)
  const descriptions = wanted.map((name) => `a request ${names[name]}`)
  const interactions = descriptions.flatMap(
    (wanted) => pact.interactions.find(({ description }) => description === wanted) ?? []
  )
  if (interactions.length < wanted.length) return yield* Effect.die("the pact has other descriptions now")
  return { ...pact, interactions }
})

/** The pact with one interaction for each combination of states. */
export const oneForEachState = (pact: Pact): Pact => {
  const statesOf = ({ providerStates = [] }: Pact["interactions"][number]) =>
    providerStates.map(({ name }) => name).join()
  return { ...pact, interactions: [...new Map(pact.interactions.map((one) => [statesOf(one), one])).values()] }
}

/** Settings for a provider at this URL. */
export const settingsFor = (baseUrl: string, rest: Partial<Settings> = {}): Settings => ({
  cxone: {
    baseUrl,
    clientId: simulatorClientId,
    clientSecret: Redacted.make(simulatorClientSecret),
    attemptTimeout: PATIENCE
  },
  statesUrl: undefined,
  queueId: undefined,
  agentId: undefined,
  ...rest
})

/** Where a simulator takes provider states. */
export const statesOf = (baseUrl: string) => `${baseUrl}/__simulator/provider-states`

/** A server that reads every request, and gives all the same answer, or none. */
export const answering = (status: number | "never") =>
  serveOnLoopback(
    HttpServerRequest.HttpServerRequest.use(({ text }) =>
      Effect.andThen(
        Effect.ignore(text),
        status === "never" ? Effect.interruptible(Effect.never) : Effect.succeed(HttpServerResponse.empty({ status }))
      )
    ),
    { host: "127.0.0.1", port: 0 }
  )

/** A server that takes everything down and answers what it is told. */
export const watching = Effect.fnUntraced(function* (
  reply: (asked: string) => { readonly status: number; readonly body: unknown }
) {
  const asked: Array<string> = []
  const baseUrl = yield* serveOnLoopback(
    Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest
      const text = yield* Effect.orElseSucceed(request.text, () => "")
      const one = [request.method, request.url, request.headers.authorization, text].filter(Boolean).join(" ")
      asked.push(one)
      const { body, status } = reply(one)
      return HttpServerResponse.jsonUnsafe(body, { status })
    }),
    { host: "127.0.0.1", port: 0 }
  )
  return { asked, baseUrl }
})
