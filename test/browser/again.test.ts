/** A failed handover that is handed over again, the audit list, and the end of a session. */
import { assert, layer } from "@effect/vitest"
import { Clock, Duration, Effect, Layer } from "effect"
import { HttpServerRequest } from "effect/http"
import type { Page } from "playwright-core"
import { SESSION_TIME, Sessions } from "../../src/console/access/Sessions.ts"
import { sales } from "../e2e/support/bodies.ts"
import { Router, started } from "../e2e/support/router.ts"
import { Browser } from "./support/Browser.ts"
import { at, locked, logIn } from "./support/console.ts"
import { assertGoodLooks } from "./support/looks.ts"

/** The cookie of a session that has just ended: cookies hold over restarts, so another process with the same password can make it. */
const endedSession = Effect.gen(function* () {
  const { begin } = yield* Sessions
  const now = yield* Clock.currentTimeMillis
  const cookie = yield* Effect.provideService(
    begin(HttpServerRequest.fromWeb(new Request("http://127.0.0.1/console"))),
    Clock.Clock,
    { ...(yield* Clock.Clock), currentTimeMillis: Effect.succeed(now - Duration.toMillis(SESSION_TIME) - 1000) }
  )
  const [name = "", value = ""] = cookie.split(";", 1)[0]?.split(/=(.*)/) ?? []
  return { name, value, domain: "127.0.0.1", path: "/console", httpOnly: true, sameSite: "Strict" } as const
}).pipe(Effect.provide(Sessions.layer(locked)))

const isAtLogIn = (page: Page) => new URL(page.url()).pathname === "/console/login"

layer(Layer.merge(Router.layer({ settings: { console: locked } }), Browser.layer), { excludeTestServices: true })(
  "a failed handover",
  (it) => {
    it.effect("is handed over again, and the audit list says by whom", () =>
      Effect.gen(function* () {
        const { visit } = yield* Browser
        const { post } = yield* started({ kind: "status", operation: "open", status: 400 })
        assert.strictEqual((yield* post(sales("anna"))).status, 502)
        yield* visit(yield* at("/console/handovers?outcome=failed"), async (page) => {
          await logIn(page)
          await page.locator("tbody a").first().click()
          await page.getByRole("heading", { name: "Timeline" }).waitFor()
          const failed = page.url()
          const region = page.getByRole("region", { name: "Hand over again" })
          await region.getByText("Hand over again…").focus()
          await page.keyboard.press("Enter")
          await assertGoodLooks(page, "again")
          await region.getByRole("button", { name: "Hand over again now" }).click()
          await page.getByRole("status").getByText("It was handed over again.").waitFor()
          assert.notStrictEqual(page.url(), failed)
          assert.include(await page.getByRole("heading", { level: 1 }).innerText(), "sales")
          await assertGoodLooks(page, "again-done")

          await page.getByRole("link", { name: "a failed handover" }).click()
          await page.waitForURL(failed)
          await page.getByText("It was handed over again already.").waitFor()
          assert.isFalse(await page.getByText("Hand over again…").isVisible())

          await page.getByRole("link", { name: "Audit" }).click()
          const action = page.locator("tbody tr", { hasText: "handed over again" })
          await action.waitFor()
          assert.include(await action.innerText(), "operator")
          await assertGoodLooks(page, "audit")
          await action.getByRole("link").click()
          await page.waitForURL(failed)
        })
      })
    )

    it.effect("is not handed over again by one whose session is over, who comes back to it by the log-in", () =>
      Effect.gen(function* () {
        const { visit } = yield* Browser
        const url = yield* at("/console/audit")
        const ended = yield* endedSession
        yield* visit(url, async (page) => {
          await logIn(page)
          await page.getByRole("heading", { name: "Audit" }).waitFor()
          await page.context().addCookies([ended])
          await page.reload()
          assert.isTrue(isAtLogIn(page))
          await logIn(page)
          await page.waitForURL(url)
        })
      })
    )

    it.effect("is looked at on a page that leads to the log-in when it cannot go on live", () =>
      Effect.gen(function* () {
        const { visit } = yield* Browser
        const url = yield* at("/console")
        const ended = yield* endedSession
        yield* visit(url, async (page) => {
          await logIn(page)
          await page.getByText("live,").waitFor()
          // As after a night in the background.
          await page.context().addCookies([ended])
          await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
          await page.getByRole("heading", { name: "Log in" }).waitFor()
        })
      })
    )
  }
)
