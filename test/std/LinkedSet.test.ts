import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Schema } from "effect"
import { LinkedSet } from "../../src/std/LinkedSet.ts"

describe("a linked set", () => {
  it.effect.prop(
    "has what was added and not taken out, in the order in which it came",
    { steps: Arbitrary.schema(Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: -9, maximum: 9 })))) },
    ({ steps }) =>
      Effect.sync(() => {
        const set = new LinkedSet<number>()
        const model: Array<number> = []
        const taken: Array<() => boolean> = []
        let next = 0
        for (const step of steps) {
          if (step >= 0) {
            taken.push(set.add(next))
            model.push(next)
            next += 1
          } else if (taken.length > 0) {
            const index = -step % taken.length
            const at = model.indexOf(index)
            assert.strictEqual(taken[index]?.(), at !== -1)
            if (at !== -1) model.splice(at, 1)
          }
          assert.deepStrictEqual(set.all(), model)
          assert.strictEqual(set.size, model.length)
          assert.strictEqual(set.first, model[0])
        }
      })
  )

  it("takes the same thing twice, and each out on its own", () => {
    const set = new LinkedSet<string>()
    const out = set.add("a")
    set.add("a")
    assert.isTrue(out())
    assert.isFalse(out())
    assert.deepStrictEqual(set.all(), ["a"])
  })
})
