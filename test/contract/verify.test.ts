import { assert, describe, layer } from "@effect/vitest"
import { Duration, Effect, Redacted } from "effect"
import { CXoneSimulator } from "../../src/simulator/CXoneSimulator.ts"
import { agentId, salesQueueId as queueId } from "../../src/simulator/webchat/SimulatorOptions.ts"
import { type Incoming, makeFront, type Outgoing } from "./support/front.ts"
import { cxonePact } from "./support/pacts.ts"
import { answering, oneForEachState, pactOf, platform, settingsFor, statesOf, watching } from "./verify/fixtures.ts"
import { readPact } from "./verify/Pact.ts"
import { countsOf, type Verification } from "./verify/Report.ts"
import type { Settings } from "./verify/Settings.ts"
import { verifyPact } from "./verify/Verification.ts"

/** The same settings with a short attempt timeout, for a provider that never answers. */
const impatient = ({ cxone, ...rest }: Settings): Settings => ({
  ...rest,
  cxone: { ...cxone, attemptTimeout: Duration.millis(300) }
})

const unarranged = 'the state "a valid access token" (setup) could not be arranged, the provider-states URL'
const wrongUrl = "CXONE_PROVIDER_STATES_URL: what is there must answer 2xx to every state"
const network =
  "the host and port of CXONE_PROVIDER_STATES_URL, and this machine's network: a firewall may be in between; if calls must go through a proxy, set HTTPS_PROXY"

const failuresOf = ({ results }: Verification) =>
  results.flatMap(({ description, problems }) => (problems.length > 0 ? [{ description, problems }] : []))

const skippedOf = ({ results }: Verification) =>
  results.flatMap(({ description, skipped }) => (skipped === undefined ? [] : [{ description, skipped }]))

/** A provider in front of the simulator that answers in its own way. */
const altered = Effect.fnUntraced(function* (answer: (answer: Incoming, request: Outgoing) => Incoming) {
  const { baseUrl } = yield* CXoneSimulator
  return yield* makeFront({ target: Effect.succeed(baseUrl), arrange: () => Effect.void, answer })
})

const json = (body: unknown) => new TextEncoder().encode(JSON.stringify(body))

