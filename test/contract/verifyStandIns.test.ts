import { assert, describe, layer } from "@effect/vitest"
import { Duration, Effect, Redacted } from "effect"
import { CXoneSimulator } from "../../src/simulator/CXoneSimulator.ts"
import { agentId, salesQueueId as queueId } from "../../src/simulator/webchat/SimulatorOptions.ts"
import { type Incoming, makeFront, type Outgoing } from "./support/front.ts"
import { cxonePact } from "./support/pacts.ts"
import { answering, names, pactOf, platform, settingsFor, statesOf, watching } from "./verify/fixtures.ts"
import { readPact } from "./verify/Pact.ts"
import { countsOf } from "./verify/Report.ts"
import type { Settings } from "./verify/Settings.ts"
import { verifyPact } from "./verify/Verification.ts"

/** The same settings with a short attempt timeout, for a provider that does not get better by waiting. */
const impatient = ({ cxone, ...rest }: Settings, attemptTimeout: Duration.Input = "300 millis"): Settings => ({
  ...rest,
  cxone: { ...cxone, attemptTimeout: Duration.fromInputUnsafe(attemptTimeout) }
})

/** What the whole pact comes to at a provider that is no CXone. */
const verdictOf = Effect.fnUntraced(function* (settings: Settings) {
  const verification = yield* verifyPact(yield* readPact(cxonePact.committed), settings)
  const told = verification.results.flatMap(({ description, problems }) =>
    problems.length > 0 ? [{ description, problems }] : []
  )
  return { ...countsOf(verification), told, results: verification.results }
})

const first = "a request for a queue that does not exist"

/** Nothing passed, and one interaction was told why: this, and what to do. */
const assertToldOnce = (
  { failed, notRun, passed, results, told }: Effect.Success<ReturnType<typeof verdictOf>>,
  cause: RegExp,
  advice: RegExp
) => {
  assert.deepStrictEqual({ passed, failed }, { passed: 0, failed: 1 })
  assert.lengthOf(told, 1)
  const [reason = "", instead = "", ...others] = told[0]?.problems ?? []
  assert.match(reason, cause)
  assert.match(instead, advice)
  assert.deepStrictEqual(others, [])
  assert.strictEqual(told[0]?.description, first)
  assert.isAtLeast(notRun, 10)
  for (const { cause, outcome } of results) if (outcome === "not run") assert.strictEqual(cause, first)
}

/** A provider in front of the simulator that answers in its own way. */
const altered = Effect.fnUntraced(function* (answer: (answer: Incoming, request: Outgoing) => Incoming) {
  const { baseUrl } = yield* CXoneSimulator
  return yield* makeFront({ target: Effect.succeed(baseUrl), arrange: () => Effect.void, answer })
})

const json = (body: unknown) => new TextEncoder().encode(JSON.stringify(body))

