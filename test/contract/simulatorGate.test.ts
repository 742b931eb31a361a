import { Context, Effect, Layer } from "effect"
import { CXoneSimulator } from "../../src/simulator/CXoneSimulator.ts"
import { directory, findActive, open, token } from "./support/cxoneInteractions.ts"
import type { Incoming } from "./support/front.ts"
import { inAll, testGate, type Wrong, without, withText } from "./support/gate.ts"
import { cxonePact } from "./support/pacts.ts"

const isOpen = (answer: Incoming) => answer.status === 201

const inOpening = (problem: RegExp) => inAll([open.created, open.awkward], problem)

const { unauthorized: _, ...finds } = findActive
const found = Object.values(finds)

const wrongs: ReadonlyArray<Wrong> = [
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

testGate("the pact rejects a CXone that", {
  pact: cxonePact,
  start: Effect.map(Layer.build(CXoneSimulator.layer()), (built) => Context.get(built, CXoneSimulator).baseUrl),
  wrongs,
  controls: [token.granted, directory.whoami]
})
