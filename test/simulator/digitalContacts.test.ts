import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { TestClock } from "effect/testing"
import {
  digitalAgentId,
  digitalAgentNumber,
  digitalChannelId,
  routingQueueId,
  salesSkillId,
  supportSkillId
} from "../../src/simulator/digital/DigitalOptions.ts"
import { contactStatuses } from "../../src/simulator/digital/DigitalState.ts"
import { dfo, message, ordered, post, put, send, withDigital, write } from "./digitalSupport.ts"

const thread = "cognigy_anna"

/** A token, and a contact that is new. */
const opened = Effect.gen(function* () {
  const { simulator, token } = yield* ordered()
  const number = yield* write(token, "m-1", thread)
  const changed = (path: string, json: Schema.Json) =>
    Effect.map(put(token, `${number}${path}`, json), ({ status, text }) => [status, text] as const)
  const status = (path: string, json: Schema.Json) => Effect.map(changed(path, json), ([status]) => status)
  const contact = Effect.map(simulator.state, ({ contacts }) => contacts[0])
  return { simulator, token, number, changed, status, contact }
})

const Found = Schema.Struct({
  hits: Schema.Int,
  data: Schema.Array(Schema.Struct({ id: Schema.String, status: Schema.String })),
  scrollToken: Schema.optionalKey(Schema.String)
})

const search = Effect.fnUntraced(function* (token: string, query: string) {
  const { body } = yield* send("GET", `${dfo}/contacts?${query}`, { token })
  return yield* Schema.decodeUnknownEffect(Found)(body)
})

const ofAnna = `channel[]=${digitalChannelId}&endUserIdOnExternalPlatform%5B%5D=${thread}`
const active = contactStatuses
  .slice(0, 5)
  .map((status) => `status[]=${status}`)
  .join("&")

describe("routing", () => {
  it.effect.each([200, 202, 204] as const)(
    "goes to a skill, a routing queue and an agent, answered %d without a body",
    (successStatus) =>
      Effect.gen(function* () {
        const { changed, contact } = yield* opened
        const steps = [
          ["/routing-queue", { skillId: Number(salesSkillId) }, { type: "queue", id: salesSkillId }],
          ["/routing-queue", { routingQueueId }, { type: "queue", id: routingQueueId }],
          ["/inbox-assignment", { inboxAssigneeCxoneId: digitalAgentId }, { type: "agent", id: digitalAgentId }],
          ["/routing-queue", { skillId: Number(supportSkillId) }, { type: "queue", id: supportSkillId }],
          ["/inbox-assignment", { inboxAssignee: digitalAgentNumber }, { type: "agent", id: digitalAgentId }]
        ] as const
        for (const [path, json, target] of steps) {
          assert.deepStrictEqual(yield* changed(path, json), [successStatus, ""])
          assert.deepStrictEqual((yield* contact)?.target, target)
        }
        assert.strictEqual((yield* contact)?.routedCount, 5)
      }).pipe(withDigital({ successStatus }))
  )

  it.effect("refuses other bodies", () =>
    Effect.gen(function* () {
      const { contact, status } = yield* opened
      const bodies = [{}, { skillId: "4001" }, { skillId: 0 }, { routingQueueId: 1 }, { skillId: 4001, routingQueueId }]
      for (const json of bodies) assert.strictEqual(yield* status("/routing-queue", json), 422)
      const agents = [{}, { inboxAssignee: "1" }, { inboxAssigneeCxoneId: digitalAgentId, inboxAssignee: 1 }]
      for (const json of agents) assert.strictEqual(yield* status("/inbox-assignment", json), 422)
      assert.strictEqual((yield* contact)?.routedCount, 0)
    }).pipe(withDigital({ invalidStatus: 422 }))
  )

  it.effect.each([400, 404, 422] as const)("to what does not exist is %d", (unknownTarget) =>
    Effect.gen(function* () {
      const { contact, status } = yield* opened
      assert.strictEqual(yield* status("/routing-queue", { skillId: 9 }), unknownTarget)
      assert.strictEqual(yield* status("/routing-queue", { routingQueueId: "gone" }), unknownTarget)
      assert.strictEqual(yield* status("/inbox-assignment", { inboxAssignee: 9 }), unknownTarget)
      assert.strictEqual(yield* status("/inbox-assignment", { inboxAssigneeCxoneId: "nobody" }), unknownTarget)
      assert.isNull((yield* contact)?.target)
    }).pipe(withDigital({ unknownTarget, queues: [{ id: "gone", name: "Gone", isDeleted: true }] }))
  )

  it.effect("goes anywhere with anyTarget", () =>
    Effect.gen(function* () {
      const { contact, status } = yield* opened
      assert.strictEqual(yield* status("/routing-queue", { skillId: 9 }), 204)
      assert.strictEqual(yield* status("/inbox-assignment", { inboxAssignee: 9 }), 204)
      assert.deepStrictEqual((yield* contact)?.target, { type: "agent", id: "9" })
    }).pipe(withDigital({ anyTarget: true }))
  )

  it.effect.each([204, 409] as const)("to where it is already is %d", (alreadyThere) =>
    Effect.gen(function* () {
      const { status } = yield* opened
      const json = { skillId: Number(salesSkillId) }
      assert.strictEqual(yield* status("/routing-queue", json), 204)
      assert.strictEqual(yield* status("/routing-queue", json), alreadyThere)
    }).pipe(withDigital({ alreadyThere }))
  )
})

