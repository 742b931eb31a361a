import { assert, describe, it } from "@effect/vitest"
import { compareRoutes } from "../../src/routing/explain/compareRoutes.ts"
import type { RoutesFile, Rule } from "../../src/routing/format/RoutesFile.ts"

const rule = (name: string, members: Partial<Rule> = {}): Rule => ({ name, to: { queue: "q" }, ...members })

const table = (rules: ReadonlyArray<Rule>, members: Partial<RoutesFile> = {}): RoutesFile => ({ rules, ...members })

const movedIn = (before: string, after: string) =>
  compareRoutes(table([...before].map((name) => rule(name))), table([...after].map((name) => rule(name)))).moved.map(
    ({ from, name, to }) => `${name} ${from} ${to}`
  )

describe("the differences of two tables", () => {
  it("are none for the same table, in whatever order its members are", () => {
    const one = table([rule("a", { when: { intent: "x", language: "de" } })], { queues: { q: "1", r: "2" } })
    const other = table([rule("a", { when: { language: "de", intent: "x" } })], { queues: { r: "2", q: "1" } })
    const none = { added: [], removed: [], changed: [] }
    assert.deepStrictEqual(compareRoutes(one, other), {
      ...none,
      moved: [],
      fallback: "same",
      queues: none,
      agents: none,
      hours: none
    })
  })

  it("are rules that were added, removed and changed, by their names", () => {
    const before = table([rule("a"), rule("b"), rule("c")])
    const after = table([rule("new"), rule("a", { to: { queue: "other" } }), rule("c")])
    const { added, changed, moved, removed } = compareRoutes(before, after)
    assert.deepStrictEqual(added, [{ rule: rule("new"), place: 1 }])
    assert.deepStrictEqual(removed, [rule("b")])
    assert.deepStrictEqual(changed, [{ name: "a", before: rule("a"), after: rule("a", { to: { queue: "other" } }) }])
    assert.deepStrictEqual(moved, [])
  })

  it("are as few rules that were moved as explain the new order", () => {
    assert.deepStrictEqual(movedIn("abcde", "bcdea"), ["a 1 5"])
    assert.deepStrictEqual(movedIn("abcde", "eabcd"), ["e 5 1"])
    assert.deepStrictEqual(movedIn("abc", "axbyc"), [])
    assert.lengthOf(movedIn("abcdef", "fedcba"), 5)
  })

  it("are names of queues, agents and hours, and the fallback", () => {
    const hours = { zone: "UTC", weekly: { daily: "08:00-18:00" } }
    const before = table([rule("a")], { queues: { q: "1", gone: "2" }, hours: { office: hours } })
    const after = table([rule("a")], {
      queues: { q: "9" },
      agents: { alex: "3" },
      hours: { office: { ...hours, zone: "Europe/Berlin" } },
      fallback: { to: { queue: "q" } }
    })
    const { agents, fallback, hours: changedHours, queues } = compareRoutes(before, after)
    assert.deepStrictEqual(queues, { added: [], removed: ["gone"], changed: ["q"] })
    assert.deepStrictEqual(agents, { added: ["alex"], removed: [], changed: [] })
    assert.deepStrictEqual(changedHours, { added: [], removed: [], changed: ["office"] })
    assert.strictEqual(fallback, "added")
    assert.strictEqual(compareRoutes(after, before).fallback, "removed")
  })
})
