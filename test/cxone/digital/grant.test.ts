/** The token and the discovery of the Digital Engagement API, over an issuer that answers by script. */
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Layer, Logger, Metric, Redacted, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"
import type { CXoneError } from "../../../src/cxone/CXoneError.ts"
import * as Deadline from "../../../src/cxone/Deadline.ts"
import * as Digital from "../../../src/cxone/digital/Digital.ts"
import { type DigitalClient, type DigitalOptions, DigitalSettings } from "../../../src/cxone/digital/DigitalSettings.ts"
import { AccessToken } from "../../../src/cxone/transport/AccessToken.ts"
import { type Reply, type Sent, scripted } from "../../support/scripted.ts"
import { settled } from "../../support/time.ts"

const client: DigitalClient = {
  clientId: "client",
  clientSecret: Redacted.make("client-s3cr3t"),
  accessKeyId: "key",
  accessKeySecret: Redacted.make("key s3cr3t&")
}

const base64 = (text: string) => Buffer.from(text).toString("base64")

const base64Url = (text: string) => Buffer.from(text).toString("base64url")

const jwt = (claims: unknown) => `e30.${base64Url(JSON.stringify(claims))}.c2ln`

const granted = (more: object = {}, expires_in = 3600): Reply => ({
  status: 200,
  body: { access_token: "t", token_type: "Bearer", expires_in, id_token: jwt({ tenantId: "11eb/ä" }), ...more }
})

const configuration = (body: unknown): Reply => ({ status: 200, body })

const API = { api_endpoint: "https://api-na1.cxone.test", area: "na1", domain: "cxone.test" }

const isToken = ({ path }: Sent) => path === "/auth/token"

/** Runs a test against an issuer. `reply` has the index of the request among those of its kind. */
const withIssuer = <A, E>(
  test: (sent: ReadonlyArray<Sent>) => Effect.Effect<A, E, AccessToken>,
  {
    discovery = () => configuration(API),
    token = () => granted(),
    ...options
  }: Partial<DigitalOptions> & {
    readonly token?: (index: number) => Reply | Effect.Effect<Reply>
    readonly discovery?: (index: number) => Reply | Effect.Effect<Reply>
  } = {}
) => {
  let [tokens, discoveries] = [0, 0]
  const { layer, sent } = scripted((one) => (isToken(one) ? token(tokens++) : discovery(discoveries++)))
  const issuer = "https://issuer.test"
  const settings = DigitalSettings.layer({ issuer, channelId: "byoc_1", ...client, ...options })
  return test(sent).pipe(Effect.provide(Layer.provide(Digital.layerClient(), [settings, layer])))
}

const get = Effect.flatMap(AccessToken, ({ get }) => get)

const baseUrl = Effect.map(get, ({ baseUrl }) => baseUrl)

const failure: Effect.Effect<CXoneError, unknown, AccessToken> = Effect.flip(get)

const paths = (sent: ReadonlyArray<Sent>) => sent.map(({ path }) => path)

const DISCOVERY = "/.well-known/cxone-configuration?tenantId="

describe("a token", () => {
  it.effect("is asked for with the client and the access key, and the API with the token's tenant", () =>
    withIssuer((sent) =>
      Effect.gen(function* () {
        const { baseUrl, life, token } = yield* get
        assert.deepStrictEqual(
          [Redacted.value(token), Duration.toMinutes(life), baseUrl],
          ["t", 60, "https://api-na1.cxone.test"]
        )
        assert.deepStrictEqual(sent, [
          {
            method: "POST",
            path: "/auth/token",
            authorization: `Basic ${base64("client:client-s3cr3t")}`,
            body: "grant_type=password&username=key&password=key+s3cr3t%26"
          },
          { method: "GET", path: `${DISCOVERY}11eb%2F%C3%A4`, authorization: undefined, body: "" }
        ])
      })
    )
  )

  it.effect("has the life that the issuer says, and later ones need no discovery", () =>
    withIssuer(
      (sent) =>
        Effect.gen(function* () {
          yield* get
          yield* TestClock.adjust("1 hour")
          yield* get
          assert.isAbove(sent.filter(isToken).length, 5)
          assert.lengthOf(sent, sent.filter(isToken).length + 1)
        }),
      // Only the first answer tells the tenant.
      { token: (index) => granted(index === 0 ? {} : { id_token: undefined }, 600) }
    )
  )

  it.effect.each([
    ["invalid_client", 401, /CXONE_CLIENT_ID and CXONE_CLIENT_SECRET.*approved/, "CXONE_ACCESS_KEY"],
    ["unauthorized_client", 400, /CXONE_CLIENT_ID and CXONE_CLIENT_SECRET/, "CXONE_ACCESS_KEY"],
    ["invalid_grant", 400, /CXONE_ACCESS_KEY_ID and CXONE_ACCESS_KEY_SECRET/, "CXONE_CLIENT"],
    ["s3cr3t", 401, /CXONE_CLIENT_ID and CXONE_CLIENT_SECRET, and CXONE_ACCESS_KEY_ID/, "nothing"]
  ] as const)("that is refused with %s names what to check, and not the answer", ([error, status, told, other]) =>
    withIssuer(
      () =>
        Effect.gen(function* () {
          const refusal = yield* failure
          assert.strictEqual(refusal._tag, "Unauthorized")
          assert.match(refusal.message, told)
          assert.notInclude(refusal.message, other)
          assert.notInclude(refusal.message, "s3cr3t")
        }),
      {
        token: () => ({ status, body: { error, error_description: "s3cr3t" } }),
        credentialsFrom: {
          client: "CXONE_CLIENT_ID and CXONE_CLIENT_SECRET",
          accessKey: "CXONE_ACCESS_KEY_ID and CXONE_ACCESS_KEY_SECRET"
        }
      }
    )
  )

  it.effect.each<Reply>([
    { status: 401 },
    { status: 400, body: "no JSON" },
    { status: 401, body: { error: { code: 1 } } },
    { status: 403, body: {} }
  ])("that is refused in another way names both: %j", (token) =>
    withIssuer(
      () =>
        Effect.gen(function* () {
          const refusal = yield* failure
          assert.strictEqual(refusal._tag, "Unauthorized")
          assert.match(refusal.message, /clientId and clientSecret, and accessKeyId and accessKeySecret/)
        }),
      { token: () => token }
    )
  )

  it.effect.each([{ access_token: "a b" }, { expires_in: 0 }, { expires_in: "soon" }, { access_token: undefined }])(
    "that cannot be used is an unexpected answer: %j",
    (body) =>
      withIssuer(
        () =>
          Effect.gen(function* () {
            assert.deepInclude(yield* failure, { _tag: "UnexpectedResponse", operation: "token", status: 200 })
          }),
        { token: () => granted(body) }
      )
  )
})