describe("changes", () => {
  it.effect("set priority, custom fields and status", () =>
    Effect.gen(function* () {
      const { contact, number, simulator, status, token } = yield* opened
      assert.strictEqual(yield* status("", { routingQueuePriority: 1000 }), 204)
      assert.strictEqual(yield* status("", { routingQueuePriority: 1001 }), 400)
      assert.strictEqual(yield* status("", { routingQueuePriority: 1.5 }), 400)
      const email = { ident: "email", value: "a@b.c" }
      assert.strictEqual(yield* status("/custom-fields", [email]), 204)
      assert.strictEqual(yield* status("/custom-fields", [{ ident: "phone", value: "x".repeat(1024) }]), 204)
      assert.deepInclude(yield* contact, {
        priority: 1000,
        customFields: { email: "a@b.c", phone: "x".repeat(1024) }
      })
      assert.strictEqual(yield* status("/status", { status: "gone" }), 400)
      assert.strictEqual(yield* status("/status", { status: "closed" }), 204)
      assert.strictEqual((yield* contact)?.status, "closed")
      const { body } = yield* send("GET", `${dfo}/contacts/${number}`, { token })
      assert.deepInclude(body, { id: number, status: "closed", routingQueuePriority: 1000 })
      assert.deepInclude((yield* simulator.state).counts, { priority: 3, label: 2, status: 2, contact: 1 })
    }).pipe(withDigital())
  )

  it.effect("refuse all fields for one that is unknown, too long or not in its list", () =>
    Effect.gen(function* () {
      const { changed, contact, simulator } = yield* opened
      yield* simulator.setFields([
        { ident: "email", label: "E-mail", type: "text" },
        { ident: "tier", label: "Tier", type: "list", values: ["gold", "silver"] }
      ])
      const email = { ident: "email", value: "a@b.c" }
      const wrong: ReadonlyArray<readonly [Schema.Json, field: string]> = [
        [[email, { ident: "phone", value: "1" }], "1.ident"],
        [[email, { ident: "email", value: "x".repeat(1025) }], "1.value"],
        [[email, { ident: "tier", value: "iron" }], "1.value"],
        [[email, { ident: "tier", value: 1 }], "1.value"],
        [[], ""],
        [{ email: "a@b.c" }, ""]
      ]
      for (const [json, field] of wrong) {
        const [status, text] = yield* changed("/custom-fields", json)
        assert.strictEqual(status, 400)
        assert.include(text, `"field":"${field}"`)
      }
      assert.deepStrictEqual((yield* contact)?.customFields, {})
      assert.strictEqual((yield* changed("/custom-fields", [email, { ident: "tier", value: "gold" }]))[0], 204)
    }).pipe(withDigital())
  )

  it.effect("leave unknown fields out, where the options say so", () =>
    Effect.gen(function* () {
      const { contact, status } = yield* opened
      const fields = [
        { ident: "email", value: "a@b.c" },
        { ident: "shoe", value: "42" }
      ]
      assert.strictEqual(yield* status("/custom-fields", fields), 204)
      assert.deepStrictEqual((yield* contact)?.customFields, { email: "a@b.c" })
    }).pipe(withDigital({ unknownField: "ignored" }))
  )

  const changes: ReadonlyArray<readonly [string, Schema.Json]> = [
    ["/routing-queue", { skillId: 9 }],
    ["/inbox-assignment", { inboxAssigneeCxoneId: digitalAgentId }],
    ["", { routingQueuePriority: 1 }],
    ["/custom-fields", [{ ident: "email", value: "a" }]],
    ["/status", { status: "open" }]
  ]
  it.effect.each([404, 409, 200] as const)("of a closed contact are %d, and have no effect", (closedPut) =>
    Effect.gen(function* () {
      const { contact, number, simulator, status, token } = yield* opened
      assert.isTrue(yield* simulator.closeContact(number))
      assert.isFalse(yield* simulator.closeContact(number))
      const before = yield* contact
      for (const [path, json] of changes) {
        assert.strictEqual(yield* status(path, json), closedPut === 200 ? 202 : closedPut)
      }
      assert.deepStrictEqual(yield* contact, before)
      assert.strictEqual((yield* send("GET", `${dfo}/contacts/${number}`, { token })).status, 200)
      for (const [path, json] of changes) assert.strictEqual((yield* put(token, `17${path}`, json)).status, 404)
      assert.strictEqual((yield* send("GET", `${dfo}/contacts/17`, { token })).status, 404)
    }).pipe(withDigital({ closedPut, successStatus: 202 }))
  )

  it.effect("that the role may not make are 403, and others pass", () =>
    Effect.gen(function* () {
      const { contact, status } = yield* opened
      assert.strictEqual(yield* status("/routing-queue", { skillId: Number(salesSkillId) }), 403)
      assert.strictEqual(yield* status("", { routingQueuePriority: 1 }), 204)
      assert.isNull((yield* contact)?.target)
    }).pipe(withDigital({ denied: ["routeToQueue"] }))
  )

  it.effect("are limited for each contact: a burst, then some in a minute", () =>
    Effect.gen(function* () {
      const { simulator, token } = yield* ordered()
      const number = yield* write(token, "m-1", thread)
      const other = yield* write(token, "m-2", "cognigy_ben")
      const change = (of: string) => put(token, of, { routingQueuePriority: 1 })
      assert.strictEqual((yield* change(number)).status, 204)
      assert.strictEqual((yield* change(number)).status, 204)
      const limited = yield* change(number)
      assert.deepStrictEqual([limited.status, limited.headers["retry-after"]], [429, "30"])
      assert.strictEqual((yield* post(token, message("m-3", thread))).status, 429)
      assert.lengthOf((yield* simulator.state).messages, 2)
      assert.strictEqual((yield* change(other)).status, 204)
      assert.strictEqual((yield* send("GET", `${dfo}/contacts/${number}`, { token })).status, 200)
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual((yield* change(number)).status, 204)
      assert.strictEqual((yield* change(number)).status, 429)
    }).pipe(withDigital({ contactBurst: 2, contactRefill: 2 }))
  )

  it.effect("are limited without a word of when to try again, where the options say so", () =>
    Effect.gen(function* () {
      const { number, token } = yield* opened
      const { headers, status } = yield* put(token, number, { routingQueuePriority: 1 })
      assert.deepStrictEqual([status, headers["retry-after"]], [429, undefined])
    }).pipe(withDigital({ contactBurst: 0, retryAfter: false }))
  )
})

