/** Transcripts in payloads: the forms that are understood, and the bounds of what is kept. */
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Schema } from "effect"
import { toHandoverRequest } from "../../src/cognigy/payload/toHandoverRequest.ts"
import { MAX_BYTES, MAX_ENTRIES } from "../../src/cognigy/payload/transcript.ts"
import type { Entry } from "../../src/domain/Transcript.ts"
import { whole } from "../support/arbitrary.ts"

const decode = (transcript: unknown) =>
  Effect.map(
    toHandoverRequest(JSON.parse(JSON.stringify({ intent: "i", userId: "u", transcript }))),
    ({ transcript }) => transcript
  )

const refusal = (transcript: unknown) => Effect.map(Effect.flip(decode(transcript)), ({ detail }) => detail)

const kept = (transcript: unknown) => Effect.map(decode(transcript), (transcript) => transcript?.entries ?? [])

const user = (text: string): Entry => ({ role: "user", text })

const hello = user("Hello")

describe("a transcript", () => {
  it.effect("is a list of who said what, and when", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* decode([
          { role: "user", text: "Hello", at: "2026-11-30T14:29:05Z" },
          { role: "bot", text: "Hi!\nWhat is it?", at: null },
          { role: "agent", text: " 🙏 " }
        ]),
        {
          entries: [
            { role: "user", text: "Hello", at: "2026-11-30T14:29:05.000Z" },
            { role: "bot", text: "Hi!\nWhat is it?" },
            { role: "agent", text: " 🙏 " }
          ],
          omitted: 0
        }
      )
    })
  )

  it.effect("may be what Cognigy's Get Transcript node stores", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* decode([
          { role: "system", type: "prompt", payload: { text: "You are a bot." } },
          { role: "user", type: "input", source: "user", payload: { text: "Hello" } },
          { role: "assistant", type: "output", source: "assistant", payload: { text: "Hi!" } },
          { role: "assistant", type: "toolCall", payload: { name: "lookUp", input: { order: 7 } } },
          { role: "tool", type: "toolAnswer", payload: { toolCallId: "1", content: "open" } },
          { role: "agent", type: "output", payload: { text: "Anna here." } }
        ]),
        {
          entries: [
            { role: "user", text: "Hello" },
            { role: "bot", text: "Hi!" },
            { role: "agent", text: "Anna here." }
          ],
          omitted: 0
        }
      )
    })
  )

  it.effect("takes the words from the payload only where the entry itself has none", () =>
    Effect.gen(function* () {
      const payload = { text: "inner" }
      assert.deepStrictEqual(
        (yield* kept([
          { role: "user", text: "outer", payload },
          { role: "user", text: " ", payload },
          { role: "user", text: null, payload: JSON.stringify(payload) }
        ])).map(({ text }) => text),
        ["outer", "inner", "inner"]
      )
    })
  )

  it.effect.each([
    [null],
    [{}],
    [{ role: "user" }],
    [{ role: "bot", text: "" }],
    [{ role: "bot", text: " \n" }],
    [{ role: "agent", payload: { text: null, data: { a: 1 } } }],
    [{ role: "system", text: "be kind" }],
    [{ role: "tool", text: 5, payload: ["anything"], at: {} }]
  ])("leaves out an entry without words for the agent: %j", ([entry]) =>
    Effect.gen(function* () {
      assert.isUndefined(yield* decode([entry]))
      assert.deepStrictEqual(yield* decode([entry, hello, entry]), { entries: [hello], omitted: 0 })
    })
  )

  it.effect.each([
    ["2026-11-30T14:29:05.123Z", "2026-11-30T14:29:05.123Z"],
    ["2026-11-30T14:29:05+02:00", "2026-11-30T12:29:05.000Z"],
    ["2026-11-30T14:29:05", "2026-11-30T14:29:05.000Z"],
    ["2026-11-30", "2026-11-30T00:00:00.000Z"],
    [1796048945000, "2026-11-30T14:29:05.000Z"],
    [0, "1970-01-01T00:00:00.000Z"],
    [" ", undefined]
  ] as const)("has times in UTC: %j is %s", ([at, time]) =>
    Effect.gen(function* () {
      const [entry] = yield* kept([{ ...hello, at }])
      assert.strictEqual(entry?.at, time)
    })
  )

  it.effect.each([
    ["transcript[0]", ["hello"]],
    ["transcript[0]", [[hello]]],
    ["transcript[1]", [hello, 5]],
    ["transcript[1].role", [hello, { role: "robot", text: "x" }]],
    ["transcript[0].role", [{ role: "User", text: "x" }]],
    ["transcript[0].role", [{ role: 1, text: "x" }]],
    ["transcript[0].role", [{ role: "robot" }]],
    ["transcript[0].role", [{ text: "x" }]],
    ["transcript[0].role", [{ role: "", payload: { text: "x" } }]],
    ["transcript[0].text", [{ role: "user", text: 5 }]],
    ["transcript[0].text", [{ role: "user", text: ["x"] }]],
    ["transcript[0].payload", [{ role: "user", payload: "x" }]],
    ["transcript[0].payload", [{ role: "user", payload: ["x"] }]],
    ["transcript[0].payload.text", [{ role: "user", payload: { text: {} } }]],
    ["transcript[0].at", [{ ...hello, at: "now" }]],
    ["transcript[0].at", [{ ...hello, at: "5" }]],
    ["transcript[0].at", [{ ...hello, at: "2026-13-30" }]],
    ["transcript[0].at", [{ ...hello, at: true }]],
    ["transcript[0].at", [{ ...hello, at: 1e300 }]],
    ["transcript", { 0: hello }],
    ["transcript", "user: hello"]
  ] as const)("is refused at %s: %j", ([path, transcript]) =>
    Effect.gen(function* () {
      const detail = yield* refusal(transcript)
      assert.isTrue(detail.startsWith(`${path}: expected `), detail)
      assert.notInclude(detail, "; ")
    })
  )
})

