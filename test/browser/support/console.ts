/** The console of a router in front of a simulator, as a browser sees it. */
import { Effect, Redacted } from "effect"
import type { Page } from "playwright-core"
import type { ConsoleSettings } from "../../../src/console/ConsoleSettings.ts"
import { Router } from "../../e2e/support/router.ts"

/** The console's password. */
export const PASSWORD = "correct horse battery staple"

/** A console that only its user may see. */
export const locked: ConsoleSettings = { access: { user: "operator", password: Redacted.make(PASSWORD) } }

/** The URL of a page of the router. */
export const at = (path: string) => Effect.map(Router, ({ port }) => `http://127.0.0.1:${port}${path}`)

/** Fills the log-in in and sends it. */
export const logIn = async (page: Page, password = PASSWORD): Promise<void> => {
  await page.getByLabel("User").fill("operator")
  await page.getByLabel("Password").fill(password)
  await page.getByRole("button", { name: "Log in" }).click()
}
