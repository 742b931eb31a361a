import { NodeServices } from "@effect/platform-node"
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import {
  accepted,
  bad,
  decision,
  declined,
  example,
  gone,
  interactions,
  later,
  unknown
} from "./support/cognigyInteractions.ts"
import type { Incoming } from "./support/front.ts"
import type { Interaction } from "./support/mock.ts"
import { failures, PactVerifier } from "./support/PactVerifier.ts"
import { cognigyPact } from "./support/pacts.ts"
import { described, partOf } from "./support/partOf.ts"
import { verifyRouter } from "./support/routerProvider.ts"

/** The interactions that take seconds. */
const slow = [later.locked, later.silent].map(({ uponReceiving }) => uponReceiving)

const withText = (answer: Incoming, change: (text: string) => string): Incoming => ({
  ...answer,
  body: new TextEncoder().encode(change(new TextDecoder().decode(answer.body)))
})

const renamed = (from: string, to: string) => (answer: Incoming) =>
  withText(answer, (text) => text.replace(`"${from}"`, `"${to}"`))

const restated = (from: number, to: number) => (answer: Incoming) =>
  answer.status === from ? { ...answer, status: to } : answer

const without = (header: string) => (answer: Incoming) => {
  const { [header]: _, ...headers } = answer.headers
  return { ...answer, headers }
}

/** The interactions that are answered with this status, but for the slow ones. */
const answered = (status: number) =>
  interactions.filter(
    ({ uponReceiving, willRespondWith }) => willRespondWith.status === status && !slow.includes(uponReceiving)
  )

/** The handovers that are answered 200. */
const handedOver = answered(200).filter(({ withRequest: { path } }) => path === example.path)

/** The interactions whose answers name the rule that had decided, but for the slow ones. */
const named = interactions.filter(
  ({ uponReceiving, willRespondWith }) =>
    JSON.stringify(willRespondWith.body).includes('"rule"') && !slow.includes(uponReceiving)
)

/** Faults of a router: the interactions that show each, and the problem that they report. */
const wrongs: ReadonlyArray<{
  readonly wrong: string
  readonly answer: (answer: Incoming) => Incoming
  readonly shows: ReadonlyArray<Interaction>
  readonly problem: RegExp
}> = [
  {
    wrong: "calls a conversation's id otherwise",
    answer: renamed("conversationId", "conversation_id"),
    shows: handedOver,
    problem: /conversationId/
  },
  {
    wrong: "says success in another word",
    answer: renamed("success", "ok"),
    shows: handedOver,
    problem: /\$\.status: Expected 'ok' .* 'success'/
  },
  {
    wrong: "does not say the name of a target",
    answer: renamed("name", "label"),
    shows: [decision.target, decision.down],
    problem: /\$.*name/
  },
  {
    wrong: "answers 201 to a handover or a decision",
    answer: restated(200, 201),
    shows: answered(200),
    problem: /expected 200 but was 201/
  },
  {
    wrong: "answers 500 to what the caller did wrong",
    answer: restated(400, 500),
    shows: Object.values(bad),
    problem: /expected 400 but was 500/
  },
  {
    wrong: "names an error that no flow knows",
    answer: renamed("Unsupported intent", "Unknown intent"),
    shows: [bad.unsupportedIntent],
    problem: /\$\.error: Expected 'Unknown intent' .* 'Unsupported intent'/
  },
  {
    wrong: "names the rule that had decided otherwise",
    answer: renamed("rule", "decidedBy"),
    shows: named,
    problem: /\$.*rule/
  },
  {
    wrong: "keeps what the bot is to say to itself",
    answer: renamed("text", "reason"),
    shows: [declined],
    problem: /\$.*text/
  },
  {
    wrong: "answers 400 to a handover that a rule rejects",
    answer: restated(403, 400),
    shows: [declined],
    problem: /expected 403 but was 400/
  },
  {
    wrong: "answers 502 to a handover of a conversation that is not there",
    answer: restated(409, 502),
    shows: [gone],
    problem: /expected 409 but was 502/
  },
  {
    wrong: "does not say when to try again",
    answer: without("retry-after"),
    shows: answered(503),
    problem: /Retry-After/
  },
  {
    wrong: "does not say which credentials it takes",
    answer: without("www-authenticate"),
    shows: Object.values(unknown),
    problem: /WWW-Authenticate/
  }
]

/** An interaction that the fault leaves as it is. */
const controlFor = (shows: ReadonlyArray<Interaction>): ReadonlyArray<Interaction> =>
  [accepted.flow, bad.contentType].filter((interaction) => !shows.includes(interaction)).slice(0, 1)

const platform = Layer.provideMerge(PactVerifier.layer, NodeServices.layer)

layer(platform, { excludeTestServices: true })("Cognigy's pact", (it) => {
  describe("rejects a router that", () => {
    for (const { answer, problem, shows, wrong } of wrongs) {
      it.effect(wrong, () =>
        Effect.gen(function* () {
          const replayed = [...shows, ...controlFor(shows)].map(({ uponReceiving }) => uponReceiving)
          const outcomes = yield* verifyRouter(yield* described(cognigyPact.committed, replayed), answer)
          assert.sameMembers(
            outcomes.map(({ description }) => description),
            replayed
          )
          const failed = failures(outcomes)
          assert.sameMembers(Object.keys(failed), replayed.slice(0, -1))
          for (const problems of Object.values(failed)) assert.match(problems.join("\n"), problem)
        })
      )
    }
  })

  describe("fails an interaction whose state", () => {
    const { uponReceiving } = accepted.flow
    it.effect.each([
      { what: "is unknown", name: "a state of affairs", params: {} },
      { what: "lacks a parameter", name: "a queue in CXone", params: {} },
      { what: "contradicts the router", name: "no rule for an intent", params: { intent: "transfer_to_sales" } }
    ])("$what", ({ name, params }) =>
      Effect.gen(function* () {
        const pact = yield* partOf(cognigyPact.committed, (interaction) =>
          interaction.description === uponReceiving ? [{ ...interaction, providerStates: [{ name, params }] }] : []
        )
        const failed = failures(yield* verifyRouter(pact))
        assert.deepStrictEqual(Object.keys(failed), [uponReceiving])
        assert.match((failed[uponReceiving] ?? []).join(), /state change|provider state/i)
      })
    )
  })
})
