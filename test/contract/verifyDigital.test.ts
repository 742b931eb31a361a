import { assert, describe, layer } from "@effect/vitest"
import { Duration, Effect, Redacted } from "effect"
import { DigitalSimulator } from "../../src/simulator/DigitalSimulator.ts"
import {
  digitalAccessKeyId,
  digitalAccessKeySecret,
  digitalAgentId,
  digitalAgentNumber,
  digitalChannelId,
  digitalClientId,
  digitalClientSecret,
  digitalTenantId,
  routingQueueId,
  salesSkillId
} from "../../src/simulator/digital/DigitalOptions.ts"
import { makeFront } from "./support/front.ts"
import { digitalPact } from "./support/pacts.ts"
import { oneForEachState, platform, statesOf, watching } from "./verify/fixtures.ts"
import { readPact } from "./verify/Pact.ts"
import { countsOf, type Verification } from "./verify/Report.ts"
import { type DigitalVerification, PATIENCE } from "./verify/Settings.ts"
import { verifyPact } from "./verify/Verification.ts"

const settingsFor = (
  issuer: string,
  {
    digital,
    ...rest
  }: Partial<Omit<DigitalVerification, "digital">> & {
    readonly digital?: Partial<DigitalVerification["digital"]>
  } = {}
): DigitalVerification => ({
  digital: {
    issuer,
    clientId: digitalClientId,
    clientSecret: Redacted.make(digitalClientSecret),
    accessKeyId: digitalAccessKeyId,
    accessKeySecret: Redacted.make(digitalAccessKeySecret),
    channelId: digitalChannelId,
    contact: "open",
    intentField: "cognigy_intent",
    acdVersion: "v30.0",
    attemptTimeout: PATIENCE,
    ...digital
  },
  statesUrl: undefined,
  skillId: undefined,
  queueId: undefined,
  agentId: undefined,
  agentNumber: undefined,
  ...rest
})

const everything = {
  skillId: salesSkillId,
  queueId: routingQueueId,
  agentId: digitalAgentId,
  agentNumber: String(digitalAgentNumber)
}

const pact = Effect.map(readPact(digitalPact.committed), oneForEachState)

/** The pact with the interactions that have these descriptions. */
const partOf = Effect.fnUntraced(function* (...descriptions: ReadonlyArray<string>) {
  const whole = yield* readPact(digitalPact.committed)
  const interactions = descriptions.flatMap(
    (wanted) => whole.interactions.find(({ description }) => description === wanted) ?? []
  )
  assert.lengthOf(interactions, descriptions.length)
  return { ...whole, interactions }
})

const failuresOf = ({ results }: Verification) =>
  results.flatMap(({ description, problems }) => (problems.length > 0 ? [{ description, problems }] : []))