describe("the tenant", () => {
  it.effect("is that of the setting, whatever the token says", () =>
    withIssuer(
      (sent) =>
        Effect.gen(function* () {
          yield* get
          assert.deepStrictEqual(paths(sent), ["/auth/token", `${DISCOVERY}set`])
        }),
      { tenantId: "set" }
    )
  )

  it.effect.each([
    undefined,
    null,
    "",
    "opaque",
    "a.b.c",
    `e30.${base64Url("no JSON")}.x`,
    jwt(5),
    jwt({}),
    jwt({ tenantId: "" }),
    jwt({ tenantId: 5 }),
    jwt({ tenantId: "x".repeat(300) }),
    { tenantId: "x" }
  ])("that the token does not name is asked for: %j", (id_token) =>
    withIssuer(
      (sent) =>
        Effect.gen(function* () {
          const error = yield* failure
          assert.deepInclude(error, { _tag: "UnexpectedResponse", operation: "token", status: 200 })
          assert.include(error.message, "set CXONE_TENANT_ID")
          assert.deepStrictEqual(paths(sent), ["/auth/token"])
        }),
      { token: () => granted({ id_token }) }
    )
  )

  it.effect("needs no discovery where the API's start is set", () =>
    withIssuer(
      (sent) =>
        Effect.gen(function* () {
          assert.strictEqual(yield* baseUrl, "https://proxy.test/nice")
          assert.deepStrictEqual(paths(sent), ["/auth/token"])
        }),
      { baseUrl: "https://proxy.test/nice/dfo/3.0", token: () => granted({ id_token: undefined }) }
    )
  )
})

