import { assert, describe, it } from "@effect/vitest"
import { Effect, type Schema } from "effect"
import { TestClock } from "effect/testing"
import { DigitalSimulator } from "../../src/simulator/DigitalSimulator.ts"
import {
  type DigitalSimulatorOptions,
  digitalChannelId,
  salesSkillId,
  supportSkillId
} from "../../src/simulator/digital/DigitalOptions.ts"
import { contactOf, dfo, message, ordered, post, put, send, withDigital, write } from "./digitalSupport.ts"

const thread = "cognigy_anna"

const lookUp = (token: string, id: string, channelId = digitalChannelId) =>
  send("GET", `${dfo}/messages?idOnExternalPlatform%5B%5D=${id}&channel%5B%5D=${channelId}`, { token })

describe("a message", () => {
  it.effect("opens a contact, and the next one into the thread joins it", () =>
    Effect.gen(function* () {
      const { simulator, token } = yield* ordered()
      yield* TestClock.setTime(1_234_567)
      const answer = yield* post(token, message("m-1", thread, { customFields: [{ ident: "email", value: "a@b.c" }] }))
      const number = contactOf(answer)
      assert.match(number, /^\d+$/)
      assert.strictEqual(answer.status, 200)
      assert.deepInclude(answer.body, {
        consumerContact: {
          id: number,
          status: "new",
          createdAt: "1970-01-01T00:20:34+00:00",
          channelId: digitalChannelId,
          threadIdOnExternalPlatform: thread,
          endUserIdOnExternalPlatform: thread,
          routingQueuePriority: null,
          customFields: [{ ident: "email", value: "a@b.c" }]
        }
      })
      assert.strictEqual(yield* write(token, "m-2", thread), number)
      assert.notStrictEqual(yield* write(token, "m-3", "cognigy_ben"), number)
      const { contacts, messages } = yield* simulator.state
      assert.deepInclude(contacts[0], { number, authorName: "Anna Meier", target: null, createdAt: 1_234_567 })
      assert.deepStrictEqual(
        messages.map(({ contactNumber, id, text }) => [id, contactNumber === number, text]),
        [
          ["m-1", true, "I need help"],
          ["m-2", true, "I need help"],
          ["m-3", false, "I need help"]
        ]
      )
    }).pipe(withDigital())
  )

  it.effect.each(["closed", "trashed"] as const)("opens another contact after one that is %s", (status) =>
    Effect.gen(function* () {
      const { simulator, token } = yield* ordered()
      const first = yield* write(token, "m-1", thread)
      yield* simulator.setContactStatus(first, status)
      assert.notStrictEqual(yield* write(token, "m-2", thread), first)
    }).pipe(withDigital())
  )

  it.effect.each([true, false])("joins a contact that is resolved, or not: %s", (resolvedJoins) =>
    Effect.gen(function* () {
      const { simulator, token } = yield* ordered()
      const first = yield* write(token, "m-1", thread)
      yield* simulator.setContactStatus(first, "resolved")
      assert.strictEqual((yield* write(token, "m-2", thread)) === first, resolvedJoins)
      assert.deepStrictEqual(
        (yield* simulator.state).contacts.map(({ status }) => status),
        resolvedJoins ? ["open"] : ["resolved", "new"]
      )
    }).pipe(withDigital({ resolvedJoins }))
  )

  const repeated: ReadonlyArray<
    readonly [NonNullable<DigitalSimulatorOptions["repeatedMessage"]>, status: number, messages: number]
  > = [
    ["same", 200, 1],
    [409, 409, 1],
    [422, 422, 1],
    ["second", 200, 2]
  ]
  for (const [repeatedMessage, status, count] of repeated) {
    it.effect(`that comes again is answered as the options say: ${repeatedMessage}`, () =>
      Effect.gen(function* () {
        const { simulator, token } = yield* ordered()
        const number = yield* write(token, "m-1", thread)
        const again = yield* post(token, message("m-1", thread))
        assert.strictEqual(again.status, status)
        if (status === 200) assert.strictEqual(contactOf(again), number)
        const { contacts, messages } = yield* simulator.state
        assert.deepStrictEqual([contacts.length, messages.length], [1, count])
        assert.strictEqual((yield* post(token, message("m-1", thread), "other")).status, 404)
      }).pipe(withDigital({ repeatedMessage }))
    )
  }

  const plain = message("m-1", thread)
  const wrong: ReadonlyArray<readonly [what: string, json: Schema.JsonObject, field: string]> = [
    ["an unknown member", { ...plain, extra: 1 }, "extra"],
    ["no id", { ...plain, idOnExternalPlatform: "" }, "idOnExternalPlatform"],
    ["another direction", { ...plain, direction: "outbound" }, "direction"],
    ["a date without milliseconds", { ...plain, createdAtWithMilliseconds: "2026-02-03T04:05:06Z" }, "createdAt"],
    ["a date that is none", { ...plain, createdAtWithMilliseconds: "2026-13-03T04:05:06.000Z" }, "createdAt"],
    ["a date as a number", { ...plain, createdAtWithMilliseconds: 1 }, "createdAt"],
    ["no thread", { ...plain, thread: {} }, "thread.idOnExternalPlatform"],
    ["an empty text", { ...plain, messageContent: { type: "TEXT", payload: { text: "" } } }, "messageContent.payload"],
    ["another type", { ...plain, messageContent: { type: "HTML", payload: { text: "a" } } }, "messageContent.type"],
    ["no author", { ...plain, authorEndUserIdentity: { firstName: "A" } }, "authorEndUserIdentity.idOnExternal"],
    ["a skill as text", { ...plain, contact: { skillId: "4001" } }, "contact.skillId"],
    ["fields by name", { ...plain, contact: { customFields: { email: "a" } } }, "contact.customFields"],
    [
      "an unknown field",
      message("m", thread, { customFields: [{ ident: "shoe", value: "1" }] }),
      "contact.customFields.0"
    ]
  ]
  it.effect.each(wrong)("with %s is refused, and nothing is opened", ([, json, field]) =>
    Effect.gen(function* () {
      const { simulator, token } = yield* ordered()
      const { body, status } = yield* post(token, json)
      assert.strictEqual(status, 400)
      const { errors, uid } = body as { errors: ReadonlyArray<{ field?: string; message: string }>; uid: string }
      assert.isTrue(errors[0]?.field?.startsWith(field), JSON.stringify(errors))
      assert.isNotEmpty(uid)
      assert.deepStrictEqual((yield* simulator.state).contacts, [])
    }).pipe(withDigital())
  )

  it.effect("is taken as large as a transcript may be", () =>
    Effect.gen(function* () {
      const { token } = yield* ordered()
      const sized = (characters: number) => ({
        ...plain,
        messageContent: { type: "TEXT", payload: { text: "x".repeat(characters) } }
      })
      assert.strictEqual((yield* post(token, sized(200 * 1024))).status, 200)
      assert.strictEqual((yield* post(token, sized(256 * 1024))).status, 413)
    }).pipe(withDigital())
  )

  it.effect("queues the contact at its skill only where that is taken", () =>
    Effect.gen(function* () {
      const target = Effect.gen(function* () {
        const { simulator, token } = yield* ordered()
        yield* write(token, "m-1", thread, { skillId: Number(salesSkillId) })
        const unknown = yield* post(token, message("m-2", "cognigy_ben", { skillId: 9 }))
        return [(yield* simulator.state).contacts[0]?.target, unknown.status] as const
      })
      assert.deepStrictEqual(yield* target.pipe(withDigital()), [null, 200])
      assert.deepStrictEqual(yield* target.pipe(withDigital({ skillIdTaken: true, unknownTarget: 422 })), [
        { type: "queue", id: salesSkillId },
        422
      ])
    })
  )

  it.effect("has the status of the options, and times of CXone's own clock", () =>
    Effect.gen(function* () {
      const { token } = yield* ordered()
      yield* TestClock.setTime(10_000)
      const { body, headers, status } = yield* post(token, plain)
      assert.strictEqual(status, 201)
      assert.include(JSON.stringify(body), '"createdAt":"1970-01-01T00:00:07.500Z"')
      assert.strictEqual(headers.date, "Thu, 01 Jan 1970 00:00:07 GMT")
    }).pipe(withDigital({ messageStatus: 201, createdAt: "milliseconds", clockSkew: -2500 }))
  )
})