layer(platform, { excludeTestServices: true })("verification of the Digital Engagement API", (it) => {
  describe("the committed pact", () => {
    it.effect("is kept by the simulator in every state that its provider states arrange", () =>
      Effect.gen(function* () {
        const { baseUrl } = yield* DigitalSimulator
        const part = yield* pact
        const settings = settingsFor(baseUrl, { statesUrl: statesOf(baseUrl), digital: { channelId: "another" } })
        const verification = yield* verifyPact(part, settings)
        assert.deepStrictEqual(failuresOf(verification), [])
        assert.deepStrictEqual(countsOf(verification), {
          passed: part.interactions.length,
          failed: 0,
          skipped: 0,
          notRun: 0
        })
      }).pipe(Effect.provide(DigitalSimulator.layer()))
    )

    it.effect("is kept by it in every state that can come about through its own API; what was opened is closed", () =>
      Effect.gen(function* () {
        const { baseUrl, state } = yield* DigitalSimulator
        const part = yield* pact
        const settings = settingsFor(baseUrl, { ...everything, digital: { tenantId: digitalTenantId } })
        const verification = yield* verifyPact(part, settings)
        const impossible = [
          "a revoked access token",
          "an access token without a permission",
          "several pages of active contacts",
          "a rate limit"
        ]
        assert.deepStrictEqual(failuresOf(verification), [])
        assert.deepStrictEqual(
          verification.results.flatMap(({ description, skipped }) =>
            skipped === undefined ? [] : [{ description, skipped }]
          ),
          part.interactions.flatMap(({ description, providerStates = [] }) =>
            providerStates
              .filter(({ name }) => impossible.includes(name))
              .map(({ name }) => ({ description, skipped: `only a provider-states URL can arrange: ${name}` }))
          )
        )
        assert.isAtLeast(countsOf(verification).passed, 20)
        const { contacts } = yield* state
        assert.isAtLeast(contacts.length, 10)
        assert.deepStrictEqual([...new Set(contacts.map(({ status }) => status))], ["closed"])
      }).pipe(Effect.provide(DigitalSimulator.layer({ searchLag: 100, messageLag: 100 })))
    )

    it.effect("names the setting without which an interaction is skipped", () =>
      Effect.gen(function* () {
        const part = yield* partOf(
          "a request for the API of a tenant",
          "a request for a skill",
          "a request for a routing queue",
          "a request to route a contact to an agent",
          "a request to route a contact to an agent by number"
        )
        const { results } = yield* verifyPact(part, settingsFor("http://127.0.0.1:1"))
        assert.deepStrictEqual(
          results.map(({ skipped }) => skipped),
          ["TENANT_ID", "SKILL_ID", "QUEUE_ID", "AGENT_ID", "AGENT_NUMBER"].map(
            (name) => `it needs CXONE_${name} or CXONE_PROVIDER_STATES_URL`
          )
        )
      })
    )
  })

  it.effect("a provider that says tokens and secrets aloud is reported without them", () =>
    Effect.gen(function* () {
      const { baseUrl } = yield* DigitalSimulator
      const heard: Array<string> = []
      const front = yield* makeFront({
        target: Effect.succeed(baseUrl),
        arrange: () => Effect.void,
        answer: (answer, { body, headers, path }) => {
          const said = `${headers.authorization} ${new TextDecoder().decode(body)}`
          heard.push(said)
          if (path === "/auth/token" && heard.length > 1) return answer
          return { ...answer, body: new TextEncoder().encode(JSON.stringify({ data: said, access_token: [said] })) }
        }
      })
      const settings = settingsFor(front.baseUrl, { digital: { baseUrl: front.baseUrl } })
      const part = yield* partOf("a request for an access token", "a request for a routing queue that does not exist")
      const failures = failuresOf(yield* verifyPact(part, settings))
      assert.lengthOf(failures, 2)
      const report = JSON.stringify(failures)
      const basic = Buffer.from(`${digitalClientId}:${digitalClientSecret}`).toString("base64")
      for (const secret of [basic, digitalAccessKeySecret, "simulator-token-"]) {
        assert.include(heard.join("\n"), secret)
        assert.notInclude(report, secret)
      }
    }).pipe(Effect.provide(DigitalSimulator.layer()))
  )

  it.effect("the credentials stand where the pact has examples of them, and nowhere else", () =>
    Effect.gen(function* () {
      const { asked, baseUrl } = yield* watching(() => ({ status: 401, body: { error: "invalid_client" } }))
      const part = yield* partOf(
        "a request for an access token",
        "a request for an access token with a wrong client secret",
        "a request for an access token with a wrong access key"
      )
      const digital = {
        clientId: "a b",
        clientSecret: Redacted.make("s:ü%"),
        accessKeyId: "K&1",
        accessKeySecret: Redacted.make("k=+ü%")
      }
      yield* verifyPact(part, settingsFor(baseUrl, { digital }))
      const basic = (secret: string) => `Basic ${Buffer.from(`a b:${secret}`).toString("base64")}`
      const form = "grant_type=password&username=K%261&password="
      assert.deepStrictEqual(asked, [
        `POST /auth/token ${basic("s:ü%")} ${form}k%3D%2B%C3%BC%25`,
        `POST /auth/token ${basic("wrong-client-secret")} ${form}k%3D%2B%C3%BC%25`,
        `POST /auth/token ${basic("s:ü%")} ${form}wrong-access-key-secret`
      ])
    })
  )

  const nowhere = "http://127.0.0.1:1"
  const cases = [
    {
      what: "an issuer that is down",
      settings: () => settingsFor(nowhere, { digital: { attemptTimeout: Duration.millis(500) } }),
      cause: /nothing listens/,
      advice: /CXONE_ISSUER/
    },
    {
      what: "an API that is down",
      settings: (baseUrl: string) => settingsFor(baseUrl, { digital: { baseUrl: nowhere } }),
      cause: /nothing listens/,
      advice: /CXONE_BASE_URL/
    },
    {
      what: "credentials that are refused",
      settings: (baseUrl: string) => settingsFor(baseUrl, { digital: { accessKeySecret: Redacted.make("p1anted") } }),
      cause: /^no access token: CXone refused our credentials/,
      advice: /CXONE_ACCESS_KEY_SECRET/
    }
  ]
  it.effect.each(cases)("$what is told once, with what to do", ({ advice, cause, settings }) =>
    Effect.gen(function* () {
      const { baseUrl } = yield* DigitalSimulator
      const part = yield* partOf(
        "a request for a contact that does not exist",
        "a request for a skill that does not exist",
        "a request for a user who does not exist"
      )
      const verification = yield* verifyPact(part, settings(baseUrl))
      assert.deepStrictEqual(countsOf(verification), { passed: 0, failed: 1, skipped: 0, notRun: 2 })
      const [reason = "", instead = ""] = failuresOf(verification)[0]?.problems ?? []
      assert.match(reason, cause)
      assert.match(instead, advice)
      assert.notInclude(JSON.stringify(verification), "p1anted")
    }).pipe(Effect.provide(DigitalSimulator.layer()))
  )
})
