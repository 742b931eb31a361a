/** The console of a router in front of a simulator, as a browser sees it. */
import { join } from "node:path"
import { Effect, Layer, Redacted } from "effect"
import type { Page } from "playwright-core"
import type { ConsoleSettings } from "../../../src/console/ConsoleSettings.ts"
import type { DatabaseSettings } from "../../../src/store/DatabaseSettings.ts"
import * as Store from "../../../src/store/Store.ts"
import { Router, type RouterOptions } from "../../e2e/support/router.ts"
import { temporaryFolder } from "../../support/database.ts"
import { fillHistory, type MadeUp } from "../../support/history.ts"
import { routes } from "../../support/madeUpEntries.ts"

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

/** The rule that no handover of the made-up history was decided by. */
export const NEW_RULE = "newcomers"

/** A router with the table by which the made-up history was decided, and a rule more. */
export const withTable: RouterOptions = {
  routes: JSON.stringify({
    ...routes,
    rules: [...routes.rules, { name: NEW_RULE, when: { intent: "newcomer" }, to: { queue: "Sales" } }]
  }),
  simulator: { anyTarget: true }
}

/** A router with a history that is made up, in a file of its own. */
export const withHistory = (parts: ReadonlyArray<MadeUp>, options: RouterOptions = {}) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const database: DatabaseSettings = { kind: "sqlite", path: join(yield* temporaryFolder, "router.db") }
      yield* Effect.provide(Effect.forEach(parts, fillHistory), Store.layer(database))
      return Router.layer({ ...options, settings: { console: { access: "open" }, database, ...options.settings } })
    }).pipe(Effect.orDie)
  )