describe("a message's id", () => {
  it.effect("finds its contact once the look-up has caught up, on its channel alone", () =>
    Effect.gen(function* () {
      const { token } = yield* ordered()
      const number = yield* write(token, "m-1", thread)
      assert.deepStrictEqual((yield* lookUp(token, "m-1")).body, { hits: 0, data: [] })
      yield* TestClock.adjust("500 millis")
      assert.deepStrictEqual((yield* lookUp(token, "m-1")).body, {
        hits: 1,
        data: [{ idOnExternalPlatform: "m-1", contactNumber: number, threadIdOnExternalPlatform: thread }]
      })
      assert.deepInclude((yield* lookUp(token, "m-1", "other")).body, { hits: 0 })
      assert.strictEqual((yield* send("GET", `${dfo}/messages?idOnExternalPlatform=m-1`, { token })).status, 400)
    }).pipe(withDigital({ messageLag: 500 }))
  )
})

describe("the channel's script", () => {
  const queue = (token: string, number: string) => put(token, `${number}/routing-queue`, { skillId: +salesSkillId })

  it.effect("puts a new contact into its skill after a while, wherever it is then, and only once", () =>
    Effect.gen(function* () {
      const { simulator, token } = yield* ordered()
      const number = yield* write(token, "m-1", thread)
      yield* queue(token, number)
      assert.deepInclude((yield* simulator.state).contacts[0], { target: { type: "queue", id: salesSkillId } })
      yield* TestClock.adjust("300 millis")
      assert.deepInclude((yield* simulator.state).contacts[0], {
        target: { type: "queue", id: supportSkillId },
        requeuedCount: 1,
        routedCount: 1
      })
      yield* write(token, "m-2", thread)
      yield* TestClock.adjust("300 millis")
      assert.strictEqual((yield* simulator.state).contacts[0]?.requeuedCount, 1)
    }).pipe(withDigital({ script: { afterMillis: 300 } }))
  )

  it.effect("is there before the answer, or comes too late for a contact that is closed", () =>
    Effect.gen(function* () {
      const targetOf = (status: "new" | "closed") =>
        Effect.gen(function* () {
          const { simulator, token } = yield* ordered()
          yield* simulator.setContactStatus(yield* write(token, "m-1", thread), status)
          yield* TestClock.adjust("300 millis")
          return (yield* simulator.state).contacts[0]?.target?.id
        })
      const skillId = "4711"
      assert.strictEqual(yield* targetOf("new").pipe(withDigital({ script: { afterMillis: 0, skillId } })), skillId)
      assert.isUndefined(yield* targetOf("closed").pipe(withDigital({ script: { afterMillis: 300, skillId } })))
    })
  )
})