layer(platform, { excludeTestServices: true })("verification", (it) => {
  describe("the committed pact", () => {
    it.effect("is kept by the simulator in every state that its provider states arrange", () =>
      Effect.gen(function* () {
        const { baseUrl } = yield* CXoneSimulator
        const pact = oneForEachState(yield* readPact(cxonePact.committed))
        const verification = yield* verifyPact(pact, settingsFor(baseUrl, { statesUrl: statesOf(baseUrl) }))
        assert.deepStrictEqual(failuresOf(verification), [])
        assert.deepStrictEqual(countsOf(verification), {
          passed: pact.interactions.length,
          failed: 0,
          skipped: 0,
          notRun: 0
        })
      }).pipe(Effect.provide(CXoneSimulator.layer()))
    )

    it.effect(
      "is kept by it in every state that can come about through its own API, except for those that cannot",
      () =>
        Effect.gen(function* () {
          const { baseUrl } = yield* CXoneSimulator
          const pact = oneForEachState(yield* readPact(cxonePact.committed))
          const verification = yield* verifyPact(pact, settingsFor(baseUrl, { queueId, agentId }))
          const impossible = [
            "a revoked access token",
            "an access token without a scope",
            "an ended conversation",
            "several active conversations",
            "a rate limit"
          ]
          const expected = pact.interactions.flatMap(({ description, providerStates = [] }) =>
            providerStates
              .filter(({ name }) => impossible.includes(name))
              .map(({ name }) => ({ description, skipped: `only a provider-states URL can arrange: ${name}` }))
          )
          assert.deepStrictEqual(failuresOf(verification), [])
          assert.deepStrictEqual(skippedOf(verification), expected)
          assert.isAtLeast(countsOf(verification).passed, 10)
        }).pipe(Effect.provide(CXoneSimulator.layer()))
    )
  })

  describe("a wrong provider", () => {
    it.effect("is found out by a renamed member and by a wrong status, each with its interaction", () =>
      Effect.gen(function* () {
        const { baseUrl } = yield* altered((answer, { method, path }) => {
          if (path === "/api/v2/users/me") return { ...answer, body: json({ userId: "5e271ce0" }) }
          return method === "POST" && path.endsWith("/webchat") && answer.status === 409
            ? { ...answer, status: 400 }
            : answer
        })
        const verification = yield* verifyPact(yield* pactOf("whoami", "open", "conflict"), settingsFor(baseUrl))
        const [whoami, conflict, ...others] = failuresOf(verification)
        assert.deepStrictEqual(others, [])
        assert.strictEqual(whoami?.description, "a request for who the access token stands for")
        assert.include(whoami?.problems.join("\n"), "id")
        assert.strictEqual(conflict?.description, "a request to open a conversation for a user who has an active one")
        assert.include(conflict?.problems.join("\n"), "409")
        assert.include(conflict?.problems.join("\n"), "400")
      }).pipe(Effect.provide(CXoneSimulator.layer()))
    )

    it.effect("that says tokens and secrets aloud is reported without them", () =>
      Effect.gen(function* () {
        const heard: Array<string> = []
        const { baseUrl } = yield* altered((answer, { body, headers, path }) => {
          const said = path === "/oauth/token" ? new TextDecoder().decode(body) : (headers.authorization ?? "")
          heard.push(said)
          if (path === "/oauth/token" && heard.length > 1) return answer
          return { ...answer, body: json({ id: [said], access_token: [said] }) }
        })
        const verification = yield* verifyPact(yield* pactOf("token", "whoami"), settingsFor(baseUrl))
        const failures = failuresOf(verification)
        assert.lengthOf(failures, 2)
        const report = JSON.stringify(failures)
        for (const secret of ["simulator-secret", "simulator-token-"]) {
          assert.include(heard.join("\n"), secret)
          assert.notInclude(report, secret)
        }
        assert.include(report, "client_secret=*****")
        assert.include(report, "Bearer *****")
      }).pipe(Effect.provide(CXoneSimulator.layer()))
    )
  })

  describe("a provider-states URL", () => {
    it.effect.each([
      { status: 500, said: "it answered 500", advice: wrongUrl },
      { status: 404, said: "it answered 404", advice: wrongUrl },
      { status: "never", said: "no answer within 300ms", advice: network }
    ] as const)("that answers $status is told once, with the state", ({ advice, said, status }) =>
      Effect.gen(function* () {
        const { baseUrl } = yield* CXoneSimulator
        const statesUrl = yield* answering(status)
        const verification = yield* verifyPact(
          yield* pactOf("whoami", "token", "limited"),
          impatient(settingsFor(baseUrl, { statesUrl }))
        )
        assert.deepStrictEqual(countsOf(verification), { passed: 0, failed: 1, skipped: 0, notRun: 2 })
        assert.deepStrictEqual(
          failuresOf(verification).map(({ problems }) => problems),
          [[`${unarranged}: ${said}`, `→ check ${advice}`]]
        )
      }).pipe(Effect.provide(CXoneSimulator.layer()))
    )

    it.effect("gives values that take the place of examples, encoded wherever they stand", () =>
      Effect.gen(function* () {
        const answers: Readonly<Record<string, unknown>> = {
          "an active conversation": { conversationId: "c/1 ü%", userId: "cognigy_a b&c", conversationIds: 3 },
          "a queue": { queueId: 'q"&1' },
          "a valid access token": { accessToken: "arranged-token" }
        }
        const states = yield* watching((asked) => ({
          status: 200,
          body: answers[/"state":"([^"]*)"/.exec(asked)?.[1] ?? ""] ?? {}
        }))
        const provider = yield* watching(() => ({ status: 200, body: {} }))
        const settings = settingsFor(`${provider.baseUrl}/pre/fix`, { statesUrl: `${states.baseUrl}/states?x=1` })
        yield* verifyPact(yield* pactOf("toQueue", "awkward"), settings)
        assert.deepStrictEqual(provider.asked, [
          'POST /pre/fix/api/v2/conversations/webchat/c%2F1%20%C3%BC%25/actions Bearer arranged-token {"action":"queue","to":{"queueId":"q\\"&1"}}',
          "GET /pre/fix/api/v2/conversations/webchat?status=ACTIVE&userId=cognigy_a%20b%26c Bearer arranged-token"
        ])
        assert.include(states.asked.join("\n"), "POST /states?x=1 ")
        assert.include(states.asked.join("\n"), '"action":"teardown"')
      }).pipe(Effect.provide(CXoneSimulator.layer()))
    )
  })

  describe("the token", () => {
    const granted = { status: 200, body: { access_token: "granted-token", expires_in: 3600, id: "1" } }

    it.effect(
      "is a fresh one for each interaction, asked for when its states are set up, and not where none is needed",
      () =>
        Effect.gen(function* () {
          const { asked, baseUrl } = yield* watching(() => granted)
          const settings = settingsFor(baseUrl, { statesUrl: `${baseUrl}/states` })
          yield* verifyPact(yield* pactOf("whoami", "revoked", "whoami"), settings)
          const steps = asked.map((one) => (one.includes('"teardown"') ? "teardown" : one.split(" ")[1]))
          const whoami = ["/states", "/oauth/token", "/api/v2/users/me", "teardown"]
          const revoked = ["/states", "/states", "/api/v2/conversations/webchat", "teardown", "teardown"]
          assert.deepStrictEqual(steps, [...whoami, ...revoked, ...whoami])
        }).pipe(Effect.provide(CXoneSimulator.layer()))
    )

    it.effect("and the credentials stand where the pact has examples of them, and nowhere else", () =>
      Effect.gen(function* () {
        const { asked, baseUrl } = yield* watching(() => granted)
        const settings = settingsFor(baseUrl)
        const cxone = { ...settings.cxone, clientId: "a b&c", clientSecret: Redacted.make("s=+ü%") }
        yield* verifyPact(yield* pactOf("token", "wrongSecret", "whoami", "open"), { ...settings, cxone })
        const form = "POST /oauth/token grant_type=client_credentials&client_id=a%20b%26c&client_secret"
        assert.deepStrictEqual(asked.slice(0, 2), [`${form}=s%3D%2B%C3%BC%25`, `${form}=wrong-secret`])
        assert.strictEqual(asked[3], "GET /api/v2/users/me Bearer granted-token")
        assert.match(
          asked[4] ?? "",
          /^POST \/api\/v2\/conversations\/webchat Bearer granted-token .*"cognigy_pact-[0-9a-f-]{36}-anna"/
        )
        assert.lengthOf(asked, 5)
      }).pipe(Effect.provide(CXoneSimulator.layer()))
    )

    it.effect("that was revoked is sent as it is", () =>
      Effect.gen(function* () {
        const { asked, baseUrl } = yield* watching(() => granted)
        yield* verifyPact(yield* pactOf("revoked"), settingsFor(baseUrl, { statesUrl: `${baseUrl}/states` }))
        assert.match(asked[2] ?? "", /^POST \/api\/v2\/conversations\/webchat Bearer revoked-access-token /)
      }).pipe(Effect.provide(CXoneSimulator.layer()))
    )

    it.effect("without a scope is the very one that its state was arranged for", () =>
      Effect.gen(function* () {
        const { asked, baseUrl } = yield* watching(() => granted)
        yield* verifyPact(yield* pactOf("forbidden"), settingsFor(baseUrl, { statesUrl: `${baseUrl}/states` }))
        assert.include(asked[0], '"params":{"accessToken":"valid-access-token","scope":"conversations:webchat:create"}')
        assert.match(asked[2] ?? "", /^POST \/api\/v2\/conversations\/webchat Bearer valid-access-token /)
      }).pipe(Effect.provide(CXoneSimulator.layer()))
    )

    it.effect("is not needed to see that a state cannot be arranged", () =>
      Effect.gen(function* () {
        const { asked, baseUrl } = yield* watching(() => granted)
        const verification = yield* verifyPact(yield* pactOf("toQueue", "limited"), settingsFor(baseUrl))
        assert.deepStrictEqual(
          verification.results.map(({ skipped }) => skipped),
          [
            "it needs CXONE_QUEUE_ID or CXONE_PROVIDER_STATES_URL",
            "only a provider-states URL can arrange: a rate limit"
          ]
        )
        assert.deepStrictEqual(asked, [])
      }).pipe(Effect.provide(CXoneSimulator.layer()))
    )
  })
})
