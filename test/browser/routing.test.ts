/** The console's pages about routing: the live table, a payload that is tried, and a table that is checked. */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import type { Page } from "playwright-core"
import { flow } from "../e2e/support/bodies.ts"
import { Router } from "../e2e/support/router.ts"
import { Browser } from "./support/Browser.ts"
import { at } from "./support/console.ts"
import { assertGoodLooks } from "./support/looks.ts"

const path = fileURLToPath(new URL("../../src/routing/example/routes.yaml", import.meta.url))

const table = readFileSync(path, "utf8")

/** A customer whom the rule `vip` takes at any hour. */
const vip = (userId: string) => ({
  ...flow({ intent: "transfer_to_support", userId }),
  data: { customer: { tier: "gold" } }
})

/** Chooses a table and sends it. */
const upload = async (page: Page, text: string) => {
  await page
    .getByLabel("File, YAML or JSON")
    .setInputFiles({ name: "new.yaml", mimeType: "application/yaml", buffer: Buffer.from(text) })
  await page.getByRole("button", { name: "Check it" }).click()
  await page.locator("[data-result]").waitFor()
}

const tryIt = async (page: Page) => {
  await page.getByRole("button", { name: "Try it" }).click()
  await page.locator("[data-result]").waitFor()
}

layer(Layer.merge(Router.layer({ routes: { path }, simulator: { anyTarget: true } }), Browser.layer), {
  excludeTestServices: true
})("routing", (it) => {
  it.effect("is accessible, and as wide as the window, with names instead of ids", () =>
    Effect.gen(function* () {
      const { visit } = yield* Browser
      yield* visit(yield* at("/console/routing"), async (page) => {
        await assertGoodLooks(page, "routing")
        const rules = await page.getByRole("list").filter({ hasText: "transfer_to_agent" }).innerText()
        assert.include(rules, "support-chat")
        assert.notMatch(rules, /[\da-f]{8}-0000-4000/)
        assert.notInclude(rules, "none in 7 days", "without any handover no rule is unused")
      })
    })
  )

  it.effect("tries a payload now and at another time, with the keyboard", () =>
    Effect.gen(function* () {
      const { visit } = yield* Browser
      yield* visit(yield* at("/console/routing/try"), async (page) => {
        const sales = JSON.stringify(flow({ intent: "transfer_to_sales", userId: "anna" }))
        await page.getByLabel("Body of the request, in JSON").fill(sales)
        assert.match(await page.getByLabel("in the zone").inputValue(), /Europe\/Berlin/)
        await page.getByLabel("At (empty: now)").fill("2026-12-01T10:00")
        await tryIt(page)
        assert.include(await page.locator(".decision").innerText(), "handover")
        assert.include(await page.locator(".why").innerText(), "sales when closed")
        // The result has the focus, and the form what was filled in.
        assert.isTrue(await page.evaluate("document.activeElement.matches('[data-result]')"))
        assert.strictEqual(await page.getByLabel("Body of the request, in JSON").inputValue(), sales)
        await assertGoodLooks(page, "routing-tried")

        await page.getByLabel("At (empty: now)").fill("2026-12-25T10:00")
        await page.getByRole("button", { name: "Try it" }).press("Enter")
        await page.locator(".decision", { hasText: "rejected" }).waitFor()
        assert.include(await page.locator("[data-result]").innerText(), "Our sales team is there Monday to Friday")
      })
    })
  )

  it.effect("explains a payload that the webhook would refuse", () =>
    Effect.gen(function* () {
      const { visit } = yield* Browser
      yield* visit(yield* at("/console/routing/try"), async (page) => {
        const payload = page.getByLabel("Body of the request, in JSON")
        await payload.fill('{ "intent": "transfer_to_sales", ')
        await tryIt(page)
        assert.include(await page.locator("[data-result]").innerText(), "400")
        assert.strictEqual(await payload.getAttribute("aria-invalid"), "true")
        assert.isTrue(await payload.evaluate("document.activeElement.id === 'payload'"))
        await assertGoodLooks(page, "routing-refused")
      })
    })
  )

  it.effect("shows the problems of a table where they are", () =>
    Effect.gen(function* () {
      const { visit } = yield* Browser
      yield* visit(yield* at("/console/routing/check"), async (page) => {
        await upload(page, table.replace("to: { queue: night }", "to: { queue: nigth }"))
        const problems = await page.locator(".problems").innerText()
        assert.include(problems, "nigth")
        assert.match(problems, /\d+:\d+/)
        await assertGoodLooks(page, "routing-problems")
      })
    })
  )

  it.effect("tells which recorded handovers a table would send elsewhere, and does not take it over", () =>
    Effect.gen(function* () {
      const { visit } = yield* Browser
      const { post } = yield* Router
      for (const user of ["anna", "ben"]) {
        yield* post(
          flow({ intent: "transfer_to_agent", agentId: "a6e27000-0000-4000-8000-000000000003", userId: user })
        )
      }
      yield* post(vip("carla"))
      const list = yield* at("/console/handovers?user=carla")
      yield* visit(list, async (page) => {
        // Entries are written a moment after their answers.
        while ((await page.locator("tbody tr").count()) === 0) await page.reload()
      })
      yield* visit(yield* at("/console/routing/check"), async (page) => {
        await upload(page, table.replace("queue: vip\n", "queue: billing\n"))
        await page.getByText("1 of 3 would go elsewhere").waitFor()
        const row = await page.locator("table.replay tbody tr").innerText()
        assert.match(row, /vip[\s\S]*billing/)
        await assertGoodLooks(page, "routing-checked")
        await page.locator("table.replay tbody a").first().click()
        await page.getByRole("heading", { name: "Timeline" }).waitFor()
      })
      yield* visit(yield* at("/console/routing?rule=vip"), async (page) => {
        assert.include(await page.locator(".rules").innerText(), "vip")
        assert.notInclude(await page.locator(".rules").innerText(), "billing")
      })
    })
  )
})
