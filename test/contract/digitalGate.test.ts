import { Context, Effect, Layer } from "effect"
import { DigitalSimulator } from "../../src/simulator/DigitalSimulator.ts"
import { change, contact, findActive } from "./support/digital/contacts.ts"
import { discovery, token } from "./support/digital/issuer.ts"
import { message, post } from "./support/digital/messages.ts"
import { toQueue, toSkill } from "./support/digital/routing.ts"
import { channel, directory, fields } from "./support/digital/tenant.ts"
import { inAll, testGate, type Wrong, without, withText } from "./support/gate.ts"
import { digitalPact } from "./support/pacts.ts"

/** Changes the text of every answer. */
const saying =
  (from: string | RegExp, to: string): Wrong["answer"] =>
  (answer) =>
    withText(answer, (text) => text.replaceAll(from, to))

/** Answers one status with another. */
const answering =
  (from: number, to: number): Wrong["answer"] =>
  (answer) =>
    answer.status === from ? { ...answer, status: to } : answer

const opening = [post.opens, post.opensForAnyone, post.opensAwkward, post.opensWithNote, post.afterClosed]

const wrongs: ReadonlyArray<Wrong> = [
  {
    wrong: "calls the contact of a message otherwise",
    answer: saying('"consumerContact"', '"contact"'),
    shows: inAll([...opening, post.joins], /consumerContact/)
  },
  {
    wrong: "gives a contact an id that is no number",
    answer: saying(/"id":"(\d+)"/g, '"id":"c-$1"'),
    shows: inAll([...opening, post.joins, contact.open, findActive.one, findActive.firstPage], /id/)
  },
  {
    wrong: "does not say when a contact was opened",
    answer: saying('"createdAt"', '"created"'),
    shows: { [post.joins.uponReceiving]: /createdAt/ }
  },
  {
    wrong: "says in words when a contact was opened",
    answer: saying(/"createdAt":"[^"]*"/g, '"createdAt":"yesterday"'),
    shows: { [post.joins.uponReceiving]: /createdAt/ }
  },
  {
    wrong: "takes a value that is too long",
    answer: answering(400, 200),
    shows: inAll([post.tooLong, post.tooLongAsInvalid, change.labelTooLong], /\b200\b/)
  },
  {
    wrong: "has errors of another form",
    answer: saying('"errors"', '"error"'),
    shows: inAll([post.tooLong, post.tooLongAsInvalid], /errors/)
  },
  {
    wrong: "fails to route to a skill",
    answer: (answer, { body, path }) =>
      path.endsWith("/routing-queue") && new TextDecoder().decode(body).includes("skillId") && answer.status < 300
        ? { ...answer, status: 500 }
        : answer,
    shows: inAll([toSkill.accepted, toSkill.already], /500/)
  },
  {
    wrong: "takes what does not exist",
    answer: (answer, { path }) =>
      path.endsWith("/routing-queue") && answer.status === 404 ? { ...answer, status: 204 } : answer,
    shows: inAll([toSkill.unknown, toSkill.unknownAsBad, toQueue.unknown], /204/)
  },
  {
    wrong: "lists messages under another name",
    answer: saying('"data"', '"items"'),
    shows: inAll([message.found, message.none, findActive.none, directory.queue], /data/)
  },
  {
    wrong: "does not name the contact of a message that it lists",
    answer: saying('"contactNumber"', '"contactId"'),
    shows: { [message.found.uponReceiving]: /contactNumber/ }
  },
  {
    wrong: "lists closed contacts too",
    answer: saying('"data":[]', '"data":[{"id":"1"}]'),
    shows: inAll([message.none, findActive.none, findActive.closed, directory.noQueue], /data/)
  },
  {
    wrong: "does not say that a search goes on",
    answer: saying('"scrollToken"', '"next"'),
    shows: { [findActive.firstPage.uponReceiving]: /scrollToken/ }
  },
  {
    wrong: "says open of a closed contact",
    answer: saying('"closed"', '"open"'),
    shows: { [contact.closed.uponReceiving]: /status/ }
  },
  {
    wrong: "answers 400 to what is 403",
    answer: answering(403, 400),
    shows: inAll([post.forbidden, contact.forbidden, channel.forbidden, toSkill.forbidden], /403.*400/)
  },
  {
    wrong: "takes a revoked token",
    answer: answering(401, 200),
    shows: inAll([post.unauthorized, contact.unauthorized, channel.unauthorized, token.wrongClient], /200/)
  },
  {
    wrong: "does not say when to try again",
    answer: (answer) => without(answer, "retry-after"),
    shows: inAll([post.limited, contact.limited, toSkill.limited], /Retry-After/i)
  },
  {
    wrong: "calls a wrong access key a wrong client",
    answer: saying('"invalid_grant"', '"invalid_client"'),
    shows: inAll([token.wrongKey, token.wrongKeyAsBad], /error/)
  },
  {
    wrong: "gives no token that names the tenant",
    answer: saying('"id_token"', '"idToken"'),
    shows: { [token.granted.uponReceiving]: /id_token/ }
  },
  {
    wrong: "tells the API's start under another name",
    answer: saying('"api_endpoint"', '"apiEndpoint"'),
    shows: { [discovery.found.uponReceiving]: /api_endpoint/ }
  },
  {
    wrong: "wraps the lists of channels and fields",
    answer: (answer) => withText(answer, (text) => (text.startsWith("[") ? `{"data":${text}}` : text)),
    shows: inAll([channel.found, channel.none, fields.defined], /./)
  }
]

testGate("the pact rejects a CXone with the Digital Engagement API that", {
  pact: digitalPact,
  start: Effect.map(Layer.build(DigitalSimulator.layer()), (built) => Context.get(built, DigitalSimulator).baseUrl),
  wrongs,
  controls: [token.granted, directory.skill]
})
