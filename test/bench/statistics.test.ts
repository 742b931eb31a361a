import { assert, describe, it } from "@effect/vitest"
import { median, medianOfPairs, medianRatio, percentile } from "./statistics.ts"

describe("median", () => {
  it("is the middle of an odd number, in whichever order, by value and not by text", () => {
    assert.strictEqual(median([100, 9, 20]), 20)
    assert.strictEqual(median([7]), 7)
  })

  it("lies between the two in the middle of an even number", () => {
    assert.strictEqual(median([4, 1, 3, 100]), 3.5)
  })

  it("of nothing is not a number", () => {
    assert.isNaN(median([]))
  })
})

describe("percentile", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1)

  it("is the nearest rank", () => {
    assert.strictEqual(percentile(hundred, 0.5), 50)
    assert.strictEqual(percentile(hundred, 0.99), 99)
    assert.strictEqual(percentile(hundred, 1), 100)
    assert.strictEqual(percentile(hundred, 0), 1)
  })

  it("of few numbers is the largest", () => {
    assert.strictEqual(percentile([1, 2, 30], 0.99), 30)
  })
})

describe("pairs", () => {
  it("are compared round by round: a machine that slows down for both changes nothing", () => {
    assert.strictEqual(medianRatio([50, 100, 1000], [100, 200, 2000]), 0.5)
  })

  it("are not what the ratio of the medians is", () => {
    assert.strictEqual(medianRatio([1, 10, 100], [100, 10, 1]), 1)
    assert.strictEqual(medianRatio([1, 2, 30], [1, 1, 10]), 2)
  })

  it("can be compared by their difference", () => {
    assert.strictEqual(
      medianOfPairs([5, 7, 20], [4, 5, 1], (one, other) => one - other),
      2
    )
  })

  it("must be as many on both sides", () => {
    assert.throws(() => medianRatio([1, 2], [1]), "2 rounds cannot be paired with 1")
  })
})
