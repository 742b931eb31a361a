/** The page at `/`. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { HttpClientRequest } from "effect/http"
import { Router, withRouter } from "../e2e/support/router.ts"
import { door, send } from "./support/door.ts"

const ask = (method: "GET" | "HEAD", accept: string) => send(HttpClientRequest.make(method)("/", { accept: accept }))

const html = "text/html,application/xhtml+xml,*/*;q=0.8"

describe("the page at /", () => {
  it.live("shows a browser what is where, and loads nothing", () =>
    Effect.gen(function* () {
      const { headers, status, text } = yield* ask("GET", html)
      assert.strictEqual(status, 200)
      assert.strictEqual(headers["content-type"], "text/html; charset=utf-8")
      assert.match(headers["content-security-policy"] ?? "", /^default-src 'none';/)
      assert.strictEqual(headers["x-content-type-options"], "nosniff")
      for (const path of [
        "/webhook/cognigy",
        "/routing/decide",
        "/routing/explain",
        "/docs",
        "/openapi.json",
        "/healthz",
        "/readyz"
      ]) {
        assert.include(text, `<code>${path}</code>`)
      }
      assert.notMatch(text, /<(script|img|link|style|iframe|form)|\bsrc=|\bhref="(?!docs|openapi\.json|healthz|readyz)/)
      assert.notInclude(text, "/metrics")
    }).pipe(Effect.provide(door(1).layer))
  )

  it.live.each(["*/*", "application/json"])("is text for others: %s", (accept) =>
    Effect.gen(function* () {
      const { headers, text } = yield* ask("GET", accept)
      assert.strictEqual(headers["content-type"], "text/plain; charset=utf-8")
      assert.strictEqual(headers.vary, "accept")
      assert.match(text, /^POST \/webhook\/cognigy .*credentials$/m)
    }).pipe(Effect.provide(door(1).layer))
  )

  it.live("has a head of its own", () =>
    Effect.gen(function* () {
      const { headers, status, text } = yield* ask("HEAD", html)
      assert.deepStrictEqual([status, text], [200, ""])
      assert.isAbove(Number(headers["content-length"]), 500)
    }).pipe(Effect.provide(door(1).layer))
  )

  it.live("names the metrics where they are shown, and each path that it names answers", () =>
    Effect.gen(function* () {
      const { get } = yield* Router
      const { text } = yield* get("/")
      const paths = [...text.matchAll(/^GET +(\S+)/gm)].map(([, path = ""]) => path)
      assert.includeMembers(paths, ["/metrics", "/docs"])
      for (const path of paths) assert.strictEqual((yield* get(path)).status, 200, path)
    }).pipe(withRouter({ settings: { metrics: "on" } }))
  )
})