layer(platform, { excludeTestServices: true })("a stand-in", (it) => {
  describe("that breaks a promise which its own API cannot show", () => {
    const listsEnded = altered((answer) => {
      const text = new TextDecoder().decode(answer.body)
      return { ...answer, body: new TextEncoder().encode(text.replace('"items":[]', '"items":[{"id":"ended"}]')) }
    })
    const takesRevoked = altered((answer) =>
      answer.status === 401 ? { ...answer, status: 201, body: json({ id: "opened" }) } : answer
    )

    it.effect("does not pass: the interaction is skipped without a states URL, and fails with one", () =>
      Effect.gen(function* () {
        const { baseUrl } = yield* CXoneSimulator
        const cases = [
          { standIn: yield* listsEnded, wanted: "ended", state: "an ended conversation" },
          { standIn: yield* takesRevoked, wanted: "revoked", state: "a revoked access token" }
        ] as const
        for (const { standIn, state, wanted } of cases) {
          const pact = yield* pactOf(wanted)
          const own = yield* verifyPact(pact, settingsFor(standIn.baseUrl, { queueId, agentId }))
          assert.deepStrictEqual(
            own.results.map(({ outcome, skipped }) => ({ outcome, skipped })),
            [{ outcome: "skipped", skipped: `only a provider-states URL can arrange: ${state}` }]
          )
          const arranged = yield* verifyPact(pact, settingsFor(standIn.baseUrl, { statesUrl: statesOf(baseUrl) }))
          assert.deepStrictEqual(countsOf(arranged), { passed: 0, failed: 1, skipped: 0, notRun: 0 })
        }
      }).pipe(Effect.provide(CXoneSimulator.layer()))
    )
  })

  describe("at which nothing can pass is told once, with what to do:", () => {
    it.effect("one that is down", () =>
      Effect.gen(function* () {
        const verdict = yield* verdictOf(impatient(settingsFor("http://127.0.0.1:1")))
        assertToldOnce(verdict, /^http:\/\/127\.0\.0\.1:1: nothing listens there \(ECONNREFUSED\)$/, /CXONE_BASE_URL/)
      })
    )

    it.effect("one that hangs", () =>
      Effect.gen(function* () {
        const verdict = yield* verdictOf(impatient(settingsFor(yield* answering("never"))))
        assertToldOnce(verdict, /: no answer within 300ms$/, /CXONE_BASE_URL/)
      })
    )

    it.effect("one that speaks no TLS where its URL says https", () =>
      Effect.gen(function* () {
        const baseUrl = yield* answering(200)
        const verdict = yield* verdictOf(impatient(settingsFor(baseUrl.replace("http:", "https:"))))
        assertToldOnce(verdict, /: TLS failed \(\w+\)$/, /CXONE_BASE_URL/)
      })
    )

    it.effect("one that answers 200 {} to everything", () =>
      Effect.gen(function* () {
        const { baseUrl } = yield* watching(() => ({ status: 200, body: {} }))
        assertToldOnce(yield* verdictOf(settingsFor(baseUrl)), /^no access token: .*access_token/, /\/oauth\/token/)
      })
    )

    it.effect("one that is elsewhere than its URL says", () =>
      Effect.gen(function* () {
        const { baseUrl } = yield* CXoneSimulator
        const verdict = yield* verdictOf(settingsFor(`${baseUrl}/elsewhere`))
        assertToldOnce(verdict, /^no access token: .*404/, /CXONE_BASE_URL/)
      }).pipe(Effect.provide(CXoneSimulator.layer()))
    )

    it.effect("one behind a proxy that answers 503 for it", () =>
      Effect.gen(function* () {
        const verdict = yield* verdictOf(impatient(settingsFor(yield* answering(503)), "1 second"))
        assertToldOnce(verdict, /^no access token: .*503/, /503 elsewhere/)
      })
    )

    it.effect("one that refuses the credentials", () =>
      Effect.gen(function* () {
        const { baseUrl } = yield* CXoneSimulator
        const settings = settingsFor(baseUrl, { queueId: undefined })
        const cxone = { ...settings.cxone, clientSecret: Redacted.make("p1anted") }
        const verdict = yield* verdictOf({ ...settings, cxone })
        assertToldOnce(verdict, /^no access token: CXone refused our credentials/, /CXONE_CLIENT_SECRET/)
        assert.notInclude(JSON.stringify(verdict), "p1anted")
      }).pipe(Effect.provide(CXoneSimulator.layer()))
    )

    const blocked = (status: number) =>
      altered((answer, { path }) =>
        path.endsWith("/oauth/token")
          ? answer
          : { status, headers: { "content-type": "text/html; charset=utf-8" }, body: json("Request blocked") }
      )

    it.effect("one behind a firewall that lets only its token endpoint through", () =>
      Effect.gen(function* () {
        const { baseUrl } = yield* blocked(403)
        const cause = /: something before CXone answers, a firewall or a proxy: 403 with text\/html$/
        assertToldOnce(yield* verdictOf(settingsFor(baseUrl)), cause, /cognigy-cxone-router.*CXONE_BASE_URL/)
        const { results } = yield* verifyPact(yield* pactOf("conflict", "whoami", "noQueue"), settingsFor(baseUrl))
        assert.deepStrictEqual(
          results.map(({ outcome }) => outcome),
          ["failed", "not run", "not run"]
        )
        assert.match(results[0]?.problems[0] ?? "", cause)
      }).pipe(Effect.provide(CXoneSimulator.layer()))
    )

    it.effect("but not a mock that answers what it does not have with a page: that is replayed", () =>
      Effect.gen(function* () {
        const { baseUrl } = yield* blocked(404)
        const { results } = yield* verifyPact(yield* pactOf("whoami", "token"), settingsFor(baseUrl))
        assert.deepStrictEqual(
          results.map(({ outcome }) => outcome),
          ["failed", "passed"]
        )
      }).pipe(Effect.provide(CXoneSimulator.layer()))
    )

    it.effect("one that refuses the tokens that it grants", () =>
      Effect.gen(function* () {
        const { baseUrl } = yield* watching((asked) =>
          asked.includes("/oauth/token")
            ? { status: 200, body: { access_token: "granted-token", expires_in: 3600 } }
            : { status: 401, body: {} }
        )
        assertToldOnce(yield* verdictOf(settingsFor(baseUrl)), /refuses the access token/, /CXONE_BASE_URL/)
      })
    )
  })

  describe("at which some can pass", () => {
    it.effect("and no conversation can be opened: told once, and what needs none is replayed", () =>
      Effect.gen(function* () {
        const { baseUrl } = yield* altered((answer, { method, path }) =>
          method === "POST" && path.endsWith("/webchat") ? { ...answer, status: 403, body: json({}) } : answer
        )
        const pact = yield* pactOf("conflict", "toQueue", "label", "awkward", "whoami", "token")
        const { results } = yield* verifyPact(pact, settingsFor(baseUrl, { queueId }))
        const [conflict, toQueue, label, awkward, whoami, token] = results
        assert.match(conflict?.problems[0] ?? "", /^no conversation could be opened: .*conversations:webchat:create/)
        for (const spared of [toQueue, label, awkward]) {
          assert.deepInclude(spared, { outcome: "not run", cause: `a request ${names.conflict}` })
        }
        for (const replayed of [whoami, token]) assert.strictEqual(replayed?.outcome, "passed")
      }).pipe(Effect.provide(CXoneSimulator.layer()))
    )

    it.effect("and the queue of CXONE_QUEUE_ID is not there: told once", () =>
      Effect.gen(function* () {
        const { baseUrl } = yield* CXoneSimulator
        const pact = yield* pactOf("queue", "toQueue", "atQueue", "agent")
        const { results } = yield* verifyPact(pact, settingsFor(baseUrl, { queueId: `${queueId}0`, agentId }))
        assert.deepStrictEqual(
          results.map(({ outcome }) => outcome),
          ["failed", "not run", "not run", "passed"]
        )
        assert.match(results[0]?.problems.join("\n") ?? "", /CXONE_QUEUE_ID.*404.*\n→ set CXONE_QUEUE_ID/)
      }).pipe(Effect.provide(CXoneSimulator.layer()))
    )

    it.effect("and one operation answers 401 alone: the others are replayed", () =>
      Effect.gen(function* () {
        const { baseUrl } = yield* altered((answer, { path }) =>
          path.includes("/routing/queues/") ? { ...answer, status: 401 } : answer
        )
        const { results } = yield* verifyPact(yield* pactOf("noQueue", "whoami"), settingsFor(baseUrl))
        assert.deepStrictEqual(
          results.map(({ outcome }) => outcome),
          ["failed", "passed"]
        )
        assert.include(results[0]?.problems.join("\n"), "expected 404 but was 401")
      }).pipe(Effect.provide(CXoneSimulator.layer()))
    )

    it.effect("and one operation hangs alone: the others are replayed", () =>
      Effect.gen(function* () {
        const { baseUrl, order } = yield* CXoneSimulator
        yield* order({ operation: "queue", kind: "hang", share: 1 })
        const settings = impatient(settingsFor(baseUrl), "2 seconds")
        const { results } = yield* verifyPact(yield* pactOf("noQueue", "whoami"), settings)
        assert.deepStrictEqual(
          results.map(({ outcome, problems }) => ({ outcome, problems })),
          [
            { outcome: "failed", problems: ["no answer within 2s"] },
            { outcome: "passed", problems: [] }
          ]
        )
      }).pipe(Effect.provide(CXoneSimulator.layer()))
    )
  })
})
