import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { CXoneSimulator } from "../../src/simulator/CXoneSimulator.ts"
import { send, statuses, tokenForm, whoami, withSimulator } from "./support.ts"

describe("the token call", () => {
  it.effect("grants a token to the right credentials", () =>
    Effect.gen(function* () {
      const answer = yield* send("POST", "/oauth/token", { form: tokenForm })
      assert.strictEqual(answer.status, 200)
      const body = answer.body as Record<string, unknown>
      assert.strictEqual(body.token_type, "Bearer")
      assert.strictEqual(body.expires_in, 3600)
      assert.strictEqual((yield* whoami(String(body.access_token))).status, 200)
    }).pipe(withSimulator())
  )

  it.effect("accepts parameters on the content type and escapes in the form", () =>
    Effect.gen(function* () {
      const answer = yield* send("POST", "/oauth/token", {
        text: "grant_type=client_credentials&client_id=an+id&client_secret=a%26b%3D%C3%A9%2B",
        contentType: "application/x-www-form-urlencoded; charset=UTF-8"
      })
      assert.strictEqual(answer.status, 200)
    }).pipe(withSimulator({ credentials: { clientId: "an id", clientSecret: "a&b=é+" } }))
  )

  it.effect.each([
    { what: "no grant type", form: { client_id: "simulator-client" }, status: 400, error: "unsupported_grant_type" },
    {
      what: "another grant type",
      form: { ...tokenForm, grant_type: "password" },
      status: 400,
      error: "unsupported_grant_type"
    },
    { what: "a wrong secret", form: { ...tokenForm, client_secret: "x" }, status: 401, error: "invalid_client" },
    { what: "a wrong client", form: { ...tokenForm, client_id: "x" }, status: 401, error: "invalid_client" },
    { what: "no client", form: { grant_type: "client_credentials" }, status: 401, error: "invalid_client" },
    { what: "a further member", form: { ...tokenForm, scope: "all" }, status: 400, error: "invalid_request" }
  ])("refuses $what", ({ error, form, status }) =>
    Effect.gen(function* () {
      const answer = yield* send("POST", "/oauth/token", { form })
      assert.strictEqual(answer.status, status)
      assert.include(answer.body, { error, code: error, status })
    }).pipe(withSimulator())
  )

  it.effect.each([
    { what: "JSON", json: tokenForm },
    { what: "plain text", text: "grant_type=client_credentials", contentType: "text/plain" },
    {
      what: "a broken escape",
      text: "grant_type=client_credentials&client_id=%zz",
      contentType: "application/x-www-form-urlencoded"
    },
    {
      what: "a member that comes twice",
      text: "grant_type=client_credentials&grant_type=client_credentials",
      contentType: "application/x-www-form-urlencoded"
    }
  ])("refuses $what", ({ what: _, ...sending }) =>
    Effect.gen(function* () {
      const answer = yield* send("POST", "/oauth/token", sending)
      assert.strictEqual(answer.status, 400)
      assert.include(answer.body, { error: "invalid_request" })
    }).pipe(withSimulator())
  )
})

describe("tokens", () => {
  it.effect("expire when their lifetime has passed on the clock", () =>
    Effect.gen(function* () {
      const simulator = yield* CXoneSimulator
      const token = yield* simulator.issueToken
      yield* TestClock.adjust("89999 millis")
      assert.strictEqual((yield* whoami(token)).status, 200)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual((yield* whoami(token)).status, 401)
      assert.deepStrictEqual((yield* simulator.state).tokens, { issued: 1, live: 0 })
    }).pipe(withSimulator({ tokenLifetime: 90 }))
  )

  it.effect("end when they are revoked, and new ones are live", () =>
    Effect.gen(function* () {
      const simulator = yield* CXoneSimulator
      const tokens = yield* Effect.all([simulator.issueToken, simulator.issueToken])
      yield* simulator.revokeTokens
      for (const token of tokens) assert.strictEqual((yield* whoami(token)).status, 401)
      assert.strictEqual((yield* whoami(yield* simulator.issueToken)).status, 200)
      assert.deepStrictEqual((yield* simulator.state).tokens, { issued: 3, live: 1 })
    }).pipe(withSimulator())
  )

  it.effect.each(["", "Bearer", "Bearer nothing-known", "Basic c2ltdWxhdG9y"])(
    "are needed: %j is not one",
    (authorization) =>
      Effect.gen(function* () {
        for (const path of ["/api/v2/users/me", "/api/v2/conversations/webchat", "/api/v2/nothing"]) {
          const answer = yield* send("GET", path, { headers: { authorization } })
          assert.strictEqual(answer.status, 401)
          assert.strictEqual(answer.headers["www-authenticate"], "Bearer")
          assert.include(answer.body, { code: "bad.credentials", status: 401 })
        }
      }).pipe(withSimulator())
  )

  it.effect("are issued to many callers at once, a different one to each", () =>
    Effect.gen(function* () {
      const answers = yield* Effect.all(
        Array.from({ length: 20 }, () => send("POST", "/oauth/token", { form: tokenForm })),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(new Set(answers.map(({ text }) => text)).size, 20)
      assert.deepStrictEqual(yield* statuses(1, whoami("another")), [401])
    }).pipe(withSimulator())
  )
})
