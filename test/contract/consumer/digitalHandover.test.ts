import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Target } from "../../../src/domain/Target.ts"
import { Handover } from "../../../src/handover/Handover.ts"
import { withoutId } from "../../support/handedOver.ts"
import { nothingElse } from "../../support/request.ts"
import { playHandover } from "../support/digital/consumer.ts"
import { change, contact, findActive } from "../support/digital/contacts.ts"
import { example } from "../support/digital/example.ts"
import { message, post } from "../support/digital/messages.ts"
import { toAgent, toQueue, toSkill } from "../support/digital/routing.ts"
import { fields } from "../support/digital/tenant.ts"
import * as texts from "../support/digital/texts.ts"

const { agentId, awkwardUserId, contactId, intent, queueId, skillId } = example

const skill: Target = { type: "queue", id: skillId }
const queue: Target = { type: "queue", id: queueId }
const agent: Target = { type: "agent", id: agentId }

const asked = { ...nothingElse, userId: "anna", intent, text: texts.plain.text, inputId: "input-1" }

const handing = (request: Parameters<Handover["Service"]["handle"]>[0]) => Handover.use(({ handle }) => handle(request))

const to = (target: Target, reused: boolean) => ({ conversationId: contactId, target, rule: "rule-7", reused })

// Custom fields are sent when the layers close, at the latest; the mock server misses them otherwise.
describe("what a handover sends is what CXone takes", () => {
  it.live("a new user's: message, route to the skill, look, custom fields", () =>
    Effect.gen(function* () {
      const handedOver = yield* playHandover(skill)(
        [fields.defined, message.none, post.opens, toSkill.accepted, contact.open, change.label],
        handing(asked)
      )
      assert.deepStrictEqual(withoutId(handedOver), to(skill, false))
    })
  )

  it.live("a new user's, whose id reaches CXone whole whatever characters it has", () =>
    Effect.gen(function* () {
      const handedOver = yield* playHandover(skill)(
        [fields.defined, message.noneAwkward, post.opensAwkward, toSkill.accepted, contact.open, change.label],
        handing({ ...asked, userId: awkwardUserId.replace("cognigy_", "") })
      )
      assert.deepStrictEqual(withoutId(handedOver), to(skill, false))
    })
  )

  it.live("a new user's: message, route to the agent, look, custom fields", () =>
    Effect.gen(function* () {
      const handedOver = yield* playHandover(agent)(
        [fields.defined, message.noneForAnyone, post.opensForAnyone, toAgent.accepted, contact.open, change.label],
        handing({ ...asked, inputId: "input-2" })
      )
      assert.deepStrictEqual(withoutId(handedOver), to(agent, false))
    })
  )

  it.live("a note with what was said, then the user's words: route to the routing queue, look, custom fields", () =>
    Effect.gen(function* () {
      const handedOver = yield* playHandover(queue)(
        [
          fields.defined,
          message.noNote,
          post.opensWithNote,
          message.noneAfterNote,
          post.joins,
          toQueue.accepted,
          contact.open,
          change.label
        ],
        handing({
          ...asked,
          inputId: "input-3",
          summary: "She wants a boat.",
          transcript: {
            entries: [
              { role: "bot", text: "How can I help?" },
              { role: "user", text: "I want to buy a boat" }
            ],
            omitted: 0
          },
          customer: { name: "Anna Maria Berg" }
        })
      )
      assert.deepStrictEqual(withoutId(handedOver), to(queue, true))
    })
  )

  it.live("a message that came before: route its contact", () =>
    Effect.gen(function* () {
      const handedOver = yield* playHandover(skill)(
        [fields.defined, message.found, contact.open, toSkill.accepted, change.label],
        handing(asked)
      )
      assert.deepStrictEqual(withoutId(handedOver), to(skill, false))
    })
  )

  it.live("a contact that is named: look, route to the agent, look, custom fields", () =>
    Effect.gen(function* () {
      const handedOver = yield* playHandover(agent)(
        [fields.defined, contact.open, toAgent.accepted, change.label],
        handing({ ...asked, contactId })
      )
      assert.deepStrictEqual(withoutId(handedOver), to(agent, true))
    })
  )

  it.live("a contact that is named and closed: NoActiveConversation", () =>
    Effect.gen(function* () {
      const error = yield* playHandover(agent)(
        [fields.defined, contact.closed],
        Effect.flip(handing({ ...asked, contactId }))
      )
      assert(error._tag === "HandoverFailed")
      assert.strictEqual(error.reason._tag, "NoActiveConversation")
    })
  )

  it.live("a contact that is found: look, route to the skill, look, custom fields", () =>
    Effect.gen(function* () {
      const handedOver = yield* playHandover(skill, { contact: "find" })(
        [fields.defined, findActive.one, findActive.bare, contact.open, toSkill.accepted, change.label],
        handing(asked)
      )
      assert.deepStrictEqual(withoutId(handedOver), to(skill, true))
    })
  )
})
