/** Strangers at the console's door. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { HttpClientRequest } from "effect/http"
import { operator, TestConsole } from "./support/console.ts"

const console = Effect.provide(TestConsole.layer())

/** The token in a page's forms. */
const tokenIn = (text: string) => /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? ""

/** A cookie with a part changed. */
const changed = (cookie: string, part: number, value: (part: string) => string) => {
  const [name = "", content = ""] = cookie.split("=")
  return `${name}=${content
    .split(".")
    .map((text, index) => (index === part ? value(text) : text))
    .join(".")}`
}

describe("the console's access", () => {
  it.live("leads one without a session to the log-in, and back to where they wanted", () =>
    Effect.gen(function* () {
      const { get, post } = yield* TestConsole
      const refused = yield* get("/console/audit?before=x")
      assert.strictEqual(refused.status, 303)
      assert.strictEqual(refused.headers.location, "/console/login?to=%2Fconsole%2Faudit%3Fbefore%3Dx")
      for (const path of ["/console", "/console/", "/console/events", "/console/nothing", "//console/audit"]) {
        assert.strictEqual((yield* get(path)).status, 303, path)
      }
      const login = yield* get(refused.headers.location ?? "")
      assert.include(login.text, 'name="to" value="/console/audit?before=x"')
      const done = yield* post("/console/login", { ...operator, to: "/console/audit?before=x" })
      assert.strictEqual(done.status, 303)
      assert.strictEqual(done.headers.location, "/console/audit?before=x")
      assert.match(
        done.headers["set-cookie"] ?? "",
        /^console=[^;]+; Path=\/console; Max-Age=43200; HttpOnly; SameSite=Strict$/
      )
    }).pipe(console)
  )

  it.live.each([
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "/console//evil.example",
    "/console@evil.example",
    "/consolevil",
    "/console\r\nx: y",
    "/"
  ])("leads to no other place after the log-in: %s", (to) =>
    Effect.gen(function* () {
      const { post } = yield* TestConsole
      assert.strictEqual((yield* post("/console/login", { ...operator, to })).headers.location, "/console")
    }).pipe(console)
  )

  it.live("marks the cookie as secure behind TLS", () =>
    Effect.gen(function* () {
      const { post } = yield* TestConsole
      const { headers } = yield* post("/console/login", operator, { "x-forwarded-proto": "https" })
      assert.match(headers["set-cookie"] ?? "", /; Secure$/)
    }).pipe(console)
  )

  it.live("takes its own cookies only", () =>
    Effect.gen(function* () {
      const { get, logIn } = yield* TestConsole
      const cookie = yield* logIn
      assert.strictEqual((yield* get("/console/audit", { cookie })).status, 200)
      const forged = [
        changed(cookie, 0, () => "A".repeat(22)),
        changed(cookie, 1, (seconds) => String(Number(seconds) + 1)),
        changed(cookie, 1, (seconds) => `0${seconds}`),
        changed(cookie, 2, (signature) => `${signature.slice(1)}A`),
        changed(cookie, 2, () => ""),
        "console=",
        "console=..",
        `console=${"A".repeat(6000)}`,
        `console=${encodeURIComponent('{"user":"operator"}')}`
      ]
      for (const cookie of forged) assert.strictEqual((yield* get("/console/audit", { cookie })).status, 303, cookie)
    }).pipe(console)
  )

  it.live("acts only for its own forms", () =>
    Effect.gen(function* () {
      const { get, logIn, post, world } = yield* TestConsole
      const cookie = yield* logIn
      const csrf = tokenIn((yield* get("/console/audit", { cookie })).text)
      assert.isNotEmpty(csrf)
      const other = tokenIn((yield* get("/console/audit", { cookie: yield* logIn })).text)
      const refused = [
        yield* post("/console/logout", {}, { cookie }),
        yield* post("/console/logout", { csrf: "" }, { cookie }),
        yield* post("/console/logout", { csrf: other }, { cookie }),
        yield* post("/console/logout", { csrf }, { cookie, "sec-fetch-site": "cross-site" }),
        yield* post("/console/logout", { csrf }, { cookie, "sec-fetch-site": "same-site" }),
        yield* post("/console/logout", { csrf }, { cookie, origin: "https://evil.example" }),
        yield* post("/console/logout", { csrf }, { cookie, origin: "null" }),
        yield* post("/console/login", operator, { origin: "https://evil.example" })
      ]
      assert.deepStrictEqual(
        refused.map(({ status }) => status),
        refused.map(() => 403)
      )
      assert.notInclude(
        world.actions.map(({ what }) => what),
        "log_out"
      )
      assert.strictEqual((yield* get("/console/audit", { cookie })).status, 200)
      const done = yield* post("/console/logout", { csrf }, { cookie, "sec-fetch-site": "same-origin" })
      assert.strictEqual(done.headers.location, "/console/login")
      // The cookie is worth nothing any more, even for one who kept it.
      assert.strictEqual((yield* get("/console/audit", { cookie })).status, 303)
    }).pipe(console)
  )

  it.live("answers each path with the headers of a strict page", () =>
    Effect.gen(function* () {
      const { get, logIn } = yield* TestConsole
      const cookie = yield* logIn
      for (const path of ["/console", "/console/login", "/console/nothing", "/console/audit"]) {
        const { headers } = yield* get(path, { cookie })
        assert.match(
          headers["content-security-policy"] ?? "",
          /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'/
        )
        assert.strictEqual(headers["cache-control"], "no-store")
        assert.strictEqual(headers["x-content-type-options"], "nosniff")
        assert.strictEqual(headers["x-frame-options"], "DENY")
      }
    }).pipe(console)
  )

  it.live("has pages for what is not there, and for what a path does not take", () =>
    Effect.gen(function* () {
      const { get, logIn, send, url } = yield* TestConsole
      const cookie = yield* logIn
      for (const path of ["/console/nothing", "/console/../etc/passwd", "/console/%2e%2e/x", "/console/assets/x/y/z"]) {
        assert.strictEqual((yield* get(path, { cookie })).status, 404, path)
      }
      for (const path of ["x/console.css", "..%2f..%2fhtml.ts/x", "%2e%2e/Assets.ts"]) {
        assert.strictEqual((yield* get(`/console/assets/${path}`, { cookie })).status, 404, path)
      }
      const put = yield* send(HttpClientRequest.put(`${url}/console/audit`, { headers: { cookie } }))
      assert.deepStrictEqual([put.status, put.headers.allow], [405, "GET, HEAD"])
      const login = yield* send(HttpClientRequest.delete(`${url}/console/login`))
      assert.deepStrictEqual([login.status, login.headers.allow], [405, "GET, HEAD, POST"])
      const head = yield* send(HttpClientRequest.head(`${url}/console/audit`, { headers: { cookie } }))
      assert.deepStrictEqual([head.status, head.text], [200, ""])
    }).pipe(console)
  )

  it.live("refuses forms that are too large, and what is no form", () =>
    Effect.gen(function* () {
      const { post, send, url } = yield* TestConsole
      assert.strictEqual((yield* post("/console/login", { user: "a".repeat(10_000) })).status, 413)
      const json = HttpClientRequest.post(`${url}/console/login`).pipe(HttpClientRequest.bodyJsonUnsafe(operator))
      assert.strictEqual((yield* send(json)).status, 415)
    }).pipe(console)
  )

  it.live("serves each asset of its pages compressed, and for ever", () =>
    Effect.gen(function* () {
      const { get } = yield* TestConsole
      const { text } = yield* get("/console/login")
      const paths = [...text.matchAll(/(?:href|src)="(\/console\/assets\/[^"]+)"/g)].map(([, path = ""]) => path)
      assert.isAtLeast(paths.length, 3)
      for (const path of paths) {
        const { headers, status } = yield* get(path, { "accept-encoding": "br" })
        assert.strictEqual(status, 200, path)
        assert.strictEqual(headers["content-encoding"], "br")
        assert.match(headers["cache-control"] ?? "", /immutable/)
      }
    }).pipe(console)
  )
})