describe("the search", () => {
  it.effect("lags behind new contacts and changes, and shows the status that it knows", () =>
    Effect.gen(function* () {
      const { number, simulator, token } = yield* opened
      const found = Effect.map(search(token, `${ofAnna}&${active}`), ({ data }) => data)
      assert.deepStrictEqual(yield* found, [])
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(
        (yield* found).map(({ id, status }) => [id, status]),
        [[number, "new"]]
      )
      yield* simulator.closeContact(number)
      assert.strictEqual((yield* found)[0]?.status, "new")
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* found, [])
    }).pipe(withDigital({ searchLag: 1000 }))
  )

  it.effect("filters by channel, end user and status, each by any of its values", () =>
    Effect.gen(function* () {
      const { simulator, token } = yield* ordered()
      const add = (authorId: string, status: "new" | "resolved" | "closed", threadId = authorId) =>
        simulator.openContact({ authorId, status, threadId })
      const anna = yield* add(thread, "new")
      const resolved = yield* add(thread, "resolved", "other thread")
      const closed = yield* add(thread, "closed", "third thread")
      const ben = yield* add("cognigy_ben", "new")
      const ids = (query: string) => Effect.map(search(token, query), ({ data }) => data.map(({ id }) => id))
      assert.deepStrictEqual(yield* ids(`${ofAnna}&${active}`), [resolved, anna])
      assert.deepStrictEqual(yield* ids(`${ofAnna}&status[]=closed&status[]=new`), [closed, anna])
      assert.deepStrictEqual(yield* ids(`${ofAnna}&endUserIdOnExternalPlatform[]=cognigy_ben&status[]=new`), [
        ben,
        anna
      ])
      assert.deepStrictEqual(yield* ids(`channel[]=other`), [])
      for (const query of ["thread[]=a", "status[]=gone", "channel=a", "scrollToken=7", "channel[0]=a"]) {
        assert.strictEqual((yield* send("GET", `${dfo}/contacts?${query}`, { token })).status, 400)
      }
    }).pipe(withDigital())
  )

  const pages: ReadonlyArray<readonly [lastScrollToken: boolean, sizes: ReadonlyArray<number>]> = [
    [false, [25, 5]],
    [true, [25, 5, 0]]
  ]
  it.effect.each(pages)("gives 25 a page and a scroll token, on the last page too: %s", ([lastScrollToken, sizes]) =>
    Effect.gen(function* () {
      const { simulator, token } = yield* ordered()
      const added = yield* Effect.forEach(Array.from({ length: 30 }), () => simulator.openContact({ authorId: thread }))
      const found: Array<string> = []
      const seen: Array<number> = []
      let scroll: string | undefined = ""
      while (scroll !== undefined) {
        const { data, hits, scrollToken }: typeof Found.Type = yield* search(token, `${ofAnna}${scroll}`)
        assert.strictEqual(hits, 30)
        found.push(...data.map(({ id }) => id))
        seen.push(data.length)
        scroll = scrollToken === undefined ? undefined : `&scrollToken=${scrollToken}`
      }
      assert.deepStrictEqual(seen, sizes)
      assert.deepStrictEqual(found, added)
    }).pipe(withDigital({ lastScrollToken, searchOrder: "oldest" }))
  )
})
