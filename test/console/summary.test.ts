import { assert, describe, it } from "@effect/vitest"
import { summary } from "../../src/console/views/summary.ts"
import { entry, nameOf, sales, step, support } from "./support/entries.ts"

/** Without the signs that isolate names. */
const summaryOf = (members: Parameters<typeof entry>[0]) =>
  summary(entry(members), nameOf).replaceAll(/[\u2068\u2069]/g, "")

const failure = {
  outcome: "failed",
  reason: "rate_limited",
  status: 503,
  answer: { error: "CXone rate limit exceeded" }
} as const

describe("a handover in one sentence", () => {
  it("says where it went, and after which time", () => {
    assert.strictEqual(summaryOf({}), "Reached queue Support (de) after 182 ms.")
    const agent = { type: "agent", id: "a-1" } as const
    assert.strictEqual(summaryOf({ target: agent, targets: [agent], took: 0 }), "Reached agent a-1 after 0 ms.")
  })

  it("says which attempt succeeded, and why not an earlier one", () => {
    const steps = [
      step("call", "open", 1, 9, "201"),
      step("call", "routeToQueue", 10, 60, "429"),
      step("wait", "before routeToQueue again", 70, 1000, "planned"),
      step("call", "routeToQueue", 1070, 60, "429"),
      step("call", "routeToQueue", 2130, 60, "204")
    ]
    assert.strictEqual(
      summaryOf({ steps, took: 2400 }),
      "Reached queue Support (de) after 2.4 s, at the third attempt, since CXone answered 429 twice."
    )
    const many = Array.from({ length: 21 }, (_, index) => step("call", "open", index, 1, "timeout"))
    assert.strictEqual(
      summaryOf({ steps: [...many, step("call", "open", 30, 1, "201")] }),
      "Reached queue Support (de) after 182 ms, at the 22nd attempt, since CXone gave no answer in time (21 times)."
    )
  })

  it("takes a conflict for what it is: the user has a conversation", () => {
    const steps = [step("call", "open", 1, 9, "409"), step("call", "findActive", 10, 9, "200")]
    assert.strictEqual(summaryOf({ steps }), "Reached queue Support (de) after 182 ms.")
  })

  it("names the targets that CXone did not take", () => {
    assert.strictEqual(
      summaryOf({ targets: [sales, support] }),
      "Reached queue Support (de) after 182 ms, since CXone did not take queue Sales."
    )
  })

  it("says why a handover failed", () => {
    const steps = [
      step("call", "open", 1, 9, "connection"),
      step("call", "open", 10, 9, "201"),
      step("call", "routeToQueue", 20, 9, "503"),
      step("call", "routeToQueue", 30, 9, "interrupted")
    ]
    assert.strictEqual(
      summaryOf({ ...failure, steps, took: 7000 }),
      "Failed with 503 CXone rate limit exceeded after 7 s, with 2 retries, since CXone answered 503 once and the connection to CXone failed once."
    )
    assert.strictEqual(
      summaryOf({ ...failure, reason: "interrupted", steps: [], took: 20 }),
      "Cut off after 20 ms: the router was stopped."
    )
    assert.strictEqual(
      summaryOf({ ...failure, answer: null, reason: "defect", status: 500, steps: [] }),
      "Failed with 500 defect after 182 ms."
    )
  })

  it("says what became of a copy, a rejection and a refusal", () => {
    assert.strictEqual(
      summaryOf({ outcome: "repeated" }),
      "A copy of an earlier request, answered as the first, which reached queue Support (de)."
    )
    assert.strictEqual(
      summaryOf({ outcome: "rejected", rule: "closed" }),
      "Handed nowhere: the rule closed rejects it."
    )
    assert.strictEqual(
      summaryOf({ outcome: "refused", status: 400, answer: { error: "Unsupported intent" } }),
      "Refused after 182 ms: 400 Unsupported intent."
    )
  })
})