describe("typing and channels", () => {
  it.effect("takes typing of threads that are there", () =>
    Effect.gen(function* () {
      const { token } = yield* ordered()
      yield* write(token, "m-1", "cognigy_a/b %2F")
      const typing = (of: string, action: string) =>
        Effect.map(
          send("POST", `${dfo}/channels/${digitalChannelId}/threads/${encodeURIComponent(of)}/sender-actions`, {
            token,
            json: { action }
          }),
          ({ status }) => status
        )
      assert.strictEqual(yield* typing("cognigy_a/b %2F", "isTypingOn"), 202)
      assert.strictEqual(yield* typing("cognigy_a/b %2F", "isTypingOff"), 202)
      assert.strictEqual(yield* typing("cognigy_a/b %2F", "typing"), 400)
      assert.strictEqual(yield* typing("cognigy_nobody", "isTypingOn"), 404)
    }).pipe(withDigital({ successStatus: 202 }))
  )

  it.effect("lists the channels that are there, and leaves the others out", () =>
    Effect.gen(function* () {
      const { token } = yield* ordered()
      const list = (...ids: ReadonlyArray<string>) =>
        Effect.map(
          send("GET", `${dfo}/channels?${ids.map((id) => `id[]=${id}`).join("&")}`, { token }),
          ({ body }) => body
        )
      assert.deepStrictEqual(yield* list("none"), [])
      assert.deepStrictEqual(yield* list("none", "chat"), [
        { id: "chat", name: "Chat", isLiveChat: true, hasMultipleThreadsPerEndUser: false }
      ])
      assert.strictEqual((yield* send("GET", `${dfo}/channels`, { token })).status, 400)
    }).pipe(
      withDigital({
        channels: [{ id: "chat", name: "Chat", isLiveChat: true, hasMultipleThreadsPerEndUser: false }]
      })
    )
  )
})

describe("the simulator", () => {
  it.effect("demands a token for all of the API, and knows no other paths", () =>
    Effect.gen(function* () {
      const { baseUrl, issueToken } = yield* DigitalSimulator
      assert.strictEqual(baseUrl, "http://cxone.simulated")
      for (const path of [`${dfo}/contacts`, "/incontactapi/services/v30.0/skills/1", "/user-management/v3/users/1"]) {
        const answer = yield* send("GET", path)
        assert.deepStrictEqual([answer.status, answer.headers["www-authenticate"]], [401, "Bearer"])
      }
      const token = yield* issueToken
      assert.strictEqual((yield* send("GET", "/dfo/2.0/contacts", { token })).status, 404)
      const answer = yield* send("POST", `${dfo}/contacts`, { token, json: {} })
      assert.deepStrictEqual([answer.status, answer.headers.allow], [405, "GET"])
    }).pipe(withDigital())
  )
})
