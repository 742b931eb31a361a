import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { labelsOf } from "../../../src/cxone/webchat/labels.ts"
import { request } from "../../support/request.ts"

const labelled = (labels: Record<string, string>, intent = "sales") =>
  labelsOf({ request: request(intent), targets: [{ type: "queue", id: "q-1" }], labels })

describe("the labels of a placement", () => {
  it("are those that were wished for, and the intent", () => {
    assert.deepStrictEqual(labelled({ team: "a" }), { team: "a", cognigy_intent: "sales" })
  })

  it("have the intent of the request, whatever was wished for", () => {
    assert.deepStrictEqual(labelled({ cognigy_intent: "other" }), { cognigy_intent: "sales" })
  })

  it("are cut to 256 characters, so that one that is too long does not cost the others", () => {
    assert.deepStrictEqual(labelled({ kept: "x".repeat(256), cut: "y".repeat(257) }, "z".repeat(1000)), {
      kept: "x".repeat(256),
      cut: "y".repeat(256),
      cognigy_intent: "z".repeat(256)
    })
  })

  it("are cut between characters, not within one", () => {
    assert.strictEqual(labelled({ cut: "🙂".repeat(300) }).cut, "🙂".repeat(256))
  })

  it("are one line each", () => {
    assert.strictEqual(labelled({ note: "  first\r\nsecond\u0000\tthird\n" }).note, "first second third")
    assert.strictEqual(labelled({ half: "a\ud83d" }).half, "a\ufffd")
  })

  it.prop(
    "are what CXone accepts, whatever was wished for",
    { value: Schema.String, intent: Schema.String },
    (given) => {
      for (const value of Object.values(labelled({ value: given.value }, given.intent))) {
        assert.isAtMost([...value].length, 256)
        assert.isTrue(value.isWellFormed())
        assert.notMatch(value, /\p{Cc}/u)
      }
    }
  )
})