const sizeOf = (entries: ReadonlyArray<{ readonly text: string }>) =>
  entries.reduce((size, { text }) => size + Buffer.byteLength(text), 0)

/** Texts of one, two, three and four bytes a character, and as long as matters to the bounds. */
const said = Arbitrary.all({
  role: Arbitrary.schema(Schema.Literals(["user", "bot", "assistant", "agent", "system", "tool"])),
  character: Arbitrary.schema(Schema.Literals(["a", "ü", "日", "😀", " "])),
  length: whole(0, 400)
}).pipe(Arbitrary.map(({ character, length, role }) => ({ role, text: character.repeat(length) })))

describe("the bounds of a transcript", () => {
  it.effect.prop(
    "hold: the latest entries stay, in their order, and the others are counted",
    { sent: Arbitrary.array(said, { maxLength: 300 }) },
    ({ sent }) =>
      Effect.gen(function* () {
        const readable = sent.filter(({ role, text }) => role !== "system" && role !== "tool" && text.trim() !== "")
        const { entries, omitted } = (yield* decode(sent)) ?? { entries: [], omitted: 0 }
        assert.strictEqual(entries.length + omitted, readable.length)
        assert.deepStrictEqual(
          entries.map(({ text }) => text),
          readable.slice(omitted).map(({ text }) => text)
        )
        assert.isAtMost(entries.length, MAX_ENTRIES)
        assert.isAtMost(sizeOf(entries), MAX_BYTES)
        // No more than necessary is left out.
        if (omitted > 0) {
          assert.isTrue(entries.length === MAX_ENTRIES || sizeOf(readable.slice(omitted - 1)) > MAX_BYTES)
        }
      })
  )

  it.effect("are 200 entries", () =>
    Effect.gen(function* () {
      const entries = Array.from({ length: 203 }, (_, index) => user(`${index}`))
      assert.deepStrictEqual(yield* decode(entries.slice(3)), { entries: entries.slice(3), omitted: 0 })
      assert.deepStrictEqual(yield* decode(entries), { entries: entries.slice(3), omitted: 3 })
    })
  )

  it.effect("are 32 KiB of text in UTF-8", () =>
    Effect.gen(function* () {
      const half = user("ü".repeat(8 * 1024))
      assert.deepStrictEqual(yield* decode([half, half]), { entries: [half, half], omitted: 0 })
      assert.deepStrictEqual(yield* decode([half, half, hello]), { entries: [half, hello], omitted: 1 })
      // What comes before an entry that is left out is left out too: nobody reads a gap.
      assert.deepStrictEqual(yield* decode([hello, half, half, hello]), { entries: [half, hello], omitted: 2 })
    })
  )

  it.effect.each(["x", "ü", "日", "😀", "\ud800"])("cut the latest entry where it alone is too long: %s", (character) =>
    Effect.gen(function* () {
      const long = { role: "user", text: character.repeat(40_000 / Buffer.byteLength(character)) }
      const transcript = yield* decode([hello, long])
      assert.strictEqual(transcript?.omitted, 1)
      const [{ text } = { text: "" }, ...others] = transcript?.entries ?? []
      assert.isEmpty(others)
      assert.isAtMost(Buffer.byteLength(text), MAX_BYTES)
      assert.isAbove(Buffer.byteLength(text), MAX_BYTES - 8)
      assert.isTrue(long.text.startsWith(text.slice(0, -1)) && text.endsWith("…"))
      assert.strictEqual(text.isWellFormed(), character.isWellFormed())
    })
  )
})
