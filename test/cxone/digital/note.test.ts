import { assert, describe, it } from "@effect/vitest"
import { namesOf, noteOf, openingText } from "../../../src/cxone/digital/note.ts"
import type { HandoverRequest } from "../../../src/domain/HandoverRequest.ts"
import type { Entry } from "../../../src/domain/Transcript.ts"
import { request } from "../../support/request.ts"

const asked = (members: Partial<HandoverRequest>): HandoverRequest => ({ ...request("sales"), ...members })
const said = (...entries: ReadonlyArray<Entry>) => asked({ transcript: { entries, omitted: 0 } })

describe("the opening message", () => {
  it("has the user's last words, wherever they are", () => {
    const entries: ReadonlyArray<Entry> = [
      { role: "user", text: "first" },
      { role: "user", text: " " },
      { role: "bot", text: "last" }
    ]
    assert.strictEqual(openingText(asked({ text: "now" })), "now")
    assert.strictEqual(openingText(asked({ text: "  ", transcript: { entries, omitted: 0 } })), "first")
    assert.strictEqual(openingText(asked({})), "The customer asks for an agent.")
    assert.strictEqual(openingText(asked({ text: "\u0007" })), "The customer asks for an agent.")
  })

  it("is bounded, and has no control characters but line breaks and tabs", () => {
    assert.strictEqual(openingText(asked({ text: "a\u0000b\u001b[2Jc\nd\te\ud800" })), "ab[2Jc\nd\te\ufffd")
    const long = openingText(asked({ text: "😀".repeat(9000) }))
    assert.strictEqual(long, `${"😀".repeat(8000)} […]`)
  })
})

describe("the note", () => {
  it("is none without a summary and a transcript", () => {
    assert.isUndefined(noteOf(asked({})))
    assert.isUndefined(noteOf(said()))
    assert.isUndefined(noteOf(asked({ summary: "  " })))
    assert.isUndefined(noteOf({ ...said({ role: "user", text: "\u0000" }), summary: "\u001b" }))
  })

  it("says how much is left out", () => {
    const entries: ReadonlyArray<Entry> = [{ role: "agent", text: "Hello" }]
    assert.include(
      noteOf(asked({ transcript: { entries, omitted: 1 } })),
      "(1 earlier message is left out):\nAgent: Hello"
    )
  })

  it("keeps lines apart, and blank ones out", () => {
    assert.include(noteOf(said({ role: "user", text: " one \r\n\n  two " })), "Customer: one\n    two")
  })

  it("takes no longer for white space than for words", () => {
    // A pattern that tries again at each space takes minutes for this.
    const text = `a${" ".repeat(2_000_000)}b`
    assert.include(noteOf(said({ role: "user", text })), text)
  })
})

describe("the author", () => {
  const names: ReadonlyArray<[string, object]> = [
    ["Ana", { nickname: "Ana" }],
    ["Ana Souza", { firstName: "Ana", lastName: "Souza" }],
    ["  Ana  de   Souza ", { firstName: "Ana de", lastName: "Souza" }]
  ]
  for (const [name, expected] of names) {
    it(`${JSON.stringify(name)} is ${JSON.stringify(expected)}`, () => {
      assert.deepStrictEqual(namesOf(asked({ customer: { name } })), expected)
    })
  }
  it("has no names where none are known", () => {
    assert.deepStrictEqual(namesOf(asked({ customer: { email: "a@example.com" } })), {})
  })
})
