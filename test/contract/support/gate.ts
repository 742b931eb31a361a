/** Shows that a pact rejects a CXone that does not keep it: a simulator whose answers are changed on their way. */
import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, type Scope } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { type Incoming, makeFront, type Outgoing, type StateChange } from "./front.ts"
import type { Interaction } from "./mock.ts"
import { failures, PactVerifier } from "./PactVerifier.ts"
import type { Parties } from "./pacts.ts"
import { described } from "./partOf.ts"

/** A fault of a CXone: the interactions that show it, with the problem that each reports. */
export interface Wrong {
  readonly wrong: string
  readonly answer: (answer: Incoming, request: Outgoing) => Incoming
  readonly shows: Readonly<Record<string, RegExp>>
}

/** A pact, and what it must reject. */
export interface Gate {
  readonly pact: Parties
  /** Starts a simulator that lasts as long as the scope, and gives its URL. */
  readonly start: Effect.Effect<string, unknown, Scope.Scope>
  readonly wrongs: ReadonlyArray<Wrong>
  /** Interactions of which at least one stays as it is, whatever is wrong. */
  readonly controls: ReadonlyArray<Interaction>
}

const platform = Layer.provideMerge(PactVerifier.layer, Layer.merge(NodeHttpClient.layerUndici, NodeServices.layer))

/** Tests that the pact rejects each fault, and nothing else with it. */
export const testGate = (name: string, { controls, pact, start, wrongs }: Gate) => {
  const verifyWith = Effect.fnUntraced(function* (descriptions: ReadonlyArray<string>, answer: Wrong["answer"]) {
    const baseUrl = yield* start
    const { verify } = yield* PactVerifier
    const http = yield* Effect.map(HttpClient.HttpClient, HttpClient.filterStatusOk)
    const arrange = (change: StateChange) =>
      HttpClientRequest.post(`${baseUrl}/__simulator/provider-states`).pipe(
        HttpClientRequest.bodyJsonUnsafe(change),
        http.execute
      )
    const front = yield* makeFront({ target: Effect.succeed(baseUrl), arrange, answer })
    return yield* verify({ pact: yield* described(pact.committed, descriptions), ...front })
  }, Effect.scoped)

  /** An interaction that the fault leaves as it is. */
  const controlFor = (shows: ReadonlyArray<string>) =>
    controls
      .map(({ uponReceiving }) => uponReceiving)
      .filter((description) => !shows.includes(description))
      .slice(0, 1)

  layer(platform, { excludeTestServices: true })(name, (it) => {
    for (const { answer, shows, wrong } of wrongs) {
      it.effect(wrong, () =>
        Effect.gen(function* () {
          const replayed = [...Object.keys(shows), ...controlFor(Object.keys(shows))]
          const outcomes = yield* verifyWith(replayed, answer)
          assert.sameMembers(
            outcomes.map(({ description }) => description),
            replayed
          )
          const failed = failures(outcomes)
          assert.sameMembers(Object.keys(failed), Object.keys(shows))
          for (const [description, problem] of Object.entries(shows)) {
            assert.match((failed[description] ?? []).join("\n"), problem)
          }
        })
      )
    }
  })
}

/** The answer with a body that is changed as text. */
export const withText = (answer: Incoming, change: (text: string) => string): Incoming => ({
  ...answer,
  body: new TextEncoder().encode(change(new TextDecoder().decode(answer.body)))
})

/** The answer without one of its headers. */
export const without = (answer: Incoming, header: string): Incoming => {
  const { [header]: _, ...headers } = answer.headers
  return { ...answer, headers }
}

/** The same problem in all of these. */
export const inAll = (interactions: ReadonlyArray<Interaction>, problem: RegExp) =>
  Object.fromEntries(interactions.map(({ uponReceiving }) => [uponReceiving, problem]))
