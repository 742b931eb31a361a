/** The console's list of handovers, and the page of one. */
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { sales } from "../e2e/support/bodies.ts"
import { Router } from "../e2e/support/router.ts"
import { Browser } from "./support/Browser.ts"
import { at, withHistory } from "./support/console.ts"
import { assertGoodLooks } from "./support/looks.ts"
import { FIRST_VIEW, weighed } from "./support/weight.ts"

layer(Layer.merge(withHistory([{ count: 400 }]), Browser.layer), { excludeTestServices: true })(
  "the handovers",
  (it) => {
    it.effect("are accessible, and as wide as the window", () =>
      Effect.gen(function* () {
        const { visit } = yield* Browser
        const url = yield* at("/console/handovers?outcome=failed")
        yield* visit(url, (page) => assertGoodLooks(page, "handovers"))
        yield* visit(yield* at("/console/handovers?user=nobody"), (page) => assertGoodLooks(page, "handovers-none"))
        yield* visit(yield* at("/console/handovers?from=yesterday"), (page) => assertGoodLooks(page, "handovers-wrong"))
      })
    )

    it.effect("have filters that are in the URL, and that a reload keeps", () =>
      Effect.gen(function* () {
        const { visit } = yield* Browser
        yield* visit(yield* at("/console/handovers"), async (page) => {
          const outcomes = () => page.locator("tbody td[data-label=Outcome]").allInnerTexts()
          assert.isAbove((await outcomes()).length, 10)
          await page.getByLabel("failed").check()
          await page.getByRole("button", { name: "Apply" }).click()
          await page.waitForURL(/outcome=failed/)
          const shown = await outcomes()
          assert.isNotEmpty(shown)
          for (const outcome of shown) assert.match(outcome, /^✗ failed/)
          await page.reload()
          assert.deepStrictEqual(await outcomes(), shown)
          await page.getByRole("link", { name: "Remove the filter outcome" }).click()
          assert.isAbove((await outcomes()).length, shown.length)
          await page.goBack()
          assert.deepStrictEqual(await outcomes(), shown)
        })
      })
    )

    it.effect("lead from page to page, and to each handover, with the keyboard", () =>
      Effect.gen(function* () {
        const { visit } = yield* Browser
        yield* visit(yield* at("/console/handovers"), async (page) => {
          const first = await page.locator("tbody tr").first().getAttribute("data-id")
          await page.getByRole("link", { name: "Older" }).focus()
          await page.keyboard.press("Enter")
          await page.getByRole("link", { name: "Newest" }).waitFor()
          assert.notStrictEqual(await page.locator("tbody tr").first().getAttribute("data-id"), first)
          await page.getByRole("link", { name: "Newest" }).press("Enter")
          await page.locator(`tr[data-id="${first}"] a`).press("Enter")
          await page.waitForURL(new RegExp(`/console/handovers/${first}$`))
        })
      })
    )

    it.effect("show times in the viewer's zone", () =>
      Effect.gen(function* () {
        const { visit } = yield* Browser
        const shown = (zone: string) =>
          Effect.flatMap(at("/console/handovers"), (url) =>
            visit(url, (page) => page.locator("tbody time").last().innerText(), { zone })
          )
        assert.notStrictEqual(yield* shown("Asia/Kolkata"), yield* shown("Europe/Berlin"))
      })
    )

    it.effect("weigh little at the first view", () =>
      Effect.gen(function* () {
        const { visit } = yield* Browser
        const url = yield* at("/console/handovers")
        yield* visit(url, async (page) => assert.isBelow(await weighed(page, url), FIRST_VIEW))
      })
    )

    it.effect("have a page each that is accessible, of failed and of successful ones", () =>
      Effect.gen(function* () {
        const { visit } = yield* Browser
        for (const outcome of ["failed", "success"]) {
          yield* visit(yield* at(`/console/handovers?outcome=${outcome}`), async (page) => {
            await page.locator("tbody a").first().click()
            await page.getByRole("heading", { level: 1 }).waitFor()
            await assertGoodLooks(page, `handover-${outcome}`)
          })
        }
      })
    )
  }
)

layer(Layer.merge(withHistory([{ count: 3 }]), Browser.layer), { excludeTestServices: true })("a webhook", (it) => {
  it.effect("appears in the list by itself", () =>
    Effect.gen(function* () {
      const { visit } = yield* Browser
      const { post } = yield* Router
      const list = yield* at("/console/handovers")
      const sent = Effect.andThen(post(sales("somebody-new")), Effect.void)
      const run = Effect.runPromiseWith(yield* Effect.context<Router>())
      yield* visit(list, async (page) => {
        await page.getByText("Live", { exact: true }).waitFor()
        await run(sent)
        const row = page.locator("tbody tr", { hasText: "somebody-new" })
        // New rows are offered where they would move what is read.
        await row.or(page.locator("[data-fresh]:visible")).first().waitFor()
        if (!(await row.isVisible())) await page.locator("[data-fresh]").click()
        assert.include(await row.innerText(), "success")
        await row.getByRole("link").first().click()
        await page.getByRole("heading", { name: "Timeline" }).waitFor()
      })
    })
  )
})
