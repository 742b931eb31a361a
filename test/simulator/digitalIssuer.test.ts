import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { TestClock } from "effect/testing"
import { DigitalSimulator } from "../../src/simulator/DigitalSimulator.ts"
import {
  digitalAccessKeyId,
  digitalAccessKeySecret,
  digitalClientId,
  digitalClientSecret,
  digitalTenantId
} from "../../src/simulator/digital/DigitalOptions.ts"
import { basic, dfo, send, tokenForm, withDigital, withDigitalServer } from "./digitalSupport.ts"

const Granted = Schema.Struct({
  access_token: Schema.String,
  token_type: Schema.Literal("Bearer"),
  expires_in: Schema.Literal(600),
  id_token: Schema.String,
  refresh_token: Schema.String
})

const grant = (form = tokenForm, headers: Readonly<Record<string, string>> = basic()) =>
  send("POST", "/auth/token", { form, headers })

const channel = (token: string) => send("GET", `${dfo}/channels?id[]=none`, { token })

describe("the token endpoint", () => {
  it.effect("grants a token that lives as long as it says, and the tenant's id in a JWT", () =>
    Effect.gen(function* () {
      const { body, status } = yield* grant()
      assert.strictEqual(status, 200)
      const { access_token, id_token } = yield* Schema.decodeUnknownEffect(Granted)(body)
      const [, claims = ""] = id_token.split(".")
      assert.deepInclude(JSON.parse(Buffer.from(claims, "base64url").toString()), {
        tenantId: digitalTenantId,
        iss: "http://cxone.simulated"
      })
      yield* TestClock.adjust("599999 millis")
      assert.strictEqual((yield* channel(access_token)).status, 200)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual((yield* channel(access_token)).status, 401)
    }).pipe(withDigital({ tokenLifetime: 600 }))
  )

  const wrong = [
    ["no client", 401, "invalid_client", tokenForm, {}],
    ["a client's secret that is wrong", 401, "invalid_client", tokenForm, basic(digitalClientId, "wrong")],
    ["an unknown client", 401, "invalid_client", tokenForm, basic("other", digitalClientSecret)],
    ["a client without a colon", 401, "invalid_client", tokenForm, { authorization: "Basic YWJj" }],
    ["a wrong password", 401, "invalid_grant", tokenForm.replace(digitalAccessKeySecret, "wrong"), basic()],
    ["an unknown access key", 401, "invalid_grant", tokenForm.replace(digitalAccessKeyId, "other"), basic()],
    ["another grant", 400, "unsupported_grant_type", "grant_type=client_credentials", basic()],
    ["no password", 400, "invalid_request", "grant_type=password&username=a", basic()],
    ["a member more", 400, "invalid_request", `${tokenForm}&scope=a`, basic()],
    ["a member twice", 400, "invalid_request", `${tokenForm}&password=a`, basic()]
  ] as const
  it.effect.each(wrong)("refuses %s with %d %s", ([, status, error, form, headers]) =>
    Effect.gen(function* () {
      const answer = yield* grant(form, headers)
      assert.strictEqual(answer.status, status)
      assert.deepInclude(answer.body, { error })
      assert.strictEqual(answer.headers["www-authenticate"], error === "invalid_client" ? "Basic" : undefined)
      assert.strictEqual((yield* (yield* DigitalSimulator).state).tokens.issued, 0)
    }).pipe(withDigital())
  )

  it.effect("refuses JSON, and refuses credentials with the status of its options", () =>
    Effect.gen(function* () {
      const json = { grant_type: "password", username: digitalAccessKeyId, password: digitalAccessKeySecret }
      const answer = yield* send("POST", "/auth/token", { json, headers: basic() })
      assert.deepInclude(answer.body, { error: "invalid_request" })
      const refused = yield* grant(tokenForm, basic("other"))
      assert.deepStrictEqual([refused.status, answer.status], [400, 400])
      assert.deepInclude(refused.body, { error: "invalid_client" })
    }).pipe(withDigital({ refusedStatus: 400 }))
  )
})

describe("the discovery", () => {
  it.effect("says where the API of the tenant is, and knows no other tenant", () =>
    Effect.gen(function* () {
      const found = yield* send("GET", `/.well-known/cxone-configuration?tenantId=${digitalTenantId}`)
      assert.strictEqual(found.status, 200)
      assert.deepInclude(found.body, { api_endpoint: "http://cxone.simulated" })
      assert.strictEqual((yield* send("GET", "/.well-known/cxone-configuration?tenantId=other")).status, 404)
      assert.strictEqual((yield* send("GET", "/.well-known/cxone-configuration")).status, 400)
    }).pipe(withDigital())
  )

  it.live("names the address at which it listens, and a token works there", () =>
    Effect.gen(function* () {
      const { baseUrl } = yield* DigitalSimulator
      const { body } = yield* send("GET", `/.well-known/cxone-configuration?tenantId=${digitalTenantId}`)
      assert.match(baseUrl, /^http:\/\/127\.0\.0\.1:\d+$/)
      assert.deepInclude(body, { api_endpoint: baseUrl })
      const granted = yield* Schema.decodeUnknownEffect(Granted)((yield* grant()).body)
      assert.strictEqual((yield* channel(granted.access_token)).status, 200)
    }).pipe(withDigitalServer({ tokenLifetime: 600 }))
  )
})

describe("secrets", () => {
  it.effect("are never recorded or shown, whatever way they come", () =>
    Effect.gen(function* () {
      const simulator = yield* DigitalSimulator
      const token = yield* simulator.issueToken
      const header = basic().authorization
      const answers = [
        yield* grant(),
        yield* grant(tokenForm.replace(digitalAccessKeySecret, "of-another-key")),
        yield* grant(`${tokenForm}&client_secret=${digitalClientSecret}`),
        yield* send("POST", "/auth/token", { json: { password: digitalAccessKeySecret, header } }),
        yield* send("GET", `/auth/token?password=${digitalAccessKeySecret}&secret=${digitalClientSecret}`),
        yield* send("POST", `${dfo}/nothing`, { token, json: { header, token, a: [digitalAccessKeySecret] } }),
        yield* send("PUT", `${dfo}/contacts/${digitalClientSecret}`, { token, json: { [digitalAccessKeySecret]: 1 } })
      ]
      const [granted, ...others] = answers
      assert.deepStrictEqual((yield* simulator.state).calls[0]?.body, {
        grant_type: "password",
        username: digitalAccessKeyId
      })
      const texts = [JSON.stringify(yield* simulator.state), (yield* send("GET", "/__simulator/state")).text]
      const { access_token } = yield* Schema.decodeUnknownEffect(Granted)(granted?.body)
      for (const text of texts) {
        for (const secret of [digitalAccessKeySecret, digitalClientSecret, "of-another-key", header, token]) {
          assert.notInclude(text, secret)
        }
        assert.notInclude(text, access_token)
        assert.notInclude(text, header.slice("Basic ".length))
      }
      for (const { text } of others) assert.notInclude(text, token)
    }).pipe(withDigital({ tokenLifetime: 600 }))
  )
})
