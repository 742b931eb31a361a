/** The log-in of the console. */
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Router } from "../e2e/support/router.ts"
import { Browser } from "./support/Browser.ts"
import { at, locked, logIn } from "./support/console.ts"
import { assertGoodLooks } from "./support/looks.ts"

layer(Layer.merge(Router.layer({ settings: { console: locked } }), Browser.layer), { excludeTestServices: true })(
  "the console's log-in",
  (it) => {
    it.effect("is accessible, with a wrong password too", () =>
      Effect.gen(function* () {
        const { visit } = yield* Browser
        yield* visit(yield* at("/console"), async (page) => {
          assert.strictEqual(new URL(page.url()).pathname, "/console/login")
          await assertGoodLooks(page, "login")
          await logIn(page, "a guess")
          const problem = page.getByRole("alert")
          assert.include(await problem.innerText(), "wrong")
          assert.strictEqual(await page.getByLabel("Password").inputValue(), "")
          await assertGoodLooks(page, "login-wrong")
        })
      })
    )

    it.effect("leads to the page that was asked for, and the log-out ends the session", () =>
      Effect.gen(function* () {
        const { visit } = yield* Browser
        const audit = yield* at("/console/audit")
        yield* visit(audit, async (page) => {
          await logIn(page)
          assert.strictEqual(page.url(), audit)
          const [cookie] = await page.context().cookies()
          assert.deepInclude(cookie, { httpOnly: true, sameSite: "Strict" })

          await page.getByRole("button", { name: "Log out" }).click()
          await page.getByRole("heading", { name: "Log in" }).waitFor()
          await page.goto(audit)
          assert.strictEqual(new URL(page.url()).pathname, "/console/login")
          // The cookie from before the log-out opens nothing any more.
          await page.context().addCookies([cookie ?? assert.fail("no cookie")])
          await page.goto(audit)
          assert.strictEqual(new URL(page.url()).pathname, "/console/login")
        })
      })
    )

    it.effect("needs no mouse", () =>
      Effect.gen(function* () {
        const { visit } = yield* Browser
        yield* visit(yield* at("/console"), async (page) => {
          // The first field has the focus.
          await page.keyboard.type("operator")
          await page.keyboard.press("Tab")
          await page.keyboard.type("correct horse battery staple")
          await page.keyboard.press("Enter")
          await page.getByRole("navigation", { name: "Console" }).waitFor()
          await page.keyboard.press("Tab")
          assert.include(await page.evaluate("document.activeElement.textContent"), "Skip to")
          await page.keyboard.press("Enter")
          assert.strictEqual(await page.evaluate("document.activeElement.id"), "content")
        })
      })
    )

    it.effect("works without JavaScript", () =>
      Effect.gen(function* () {
        const { visit } = yield* Browser
        yield* visit(
          yield* at("/console"),
          async (page) => {
            await logIn(page)
            await page.getByRole("navigation", { name: "Console" }).waitFor()
          },
          { javaScript: "off" }
        )
      })
    )
  }
)
