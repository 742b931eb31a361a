/** The console's page of what happens now. */
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import type { Page } from "playwright-core"
import { flow, sales } from "../e2e/support/bodies.ts"
import { Router, started } from "../e2e/support/router.ts"
import { ownMetrics } from "../observability/support.ts"
import { Browser } from "./support/Browser.ts"
import { at, NEW_RULE, withHistory, withTable } from "./support/console.ts"
import { assertGoodLooks } from "./support/looks.ts"
import { FIRST_VIEW, weighed } from "./support/weight.ts"

/** Metrics are of the process, and tests of others have left theirs. */
const surroundings = Layer.merge(ownMetrics, Logger.layer([]))

/** Some of the colours other than greys in each chart: axes and grids have greys alone. */
const COLOURS = `[...document.querySelectorAll(".chart")].map((chart) => {
  const canvas = chart.querySelector("canvas")
  if (canvas === null) return 0
  // Chromium warns of a canvas of the page that is read.
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true })
  copy.drawImage(canvas, 0, 0)
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height)
  const found = new Set()
  for (let at = 0; at < data.length; at += 4) {
    const [red, green, blue, alpha] = data.subarray(at, at + 4)
    if (alpha === 255 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) found.add([red, green, blue].join())
  }
  return found.size
})`

const assertDrawn = async (page: Page) => {
  const [outcomes = 0, times = 0] = await page.evaluate<Array<number>>(COLOURS)
  assert.isAbove(outcomes, 1, "success is not the only outcome")
  assert.isAbove(times, 1, "p50 is not the only line")
}

layer(Layer.merge(withHistory([{ count: 3000 }], { ...withTable, surroundings }), Browser.layer), {
  excludeTestServices: true
})("what happens now", (it) => {
  it.effect("is accessible, and as wide as the window", () =>
    Effect.gen(function* () {
      const { visit } = yield* Browser
      yield* visit(yield* at("/console"), async (page) => {
        await page.getByText("live,").waitFor()
        await assertGoodLooks(page, "now")
      })
    })
  )

  it.effect("has charts, in the dark too, and in a browser whose language is no language tag", () =>
    Effect.gen(function* () {
      const { visit } = yield* Browser
      yield* visit(yield* at("/console"), async (page) => {
        await assertDrawn(page)
        await page.emulateMedia({ colorScheme: "dark" })
        await assertDrawn(page)
        // That of Chromium in a POSIX locale.
        await page.addInitScript(
          `Object.defineProperty(Navigator.prototype, "language", { get: () => "en-US@posix", configurable: true })`
        )
        await page.reload()
        await assertDrawn(page)
      })
    })
  )

  it.effect("has the charts' numbers as a table", () =>
    Effect.gen(function* () {
      const { visit } = yield* Browser
      yield* visit(yield* at("/console"), async (page) => {
        const table = page.locator("#live-minutes table")
        assert.isFalse(await table.isVisible())
        await page.getByText("The charts as a table").focus()
        await page.keyboard.press("Enter")
        await table.waitFor()
        const [newest = ""] = await table.locator("tbody tr").allInnerTexts()
        assert.match(newest, /^\d\d:\d\d:00\s+\d+\s/)
        assert.match(newest, /\d (ms|s)$/)
      })
    })
  )

  it.effect("counts a webhook without a reload", () =>
    Effect.gen(function* () {
      const { visit } = yield* Browser
      const { post } = yield* Router
      const run = Effect.runPromiseWith(yield* Effect.context<Router>())
      yield* visit(yield* at("/console"), async (page) => {
        await page.getByText("live,").waitFor()
        const row = page.locator("#live-rules tr", { hasText: NEW_RULE })
        assert.strictEqual(await row.count(), 0)
        await page.evaluate("window.isSamePage = true")
        await run(post(flow({ intent: "newcomer", userId: "anna" })))
        await row.waitFor()
        assert.strictEqual(await row.locator("td").first().innerText(), "1")
        assert.isTrue(await page.evaluate("window.isSamePage"))
      })
    })
  )

  it.effect("weighs little at the first view", () =>
    Effect.gen(function* () {
      const { visit } = yield* Browser
      const url = yield* at("/console")
      yield* visit(url, async (page) => assert.isBelow(await weighed(page, url), FIRST_VIEW))
    })
  )
})

layer(Layer.merge(Router.layer({ surroundings }), Browser.layer), { excludeTestServices: true })(
  "what happens now, when CXone fails,",
  (it) => {
    it.effect("says by itself what needs attention", () =>
      Effect.gen(function* () {
        const { visit } = yield* Browser
        const { post, simulator } = yield* started()
        const run = Effect.runPromiseWith(yield* Effect.context<Router>())
        const failures = Effect.andThen(
          simulator.order({ kind: "status", operation: "open", status: 503, share: 1 }),
          Effect.forEach(Array.from({ length: 12 }), (_, index) => post(sales(`anna-${index}`)), { concurrency: 4 })
        )
        yield* visit(yield* at("/console"), async (page) => {
          await page.getByText("live,").waitFor()
          await page.getByText("Nothing needs attention.").waitFor()
          await assertGoodLooks(page, "now-none")
          await run(failures)
          const attention = page.getByRole("region", { name: "What needs attention" })
          await attention.getByText("12 handovers failed in the last 15 minutes").waitFor()
          await attention.getByText("Calls to CXone are paused").waitFor()
          await assertGoodLooks(page, "now-trouble")
          await attention.getByRole("link", { name: "Failed handovers" }).last().click()
          await page.getByRole("heading", { name: "Handovers" }).waitFor()
          assert.strictEqual(await page.locator("tbody tr").count(), 12)
        })
      })
    )
  }
)
