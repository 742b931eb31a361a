import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { labelsOf } from "../../../src/cxone/webchat/labels.ts"
import type { HandoverRequest } from "../../../src/domain/HandoverRequest.ts"
import { request } from "../../support/request.ts"

const labelled = (labels: Record<string, string>, intent = "sales", more: Partial<HandoverRequest> = {}) =>
  labelsOf({ request: { ...request(intent), ...more }, targets: [{ type: "queue", id: "q-1" }], labels })

const fromRequest = (more: Partial<HandoverRequest>, labels: Record<string, string> = {}) => {
  const { cognigy_intent, ...others } = labelled(labels, "sales", more)
  assert.strictEqual(cognigy_intent, "sales")
  return others
}

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

  it("are the context under its own names too, and the customer's name", () => {
    assert.deepStrictEqual(
      fromRequest({ context: { order: "7", "crm.tier": "gold" }, customer: { name: "Anna", email: "a@example.com" } }),
      { order: "7", "crm.tier": "gold", customer_name: "Anna" }
    )
  })

  it("are those that a rule wishes for rather than those of the request", () => {
    const context = { team: "c", customer_name: "c", cognigy_intent: "c", source: "c", other: "c" }
    assert.deepStrictEqual(fromRequest({ context }, { team: "a" }), { team: "a", customer_name: "c", other: "c" })
    assert.deepStrictEqual(fromRequest({ context, customer: { name: "Anna" } }, { other: "a" }), {
      team: "c",
      customer_name: "Anna",
      other: "a"
    })
    assert.deepStrictEqual(fromRequest({ customer: { name: "Anna" } }, { customer_name: "a" }), { customer_name: "a" })
  })

  it("have the bounds of labels where they come from the request", () => {
    const context = { long: "x".repeat(1024), lines: "a\nb", "two words": "v", ["n".repeat(65)]: "v", _: "v", ü: "v" }
    assert.deepStrictEqual(fromRequest({ context, customer: { name: "A\u0000B" } }), {
      long: "x".repeat(256),
      lines: "a b",
      customer_name: "A B"
    })
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
