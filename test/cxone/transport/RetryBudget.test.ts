import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Duration } from "effect"
import { DEFAULT_RETRY_BUDGET, makeRetryBudget } from "../../../src/cxone/transport/RetryBudget.ts"
import { oneOf } from "../../support/arbitrary.ts"

/** How many retries there are, one after the other, at this time. */
const takeAll = ({ take }: ReturnType<typeof makeRetryBudget>, now = 1, most = 1000) => {
  let taken = 0
  while (taken < most && take(now)) taken++
  return taken
}

const times = (count: number, act: () => void) => {
  for (let i = 0; i < count; i++) act()
}

const steps = Arbitrary.array(
  Arbitrary.all({
    what: oneOf(["called", "take", "take", "take", "answered"]),
    pause: oneOf([0, 0, 0, 1, 100, 14_999, 15_000, 40_000])
  }),
  { minLength: 50, maxLength: 400 }
)

const options = {
  share: oneOf([0, 0.1, 0.2, 0.25, 0.5, 1]),
  floor: oneOf([0, 1, 2, 5, 20]),
  trickle: oneOf([15_000, Number.MAX_SAFE_INTEGER]),
  steps
}

describe("a retry budget", () => {
  it("is full at the start", () => {
    assert.strictEqual(takeAll(makeRetryBudget(DEFAULT_RETRY_BUDGET)), 20)
  })

  it("of a CXone that answers no call holds its floor and its share of the calls", () => {
    const budget = makeRetryBudget({ floor: 20, share: 0.2 })
    let taken = 0
    for (let call = 0; call < 1000; call++) {
      budget.called()
      taken += takeAll(budget)
    }
    assert.isAtLeast(taken, 200)
    assert.isAtMost(taken, 220)
  })

  it.prop(
    "never gives more than its floor, its share of the calls, one for each answer and the trickle",
    options,
    (given) => {
      const { answered, called, take } = makeRetryBudget(given, Duration.millis(given.trickle))
      let [most, now] = [given.floor + 1e-6, 1]
      for (const { pause, what } of given.steps) {
        now += pause
        most += pause / given.trickle
        if (what === "called") {
          called()
          most += given.share
        } else if (what === "answered") {
          answered()
          most += 1
        } else if (take(now)) most -= 1
        assert.isAtLeast(most, 0)
      }
    }
  )

  it.prop("never holds more than its floor", options, (given) => {
    const budget = makeRetryBudget(given, Duration.millis(given.trickle))
    let now = 1
    for (const { pause, what } of given.steps) {
      now += pause
      if (what === "take") budget.take(now)
      else budget[what]()
    }
    assert.isAtMost(takeAll(budget, now), Math.max(given.floor, given.share > 0 ? 1 : 0))
  })

  it("gets a whole retry for each call that is answered, up to its floor", () => {
    const budget = makeRetryBudget({ floor: 5, share: 0 })
    takeAll(budget)
    times(3, budget.answered)
    assert.strictEqual(takeAll(budget), 3)
    times(1000, budget.answered)
    assert.strictEqual(takeAll(budget), 5)
  })

  it("with a trickle gets one retry in that time, whatever happens, and saves up no more than its floor", () => {
    const budget = makeRetryBudget({ floor: 3, share: 0 }, Duration.seconds(15))
    assert.strictEqual(takeAll(budget, 1), 3)
    assert.isFalse(budget.take(15_000))
    assert.isTrue(budget.take(15_001))
    assert.isFalse(budget.take(15_001))
    assert.strictEqual(takeAll(budget, 1_500_000), 3)
  })

  it("without a share and a trickle lives on its floor and answers alone", () => {
    const budget = makeRetryBudget({ floor: 2, share: 0 })
    takeAll(budget)
    times(1000, budget.called)
    assert.strictEqual(takeAll(budget, 1_000_000_000), 0)
  })

  it("without a floor lives on its share, one retry at a time", () => {
    const budget = makeRetryBudget({ floor: 0, share: 0.25 })
    assert.strictEqual(takeAll(budget), 0)
    times(3, budget.called)
    assert.strictEqual(takeAll(budget), 0)
    budget.called()
    assert.strictEqual(takeAll(budget), 1)
    times(100, budget.called)
    assert.strictEqual(takeAll(budget), 1)
  })

  it("without a floor and a share gives no retry at all", () => {
    const budget = makeRetryBudget({ floor: 0, share: 0 }, Duration.seconds(15))
    times(100, budget.called)
    times(100, budget.answered)
    assert.strictEqual(takeAll(budget, 1), 0)
    assert.strictEqual(takeAll(budget, 1_000_000_000), 0)
  })
})
