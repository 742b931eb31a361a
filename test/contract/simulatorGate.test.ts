import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { CXoneSimulator } from "../../src/simulator/CXoneSimulator.ts"
import { directory, findActive, open, token } from "./support/cxoneInteractions.ts"
import { type FrontOptions, type Incoming, makeFront, type StateChange } from "./support/front.ts"
import type { Interaction } from "./support/mock.ts"
import { failures, PactVerifier } from "./support/PactVerifier.ts"
import { cxonePact } from "./support/pacts.ts"
import { described } from "./support/partOf.ts"

const platform = Layer.provideMerge(PactVerifier.layer, Layer.merge(NodeHttpClient.layerUndici, NodeServices.layer))

/** Replays interactions against a simulator whose answers are changed on their way. */
const verifyWith = Effect.fnUntraced(function* (
  descriptions: ReadonlyArray<string>,
  answer: NonNullable<FrontOptions["answer"]>
) {
  const { baseUrl } = yield* CXoneSimulator
  const { verify } = yield* PactVerifier
  const http = yield* Effect.map(HttpClient.HttpClient, HttpClient.filterStatusOk)
  const arrange = (change: StateChange) =>
    HttpClientRequest.post(`${baseUrl}/__simulator/provider-states`).pipe(
      HttpClientRequest.bodyJsonUnsafe(change),
      http.execute
    )
  const front = yield* makeFront({ target: Effect.succeed(baseUrl), arrange, answer })
  return yield* verify({ pact: yield* described(cxonePact.committed, descriptions), ...front })
}, Effect.provide(CXoneSimulator.layer()))

const withText = (answer: Incoming, change: (text: string) => string): Incoming => ({
  ...answer,
  body: new TextEncoder().encode(change(new TextDecoder().decode(answer.body)))
})

const isOpen = (answer: Incoming) => answer.status === 201

const without = (answer: Incoming, header: string): Incoming => {
  const { [header]: _, ...headers } = answer.headers
  return { ...answer, headers }
}

const inAll = (interactions: ReadonlyArray<Interaction>, problem: RegExp) =>
  Object.fromEntries(interactions.map(({ uponReceiving }) => [uponReceiving, problem]))

const inOpening = (problem: RegExp) => inAll([open.created, open.awkward], problem)

const { unauthorized: _, ...finds } = findActive
const found = Object.values(finds)

/** Faults of a CXone: the interactions that show each, with the problem that each reports. */
const wrongs: ReadonlyArray<{
  readonly wrong: string
  readonly answer: (answer: Incoming) => Incoming
  readonly shows: Readonly<Record<string, RegExp>>
}> = [
  {
    wrong: "calls a conversation's id otherwise",
    answer: (answer) =>
      isOpen(answer) ? withText(answer, (text) => text.replace('"id"', '"conversationId"')) : answer,
    shows: inOpening(/id/)
  },
  {
    wrong: "gives a conversation's id as a number",
    answer: (answer) => (isOpen(answer) ? withText(answer, (text) => text.replace(/"id":"[^"]*"/, '"id":7')) : answer),
    shows: inOpening(/\$\.id: .*String/)
  },
  {
    wrong: "answers 200 where it opened a conversation",
    answer: (answer) => (isOpen(answer) ? { ...answer, status: 200 } : answer),
    shows: inOpening(/expected 201 but was 200/)
  },
  {
    wrong: "answers 400 to what is 403",
    answer: (answer) => (answer.status === 403 ? { ...answer, status: 400 } : answer),
    shows: { [open.forbidden.uponReceiving]: /expected 403 but was 400/ }
  },
  {
    wrong: "does not say when to try again",
    answer: (answer) => without(answer, "retry-after"),
    shows: { [open.limited.uponReceiving]: /Retry-After/i }
  },
  {
    wrong: "says in words when to try again",
    answer: (answer) => (answer.status === 429 ? { ...answer, headers: { "retry-after": "soon" } } : answer),
    shows: { [open.limited.uponReceiving]: /Retry-After/i }
  },
  {
    wrong: "calls the lifetime of a token otherwise",
    answer: (answer) => withText(answer, (text) => text.replace("expires_in", "expiresIn")),
    shows: { [token.granted.uponReceiving]: /expires_in/ }
  },
  {
    wrong: "lists the conversations of everyone",
    answer: (answer) => withText(answer, (text) => text.replace('"items":[]', '"items":[{"id":"of-somebody-else"}]')),
    shows: inAll([findActive.none, findActive.ended], /items/)
  },
  {
    wrong: "lists conversations under another name",
    answer: (answer) => withText(answer, (text) => text.replace('"items"', '"entities"')),
    shows: inAll(found, /items/)
  }
]

/** An interaction that the fault leaves as it is. */
const controlFor = (shows: ReadonlyArray<string>) =>
  [token.granted, directory.whoami]
    .map(({ uponReceiving }) => uponReceiving)
    .filter((description) => !shows.includes(description))
    .slice(0, 1)

layer(platform, { excludeTestServices: true })("the pact rejects a CXone that", (it) => {
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
