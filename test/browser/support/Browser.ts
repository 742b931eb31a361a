/** Pages of a real browser that are watched: they may not log errors, break their content security policy, or ask another host. */
import { Context, Duration, Effect, Layer, type Scope } from "effect"
import { type BrowserContextOptions, chromium, type Page } from "playwright-core"
import { assert, inject } from "vitest"

/** A viewer of a page. */
export interface Viewer {
  /** Default: on. */
  readonly javaScript?: "on" | "off"
  /** The time zone that the viewer is in. Default: Berlin's. */
  readonly zone?: string
}

/** No wait for something on a page takes longer. */
const PATIENCE = Duration.toMillis("30 seconds")

const optionsOf = ({ javaScript = "on", zone = "Europe/Berlin" }: Viewer): BrowserContextOptions => ({
  viewport: { width: 1280, height: 900 },
  javaScriptEnabled: javaScript === "on",
  timezoneId: zone,
  locale: "en-GB",
  reducedMotion: "reduce"
})

/** The browser of all tests. */
export class Browser extends Context.Service<
  Browser,
  {
    /** Opens a page at a URL in a profile of its own, runs a script on it, and holds it to what all pages keep to. */
    readonly visit: <A>(url: string, script: (page: Page) => Promise<A>, viewer?: Viewer) => Effect.Effect<A>
  }
>()("test/browser/Browser") {
  static readonly layer = Layer.effect(
    Browser,
    Effect.gen(function* () {
      const browser = yield* Effect.acquireRelease(
        Effect.promise(() => chromium.connect(inject("browser"))),
        (browser) => Effect.promise(() => browser.close())
      )

      const profile = (options: BrowserContextOptions): Effect.Effect<Page, never, Scope.Scope> =>
        Effect.acquireRelease(
          Effect.promise(() => browser.newContext(options)),
          (context) => Effect.promise(() => context.close())
        ).pipe(
          Effect.flatMap((context) => Effect.promise(() => context.newPage())),
          Effect.tap((page) => Effect.sync(() => page.setDefaultTimeout(PATIENCE)))
        )

      return {
        visit: (url, script, viewer = {}) =>
          Effect.scoped(
            Effect.gen(function* () {
              const page = yield* profile(optionsOf(viewer))
              const faults = watch(page, url)
              yield* Effect.promise(() => page.goto(url))
              const result = yield* Effect.promise(() => script(page))
              assert.deepStrictEqual(faults, [], `faults of the page ${url}`)
              return result
            })
          )
      }
    })
  )
}

/** Collects what a page must not do. Its own answers of 4xx and 5xx are no fault: pages show them. Those of its parts are. */
const watch = (page: Page, url: string): ReadonlyArray<string> => {
  const { host } = new URL(url)
  const faults: Array<string> = []
  page.on("console", (message) => {
    const isAnswer = message.text().startsWith("Failed to load resource: the server responded with a status of")
    if (["error", "warning"].includes(message.type()) && !isAnswer) faults.push(`console: ${message.text()}`)
  })
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`))
  page.on("request", (request) => {
    const asked = new URL(request.url())
    if (asked.protocol !== "data:" && asked.host !== host) faults.push(`asked ${asked.host}`)
  })
  page.on("response", (response) => {
    const isPart = ["font", "image", "script", "stylesheet"].includes(response.request().resourceType())
    if (isPart && response.status() >= 400) faults.push(`${response.status()} ${response.url()}`)
  })
  return faults
}
