/** `npm run picture`: makes the README's picture of the console anew. */
import { fileURLToPath } from "node:url"
import { Effect, Logger } from "effect"
import { chromium } from "playwright-core"
import { Router } from "../../e2e/support/router.ts"
import { launch } from "../support/chromium.ts"
import { withHistory, withTable } from "../support/console.ts"

const PICTURE = fileURLToPath(new URL("console.png", import.meta.url))

const MINUTE = 60_000

const now = Date.now()

/** More in some minutes than in others, as it is. */
const lastHour = Array.from({ length: 65 }, (_, minute) => ({
  count: Math.round(60 + 20 * Math.sin(minute / 9) + 9 * Math.sin(minute * 1.7)),
  seed: minute,
  from: now - (65 - minute) * MINUTE,
  to: now - (64 - minute) * MINUTE
}))

const browser = Effect.acquireRelease(Effect.promise(launch), (server) => Effect.promise(() => server.close())).pipe(
  Effect.flatMap((server) => Effect.promise(() => chromium.connect(server.wsEndpoint())))
)

const picture = Effect.gen(function* () {
  const { port } = yield* Router
  const context = yield* Effect.flatMap(browser, (browser) =>
    Effect.promise(() =>
      browser.newContext({ locale: "en-GB", timezoneId: "Europe/Berlin", viewport: { width: 1280, height: 984 } })
    )
  )
  yield* Effect.promise(async () => {
    const page = await context.newPage()
    await page.goto(`http://127.0.0.1:${port}/console`)
    await page.getByText("live,").waitFor()
    await page.locator(".chart canvas").last().waitFor()
    await page.screenshot({ path: PICTURE })
  })
}).pipe(Effect.scoped, Effect.provide(withHistory(lastHour, { ...withTable, surroundings: Logger.layer([]) })))

await Effect.runPromise(picture)