describe("the discovery", () => {
  it.effect.each([
    [{ api_endpoint: "https://api-na1.cxone.test/" }, "https://api-na1.cxone.test"],
    [{ api_endpoint: "https://api.test/nice/dfo/3.0/" }, "https://api.test/nice"],
    [{ api_endpoint: null, area: "na1", domain: "niceincontact.com" }, "https://api-de-na1.niceincontact.com"],
    [{ api_endpoint: "", area: "NA1", domain: "nice.test", more: 5 }, "https://api-de-na1.nice.test"]
  ] as const)("gives the API's start: %j", ([body, expected]) =>
    withIssuer(
      () =>
        Effect.gen(function* () {
          assert.strictEqual(yield* baseUrl, expected)
        }),
      { discovery: () => configuration(body) }
    )
  )

  it.effect.each([
    [{}, "neither api_endpoint nor area and domain"],
    [{ area: "na1" }, "neither api_endpoint nor area and domain"],
    [{ area: "evil.test/?", domain: "cxone.test" }, "neither api_endpoint nor area and domain"],
    [{ area: "na1", domain: "evil.test/x" }, "neither api_endpoint nor area and domain"],
    [{ api_endpoint: "http://api.s3cr3t" }, "not https"],
    [{ ...API, api_endpoint: "ftp://api.s3cr3t" }, "not an http or https URL"],
    [{ api_endpoint: "https://user:s3cr3t@api.test" }, "not an http or https URL"],
    [{ api_endpoint: 5 }, "api_endpoint"],
    ["s3cr3t", "JSON"]
  ] as const)("that names none is an unexpected answer, which is not repeated: %j", ([body, told]) =>
    withIssuer(
      () =>
        Effect.gen(function* () {
          const error = yield* failure
          assert.deepInclude(error, { _tag: "UnexpectedResponse", operation: "discovery", status: 200 })
          assert.include(error.message, told)
          assert.notInclude(error.message, "s3cr3t")
        }),
      { discovery: () => configuration(body) }
    )
  )

  it.effect("takes an API with http from an issuer with http, such as a simulator", () =>
    withIssuer(
      () =>
        Effect.gen(function* () {
          assert.strictEqual(yield* baseUrl, "http://127.0.0.1:4010")
        }),
      { issuer: "http://127.0.0.1:4010", discovery: () => configuration({ api_endpoint: "http://127.0.0.1:4010" }) }
    )
  )

  it.effect.each([401, 404])("that is answered %i says what to check", (status) =>
    withIssuer(
      () =>
        Effect.gen(function* () {
          const error = yield* failure
          assert.deepInclude(error, { _tag: "UnexpectedResponse", operation: "discovery", status })
          assert.include(error.message, "CXONE_TENANT_ID")
        }),
      { discovery: () => ({ status, body: {} }) }
    )
  )

  it.effect("that failed is made again with the next token, and then no more", () =>
    withIssuer(
      (sent) =>
        Effect.gen(function* () {
          assert.strictEqual((yield* failure)._tag, "UnexpectedResponse")
          assert.strictEqual(yield* baseUrl, "https://api-na1.cxone.test")
          yield* Effect.flatMap(AccessToken, ({ replace }) => replace)
          assert.strictEqual(sent.filter(isToken).length, 3)
          assert.strictEqual(sent.length, 5)
        }),
      { discovery: (index) => (index === 0 ? { status: 404 } : configuration(API)) }
    )
  )

  it.effect("is made again for a token of another tenant", () =>
    withIssuer(
      (sent) =>
        Effect.gen(function* () {
          yield* get
          yield* Effect.flatMap(AccessToken, ({ replace }) => replace)
          assert.strictEqual(yield* baseUrl, "https://api-1.test")
          assert.deepStrictEqual(paths(sent).slice(1), [`${DISCOVERY}t0`, "/auth/token", `${DISCOVERY}t1`])
        }),
      {
        token: (index) => granted({ id_token: jwt({ tenantId: `t${index}` }) }),
        discovery: (index) => configuration({ api_endpoint: `https://api-${index}.test` })
      }
    )
  )

  it.effect("is retried like a token's request, under its own name in errors and metrics", () =>
    withIssuer(
      (sent) =>
        Effect.gen(function* () {
          const caller = yield* Effect.forkChild(Effect.flip(Deadline.within("3 seconds")(get)))
          yield* TestClock.adjust("3 seconds")
          const error = yield* Fiber.join(caller)
          assert.deepInclude(error, { _tag: "Unavailable", operation: "discovery" })
          assert.strictEqual(sent.filter(isToken).length, 1)
          assert.isAbove(sent.length, 2)
          const counted = yield* Metric.snapshot
          const operations = counted.flatMap(({ attributes, id }) =>
            id === "cxone_calls_total" ? [`${attributes?.dialect} ${attributes?.operation}`] : []
          )
          assert.include(operations, "digital discovery")
        }),
      { discovery: () => ({ status: 503 }) }
    )
  )

  it.effect("that does not answer ends at a caller's deadline, also after a token that came late", () =>
    withIssuer(
      () =>
        Effect.gen(function* () {
          const caller = yield* Effect.forkChild(Effect.flip(Deadline.within("3 seconds")(get)))
          yield* TestClock.adjust("3 seconds")
          assert.deepInclude(yield* Fiber.join(caller), { _tag: "DeadlineExceeded", operation: "discovery" })
        }),
      { token: (index) => (index === 0 ? { status: 503 } : granted()), discovery: () => "hang" }
    )
  )
})

describe("credentials that change", () => {
  const changed = (secret: string): DigitalClient => ({ ...client, accessKeySecret: Redacted.make(secret) })

  it.effect("are used at once; where they are refused, those before them are", () => {
    const lines: Array<unknown> = []
    const log = Logger.make(({ message }) => {
      lines.push(message)
    })
    return Effect.gen(function* () {
      const ref = yield* SubscriptionRef.make(changed("old"))
      yield* withIssuer(
        (sent) =>
          Effect.gen(function* () {
            const secrets = () => sent.filter(isToken).map(({ body }) => new URLSearchParams(body).get("password"))
            yield* get
            yield* SubscriptionRef.set(ref, changed("wrong"))
            yield* settled
            yield* get
            yield* SubscriptionRef.set(ref, changed("new"))
            yield* settled
            yield* get
            assert.deepStrictEqual(secrets(), ["old", "wrong", "old", "new"])
            const told = lines.join("\n")
            assert.include(told, "The credentials before the change are still used")
            assert.include(told, "check accessKeyId and accessKeySecret")
            assert.notMatch(told, /wrong|s3cr3t/)
            assert.lengthOf(
              sent.filter((one) => !isToken(one)),
              1
            )
          }),
        {
          client: ref,
          token: (index) => (index === 1 ? { status: 401, body: { error: "invalid_grant" } } : granted())
        }
      )
    }).pipe(Effect.provide(Logger.layer([log])))
  })
})
