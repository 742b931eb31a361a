import { assert, describe, it } from "@effect/vitest"
import { Effect, type Schema } from "effect"
import { CXoneSimulator } from "../../src/simulator/CXoneSimulator.ts"
import { chats, findActive, issueToken, open, opening, type Sending, send, withSimulator } from "./support.ts"

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const user = "cognigy_user"

const openedId = (body: Schema.Json): string => String((body as Record<string, unknown>).id)

describe("open", () => {
  it.effect("opens one conversation per user, and again after it ended", () =>
    Effect.gen(function* () {
      const simulator = yield* CXoneSimulator
      const token = yield* issueToken
      const first = yield* open(token, user)
      assert.strictEqual(first.status, 201)
      assert.match(openedId(first.body), uuid)
      const second = yield* open(token, user)
      assert.strictEqual(second.status, 409)
      assert.include(second.body, { code: "conversation.active", status: 409 })
      assert.strictEqual((yield* open(token, "cognigy_other")).status, 201)
      assert.isTrue(yield* simulator.endConversation(openedId(first.body)))
      assert.strictEqual((yield* open(token, user)).status, 201)
      assert.deepStrictEqual(
        (yield* simulator.state).conversations.map(({ labels, status, userId }) => ({ labels, status, userId })),
        [
          { labels: { source: "cognigy" }, status: "ENDED", userId: user },
          { labels: { source: "cognigy" }, status: "ACTIVE", userId: "cognigy_other" },
          { labels: { source: "cognigy" }, status: "ACTIVE", userId: user }
        ]
      )
    }).pipe(withSimulator())
  )

  it.effect("lets exactly one of 100 simultaneous calls through", () =>
    Effect.gen(function* () {
      const token = yield* issueToken
      const answers = yield* Effect.all(
        Array.from({ length: 100 }, () => open(token, user)),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(answers.filter(({ status }) => status === 201).length, 1)
      assert.strictEqual(answers.filter(({ status }) => status === 409).length, 99)
    }).pipe(withSimulator())
  )

  const refused: ReadonlyArray<Sending & { readonly what: string }> = [
    { what: "no body" },
    { what: "malformed JSON", text: '{"userId":', contentType: "application/json" },
    { what: "JSON that is not an object", json: [opening(user)] },
    { what: "another content type", text: JSON.stringify(opening(user)), contentType: "text/plain" },
    { what: "a user id without the prefix", json: opening("user") },
    { what: "a prefix without a user id", json: opening("cognigy_") },
    { what: "a user id that is not a string", json: { ...opening(user), userId: 7 } },
    { what: "another name", json: { ...opening(user), name: "Webchat" } },
    { what: "no labels", json: { userId: user, name: "Webchat from Cognigy" } },
    { what: "another source", json: { ...opening(user), labels: { source: "web" } } },
    { what: "a further label", json: { ...opening(user), labels: { source: "cognigy", more: "x" } } },
    { what: "a further member", json: { ...opening(user), more: "x" } }
  ]

  it.effect.each(refused)("refuses $what", ({ what: _, ...sending }) =>
    Effect.gen(function* () {
      const answer = yield* send("POST", chats, { ...sending, token: yield* issueToken })
      assert.strictEqual(answer.status, 400)
      assert.include(answer.body, { code: "bad.request", status: 400 })
      assert.deepStrictEqual((yield* (yield* CXoneSimulator).state).conversations, [])
    }).pipe(withSimulator())
  )

  it.effect("names each error of a body and its path", () =>
    Effect.gen(function* () {
      const json = { userId: user, name: "Webchat", labels: { source: "cognigy", more: "x" } }
      const { text } = yield* send("POST", chats, { token: yield* issueToken, json })
      assert.include(text, 'Expected \\"Webchat from Cognigy\\"')
      assert.include(text, '[\\"labels\\"][\\"more\\"]')
    }).pipe(withSimulator())
  )

  it.effect("accepts JSON with parameters on its content type, up to 64 KiB", () =>
    Effect.gen(function* () {
      const token = yield* issueToken
      const contentType = "application/json; charset=utf-8"
      const text = JSON.stringify(opening(user))
      const most = text.padEnd(64 * 1024)
      assert.strictEqual((yield* send("POST", chats, { token, contentType, text: most })).status, 201)
      const larger = yield* send("POST", chats, { token, contentType, text: `${most} ` })
      assert.strictEqual(larger.status, 413)
      assert.include(larger.body, { code: "request.too.large", status: 413 })
    }).pipe(withSimulator())
  )
})

describe("find active", () => {
  it.effect.each(["_", "/", "%", "%2F", "+", "two words", "ünï-日本-😀", "a&status=ENDED", "__a__", "?#;,'\""])(
    "finds the user %j and no other",
    (name) =>
      Effect.gen(function* () {
        const token = yield* issueToken
        const userId = `cognigy_${name}`
        const id = openedId((yield* open(token, userId)).body)
        yield* open(token, `${userId}_`)
        const byForm = yield* findActive(token, userId)
        assert.strictEqual(byForm.status, 200)
        const byComponent = yield* send("GET", `${chats}?userId=${encodeURIComponent(userId)}&status=ACTIVE`, { token })
        for (const { body } of [byForm, byComponent]) {
          const { items } = body as { readonly items: ReadonlyArray<{ readonly id: string }> }
          assert.deepStrictEqual(
            items.map((item) => item.id),
            [id]
          )
        }
      }).pipe(withSimulator())
  )

  it.effect("finds nothing when nothing is active", () =>
    Effect.gen(function* () {
      const simulator = yield* CXoneSimulator
      const token = yield* issueToken
      yield* simulator.endConversation(yield* simulator.openConversation({ userId: user }))
      const answer = yield* findActive(token, user)
      assert.strictEqual(answer.status, 200)
      assert.deepInclude(answer.body, { items: [] })
    }).pipe(withSimulator())
  )

  it.effect.each([
    "",
    "?userId=cognigy_a",
    "?status=ACTIVE",
    "?userId=cognigy_a&status=active",
    "?userId=cognigy_a&status=ENDED",
    "?userId=&status=ACTIVE",
    "?userId=a&status=ACTIVE",
    "?userId=cognigy_a&status=ACTIVE&page=1",
    "?userId=cognigy_a&userId=cognigy_b&status=ACTIVE",
    "?userId=cognigy_%&status=ACTIVE",
    "?userId=cognigy_%FF&status=ACTIVE"
  ])("refuses the query %j", (query) =>
    Effect.gen(function* () {
      const answer = yield* send("GET", `${chats}${query}`, { token: yield* issueToken })
      assert.strictEqual(answer.status, 400)
      assert.include(answer.body, { code: "bad.request", status: 400 })
    }).pipe(withSimulator())
  )
})
