import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { RateLimited, ResourceNotFound } from "../../../src/cxone/CXoneError.ts"
import { Contacts } from "../../../src/cxone/digital/Contacts.ts"
import { permissions } from "../../../src/cxone/digital/permissions.ts"
import { play, playRevoked } from "../support/digital/consumer.ts"
import { change, contact, findActive } from "../support/digital/contacts.ts"
import { example } from "../support/digital/example.ts"

const { awkwardUserId, channelId, contactId, intent, intentField, unknownContactId, userId } = example

const getting = (id = contactId) => Contacts.use(({ get }) => get(id))
const finding = (user = userId) =>
  Contacts.use(({ findActive }) => Effect.map(findActive(user, channelId), (contacts) => contacts.map(({ id }) => id)))

describe("looking a contact up", () => {
  for (const [status, interaction] of Object.entries({ open: contact.open, closed: contact.closed })) {
    it.live(`gives its status: ${status}`, () =>
      Effect.gen(function* () {
        const found = yield* play([interaction], getting())
        assert.deepStrictEqual({ id: found.id, status: found.status }, { id: contactId, status })
      })
    )
  }

  it.live("that does not exist: ResourceNotFound", () =>
    Effect.gen(function* () {
      const error = yield* play([contact.none], Effect.flip(getting(unknownContactId)))
      assert.deepStrictEqual(error, new ResourceNotFound({ operation: "contact" }))
    })
  )

  it.live("with a token that CXone no longer accepts: Unauthorized", () =>
    Effect.gen(function* () {
      const error = yield* playRevoked([contact.unauthorized], Effect.flip(getting()))
      assert(error._tag === "Unauthorized")
      assert.strictEqual(error.operation, "contact")
    })
  )

  it.live("without the permission: PermissionMissing, naming it", () =>
    Effect.gen(function* () {
      const error = yield* play([contact.forbidden], Effect.flip(getting()))
      assert(error._tag === "PermissionMissing")
      assert.deepStrictEqual(error.permissions, [permissions.readContacts])
    })
  )

  it.live("over the rate limit, and without time to wait: RateLimited, with what is left to wait", () =>
    Effect.gen(function* () {
      const error = yield* play([contact.limited], Effect.flip(getting()))
      assert.deepStrictEqual(error, new RateLimited({ operation: "contact", retryAfter: Duration.seconds(30) }))
    })
  )
})

describe("finding a user's active contacts", () => {
  it.live("gives the one that there is", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* play([findActive.one], finding()), [contactId])
    })
  )

  it.live("gives those of all pages", () =>
    Effect.gen(function* () {
      const found = yield* play([findActive.firstPage, findActive.lastPage], finding())
      assert.deepStrictEqual(found, [contactId, "700002"])
    })
  )

  for (const [what, interaction] of [
    ["where there is none", findActive.none],
    ["where the only one is closed", findActive.closed]
  ] as const) {
    it.live(`gives none ${what}`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* play([interaction], finding()), [])
      })
    )
  }

  it.live("asks for the user's id whole, whatever characters it has", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* play([findActive.awkward], finding(awkwardUserId)), [contactId])
    })
  )
})

describe("what is set in a contact", () => {
  const field = (value = intent) => [{ ident: intentField, value }]

  it.live("is taken: the priority", () =>
    play(
      [change.priority],
      Contacts.use(({ setPriority }) => setPriority(contactId, 500))
    )
  )

  for (const [how, interaction] of [
    ["", change.label],
    [", also for later", change.labelAccepted]
  ] as const) {
    it.live(`is taken: custom fields${how}`, () =>
      play(
        [interaction],
        Contacts.use(({ setFields }) => setFields(contactId, field()))
      )
    )
  }

  it.live("is refused: a value that is too long", () =>
    Effect.gen(function* () {
      const error = yield* play(
        [change.labelTooLong],
        Effect.flip(Contacts.use(({ setFields }) => setFields(contactId, field("x".repeat(1025)))))
      )
      assert(error._tag === "UnexpectedResponse")
      assert.deepStrictEqual({ operation: error.operation, status: error.status }, { operation: "label", status: 400 })
    })
  )

  it.live("is taken: the status", () =>
    play(
      [change.close],
      Contacts.use(({ setStatus }) => setStatus(contactId, "closed"))
    )
  )

  it.live("is refused where there is no such contact: ResourceNotFound", () =>
    Effect.gen(function* () {
      const error = yield* play(
        [change.closeNone],
        Effect.flip(Contacts.use(({ setStatus }) => setStatus(unknownContactId, "closed")))
      )
      assert.deepStrictEqual(error, new ResourceNotFound({ operation: "status" }))
    })
  )
})