describe("log-ins", () => {
  it.live("are in the audit list, also those that fail, without what was typed", () =>
    Effect.gen(function* () {
      const { get, logIn, post, world } = yield* TestConsole
      const wrong = yield* post("/console/login", { user: "my-password-by-mistake", password: "wrong" })
      assert.strictEqual(wrong.status, 403)
      assert.include(wrong.text, "The user or the password is wrong.")
      const cookie = yield* logIn
      assert.deepStrictEqual(
        world.actions.map(({ subject, what, who }) => [who, what, subject]),
        [
          ["operator", "log_in", "from 127.0.0.1"],
          ["unknown", "log_in_failed", "from 127.0.0.1"]
        ]
      )
      const { text } = yield* get("/console/audit", { cookie })
      assert.include(text, "failed to log in")
      assert.notInclude(text, "my-password-by-mistake")
    }).pipe(console)
  )

  it.live("are refused when many wait for their turn", () =>
    Effect.gen(function* () {
      const { post } = yield* TestConsole
      const guess = post("/console/login", { user: "operator", password: "guess" })
      // The others wait a second each: the test needs only the answers that come at once.
      const refused = Effect.flatMap(guess, ({ status }) => (status === 429 ? Effect.void : Effect.never))
      yield* Effect.raceAll(Array.from({ length: 20 }, () => refused))
    }).pipe(console)
  )

  it.live("work while the audit list cannot be written", () =>
    Effect.gen(function* () {
      const { get, logIn, world } = yield* TestConsole
      world.away = "The database does not answer."
      const cookie = yield* logIn
      assert.strictEqual((yield* get("/console", { cookie })).status, 200)
      const audit = yield* get("/console/audit", { cookie })
      assert.strictEqual(audit.status, 503)
      assert.include(audit.text, "The database does not answer.")
    }).pipe(console)
  )
})

describe("a console without a password", () => {
  const open = Effect.provide(TestConsole.layer("open"))

  it.live("answers loopback names alone", () =>
    Effect.gen(function* () {
      const { get } = yield* TestConsole
      for (const host of ["127.0.0.1", "127.0.0.1:3000", "localhost:3000", "[::1]:3000"]) {
        assert.strictEqual((yield* get("/console", { host })).status, 200, host)
      }
      for (const host of ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:3000", "0.0.0.0"]) {
        assert.strictEqual((yield* get("/console", { host })).status, 403, host)
        assert.strictEqual((yield* get("/console/events", { host })).status, 403, host)
      }
    }).pipe(open)
  )

  it.live("takes no password", () =>
    Effect.gen(function* () {
      const { get, post } = yield* TestConsole
      assert.strictEqual((yield* post("/console/login", { user: "", password: "" })).status, 403)
      assert.notInclude((yield* get("/console")).text, "Log out")
    }).pipe(open)
  )
})
