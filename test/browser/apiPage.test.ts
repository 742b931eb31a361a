/** `/docs` in a browser. */
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import type { Page } from "playwright-core"
import { Router } from "../e2e/support/router.ts"
import { Browser } from "./support/Browser.ts"
import { assertGoodLooks } from "./support/looks.ts"
import { weighed } from "./support/weight.ts"

const docs = Effect.map(Router, ({ port }) => `http://127.0.0.1:${port}/docs`)

/** Sends the request of an operation as it stands, and gives the status and the body of the answer. */
const sent = async (page: Page, name: string) => {
  const form = page.getByRole("form", { name })
  await form.getByRole("button", { name: "Send" }).click()
  await form.locator("[data-status]").waitFor()
  return {
    status: await form.locator("[data-status]").innerText(),
    body: JSON.parse(await form.locator("[data-body]").innerText())
  }
}

/** Unfolds one of each kind: axe takes seconds for all of them. */
const unfold = async (page: Page) => {
  for (const summary of ["input object", "200 OK", "503"]) {
    await page.locator("summary", { hasText: summary }).first().click()
  }
}

layer(Layer.merge(Router.layer(), Browser.layer), { excludeTestServices: true })("/docs", (it) => {
  it.effect("is accessible, and as wide as the window", () =>
    Effect.gen(function* () {
      const { visit } = yield* Browser
      yield* visit(yield* docs, async (page) => {
        await sent(page, "POST /webhook/cognigy")
        await unfold(page)
        await assertGoodLooks(page, "docs")
      })
    })
  )

  it.effect("sends the example of every operation, and each is accepted", () =>
    Effect.gen(function* () {
      const { visit } = yield* Browser
      yield* visit(yield* docs, async (page) => {
        const webhook = await sent(page, "POST /webhook/cognigy")
        assert.deepInclude(webhook.body, { status: "success", rule: "transfer_to_sales" })
        await page.getByRole("form", { name: "POST /webhook/cognigy" }).getByLabel("input object").check()
        assert.include((await sent(page, "POST /webhook/cognigy")).body, { rule: "transfer_to_support" })
        for (const [name, status] of [
          ["POST /routing/decide", "decided"],
          ["GET /healthz", "ok"],
          ["GET /readyz", "ready"]
        ] as const) {
          const answer = await sent(page, name)
          assert.deepStrictEqual([answer.status, answer.body.status], ["200", status], name)
        }
        await page.getByLabel("at (query, optional)").fill("2026-12-24T18:30:00+01:00")
        const explained = await sent(page, "POST /routing/explain")
        assert.deepInclude(explained.body, { at: "2026-12-24T17:30:00.000Z" })
      })
    })
  )

  it.effect("shows a refusal as it was answered", () =>
    Effect.gen(function* () {
      const { visit } = yield* Browser
      yield* visit(yield* docs, async (page) => {
        await page.getByLabel("Payload").first().fill('{"userId":"<b>anna</b>"}')
        const { body, status } = await sent(page, "POST /webhook/cognigy")
        assert.deepStrictEqual([status, body.error], ["400", "Missing required fields"])
      })
    })
  )

  it.effect("writes the request for a shell, with the payload as edited", () =>
    Effect.gen(function* () {
      const { visit } = yield* Browser
      const url = yield* docs
      yield* visit(url, async (page) => {
        await page.getByLabel("Payload").first().fill(`{ "intent": "x", "userId": "o'hara" }`)
        assert.strictEqual(
          await page.locator("[data-curl]").first().innerText(),
          `curl -s '${url.replace("/docs", "/webhook/cognigy")}' \\\n  -H 'content-type: application/json' \\\n  -d '{"intent":"x","userId":"o'\\''hara"}'`
        )
      })
    })
  )

  it.effect("can be walked with the keyboard", () =>
    Effect.gen(function* () {
      const { visit } = yield* Browser
      yield* visit(yield* docs, async (page) => {
        const focused = (property: string) => page.evaluate<string>(`document.activeElement.${property}`)
        await page.keyboard.press("Tab")
        assert.include(await focused("textContent"), "Skip to")
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        assert.include(await focused("textContent"), "OpenAPI document")
        await page.getByLabel("Payload").first().focus()
        await page.keyboard.press("Tab")
        assert.strictEqual(await focused("textContent"), "Send")
        await page.keyboard.press("Enter")
        await page.locator("[data-status]").first().waitFor()
      })
    })
  )

  it.effect("shows everything without JavaScript, and weighs little", () =>
    Effect.gen(function* () {
      const { visit } = yield* Browser
      const url = yield* docs
      yield* visit(
        url,
        async (page) => {
          assert.isFalse(await page.getByRole("button", { name: "Send" }).first().isVisible())
          assert.include(await page.locator("[data-curl]").first().innerText(), "https://your-router.example/webhook")
        },
        { javaScript: "off" }
      )
      yield* visit(url, async (page) => assert.isBelow(await weighed(page, url), 20_000))
    })
  )
})

const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`

layer(Browser.layer, { excludeTestServices: true })("/docs of a router that demands credentials", (it) => {
  it.effect.each([
    {
      mode: "api-key",
      credentials: { mode: "api-key", keys: [Redacted.make("the key")] },
      way: "Authorization: Bearer",
      fields: { "API key": "the key" }
    },
    {
      mode: "basic",
      credentials: { mode: "basic", user: "a-user", password: Redacted.make("pässword") },
      way: "Authorization: Basic",
      fields: { User: "a-user", Password: "pässword" }
    },
    {
      mode: "signature",
      credentials: { mode: "signature", secrets: [Redacted.make(secret)] },
      way: "Signature (Standard Webhooks)",
      fields: { "Signing secret": secret }
    }
  ] as const)("sends them: $mode", ({ credentials, fields, way }) =>
    Effect.gen(function* () {
      const { visit } = yield* Browser
      yield* visit(yield* docs, async (page) => {
        assert.strictEqual((await sent(page, "POST /routing/decide")).status, "401")
        await page.getByLabel("Send with").selectOption(way)
        for (const [label, value] of Object.entries(fields)) {
          await page.getByLabel(label, { exact: true }).locator("visible=true").fill(value)
        }
        const form = page.getByRole("form", { name: "POST /routing/decide" })
        await form.getByRole("button", { name: "Send" }).click()
        await form.getByText('"decided"').waitFor()
        const curls = (await page.locator("[data-curl]").allInnerTexts()).join("\n")
        for (const value of Object.values(fields)) assert.notInclude(curls, value)
      })
    }).pipe(Effect.provide(Router.layer({ settings: { credentials } })))
  )
})
