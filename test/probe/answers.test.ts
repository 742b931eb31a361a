/** The nine questions, under each form of what nobody knows. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { ProbeInput } from "../../src/probe/probe.ts"
import { DigitalSimulator } from "../../src/simulator/DigitalSimulator.ts"
import type { DigitalSimulatorInProcessOptions } from "../../src/simulator/digital/DigitalOptions.ts"
import { digitalChannelId } from "../../src/simulator/digital/DigitalOptions.ts"
import type { DigitalFault } from "../../src/simulator/digital/Operation.ts"
import { probing, withSimulator } from "./support.ts"

const findingOf = (run: Effect.Success<ReturnType<typeof probing>>, name: string) => {
  const finding = run.findings.find(({ fact }) => fact === name)
  assert.isDefined(finding, `${name} is not among ${run.findings.map(({ fact }) => fact).join(", ")}`)
  return finding
}

/** A form of one fact, what the probe says of it, and the line that it prints. */
interface Form {
  readonly when: string
  readonly options?: DigitalSimulatorInProcessOptions
  readonly faults?: ReadonlyArray<DigitalFault>
  readonly input?: Partial<ProbeInput>
  readonly fact: string
  readonly line: RegExp
}

const channel = { id: digitalChannelId, name: "Cognigy" }

const forms: ReadonlyArray<Form> = [
  { when: "a token lives an hour", fact: "life", line: /^✓ life: 1h\. As assumed$/ },
  {
    when: "a token lives for less",
    options: { tokenLifetime: 1800 },
    fact: "life",
    line: /^≠ life: 30m\. Assumed: 1h, .* The router handles both: it obeys expires_in$/
  },
  { when: "the discovery names the API", fact: "discovery", line: /^✓ discovery: 200, with api_endpoint/ },
  { when: "the API answers there", fact: "host", line: /^✓ host: http:\/\/cxone\.simulated answers 200/ },
  {
    when: "the channel is a live chat",
    options: { channels: [{ ...channel, isLiveChat: true }] },
    fact: "channel",
    line: /^✗ channel: 200, a live chat\..* The router does not handle this: /
  },
  { when: "a message is answered 200", fact: "message", line: /^✓ message: 200\. As assumed$/ },
  {
    when: "a message is answered 202",
    options: { messageStatus: 202 },
    fact: "message",
    line: /^≠ message: 202\. Assumed: 200\. The router handles both: any 2xx/
  },
  { when: "the contact's number is a text", fact: "consumerContact.id", line: /^✓ .*: digits, as text\. As assumed$/ },
  {
    when: "the contact's number is a number",
    faults: [{ operation: "post", kind: "body", status: 200, body: { consumerContact: { id: 700001 } } }],
    fact: "consumerContact.id",
    line: /^≠ .*: a number\..*it takes both$/
  },
  {
    when: "the answer has no number",
    options: { unknownField: "ignored" },
    faults: [{ operation: "post", kind: "body", status: 202, body: {}, times: 99 }],
    fact: "consumerContact.id",
    line: /^≠ .*: no consumerContact\.id in the answer\..*it looks the message up by its id$/
  },
  {
    when: "a contact has the time of its beginning",
    fact: "createdAt",
    line: /^✓ .*createdAt in whole seconds, and a /
  },
  {
    when: "a contact has no such time",
    options: { createdAt: "absent" },
    fact: "createdAt",
    line: /^≠ createdAt: no createdAt\./
  },
  {
    when: "the contact is not there at once",
    faults: [{ operation: "contact", kind: "status", status: 404 }],
    fact: "contact by number",
    line: /^✗ .*: 404\..*it takes such a contact for a closed one/
  },
  { when: "contact.skillId is not obeyed", fact: "contact.skillId", line: /^✓ .*: 200, and no sign of the contact/ },
  {
    when: "contact.skillId is obeyed",
    options: { skillIdTaken: true },
    fact: "contact.skillId",
    line: /^≠ .*: 200, and the contact is at the skill\..*it puts the contact there all the same$/
  },
  {
    when: "an unknown custom field is refused",
    fact: "unknown custom field",
    line: /^≠ .*: 400, about the field contact\.customFields\.\S+\..*it sends the message again without that$/
  },
  {
    when: "an unknown custom field is refused with 422",
    options: { invalidStatus: 422 },
    fact: "unknown custom field",
    line: /^≠ .*: 422, /
  },
  {
    when: "an unknown custom field is ignored",
    options: { unknownField: "ignored" },
    fact: "unknown custom field",
    line: /^✓ .*: 200, and the message is taken\. As assumed$/
  },
  { when: "a repeated id is answered as before", fact: "the same id again", line: /^✓ .*: 200, the same contact\./ },
  ...([409, 422] as const).map(
    (repeatedMessage): Form => ({
      when: `a repeated id is answered ${repeatedMessage}`,
      options: { repeatedMessage },
      fact: "the same id again",
      line: new RegExp(`^≠ .*: ${repeatedMessage}, about the field .* it looks the message up by its id$`)
    })
  ),
  {
    when: "a repeated id makes a second message",
    options: { repeatedMessage: "second" },
    fact: "the same id again",
    line: /^≠ .*: 200, and 2 messages with this id\./
  },
  { when: "a message joins what is resolved", fact: "the thread after resolved", line: /^✓ .*: the same contact\./ },
  {
    when: "a message after resolved opens a contact",
    options: { resolvedJoins: false },
    fact: "the thread after resolved",
    line: /^≠ .*: a new contact\./
  },
  { when: "a message after closed opens a contact", fact: "the thread after closed", line: /^✓ .*: a new contact\./ },
  ...([200, 202, 204] as const).map(
    (successStatus): Form => ({
      when: `a change is answered ${successStatus}`,
      options: { successStatus },
      fact: "to a skill",
      line: new RegExp(`^✓ .*: ${successStatus}\\. As assumed$`)
    })
  ),
  { when: "no script is in the way", fact: "the script", line: /^✓ the script: the contact stays\. As assumed$/ },
  {
    when: "the script queues the contact elsewhere",
    options: { script: { afterMillis: 3000 } },
    fact: "the script",
    line: /^✗ .*: the contact left the skill by itself\..*let the script request the skill/
  },
  { when: "a contact is there already", fact: "there already", line: /^✓ there already: 204\. As assumed$/ },
  {
    when: "a contact is there already, which is a conflict",
    options: { alreadyThere: 409 },
    fact: "there already",
    line: /^≠ there already: 409\./
  },
  {
    when: "an unknown skill is answered 404",
    fact: "to an unknown skill",
    line: /^✓ .*: 404, about the field skillId\./
  },
  ...([400, 422] as const).map(
    (unknownTarget): Form => ({
      when: `an unknown skill is answered ${unknownTarget}`,
      options: { unknownTarget },
      fact: "to an unknown skill",
      line: new RegExp(`^≠ .*: ${unknownTarget}, about the field skillId\\..* mean the same$`)
    })
  ),
  {
    when: "an unknown skill is accepted",
    options: { anyTarget: true },
    fact: "to an unknown skill",
    line: /^✗ .*: 204\..*a wrong number in the table goes unnoticed/
  },
  {
    when: "an agent who is logged out gets it",
    fact: "an agent who is logged out",
    line: /^✓ .*: 204: the contact waits/
  },
  ...(
    [
      [400, /^≠ .*: 400\..*it goes on to the fallback/],
      [409, /^✗ .*: 409\..*it takes 409 for a contact that is there already$/],
      [423, /^✗ .*: 423\..*it tries no fallback$/]
    ] as const
  ).map(
    ([status, line]): Form => ({
      when: `an agent who is logged out is refused with ${status}`,
      faults: [{ operation: "routeToAgent", kind: "status", status }],
      fact: "an agent who is logged out",
      line
    })
  ),
  { when: "a change of a closed contact is 404", fact: "a change of a closed contact", line: /^✓ .*: 404\./ },
  ...([409, 200] as const).map(
    (closedPut): Form => ({
      when: `a change of a closed contact is answered ${closedPut}`,
      options: { closedPut, successStatus: 200 },
      fact: "a change of a closed contact",
      line: new RegExp(`^≠ .*: ${closedPut}\\..*it looks the contact up afterwards$`)
    })
  ),
  { when: "the search does not lag", fact: "a new contact by its user", line: /^✓ .*: found after 0 ms\./ },
  {
    when: "the search lags a little",
    options: { searchLag: 2000 },
    fact: "a new contact by its user",
    line: /^✓ .*: found after 20\d\d ms\./
  },
  {
    when: "the search lags for long",
    options: { searchLag: 8000 },
    fact: "a new contact by its user",
    line: /^✗ .*: found after 80\d\d ms\..*CXONE_CONTACT=find gives up before that$/
  },
  {
    when: "the search does not find it",
    options: { searchLag: 60_000 },
    fact: "a new contact by its user",
    line: /^✗ .*: not found within 30 s\./
  },
  {
    when: "messages are listed late",
    options: { messageLag: 3000 },
    fact: "a new message by its id",
    line: /^≠ .*: found after 30\d\d ms\..*with the same id/
  },
  {
    when: "nobody asked for the burst",
    fact: "too many updates",
    line: /^- .*: skipped\. It takes up to 270 updates of one contact \(--burst\)$/
  },
  {
    when: "too many updates are limited for seconds",
    input: { burst: true },
    fact: "too many updates",
    line: /^✓ .*: 429 after 250 updates, Retry-After: seconds\./
  },
  {
    when: "too many updates are limited, and nothing says for how long",
    input: { burst: true },
    options: { retryAfter: false },
    fact: "too many updates",
    line: /^≠ .*: 429 after 250 updates, without Retry-After\..*it backs off by itself$/
  },
  {
    when: "there is no limit",
    input: { burst: true },
    options: { contactBurst: 1000 },
    fact: "too many updates",
    line: /^≠ .*: no limit within 270 updates\./
  },
  {
    when: "digital agents are not counted",
    options: { digitalAgentsCounted: false },
    fact: "activity",
    line: /^✓ activity: agentsAvailable 0, .*compare this with who is logged in/
  }
]

describe("the probe, when", () => {
  for (const { fact, faults = [], input, line, options, when } of forms) {
    it.live(when, () =>
      Effect.gen(function* () {
        const simulator = yield* DigitalSimulator
        yield* Effect.forEach(faults, simulator.order)
        const run = yield* probing(input)
        const { verdict } = findingOf(run, fact)
        const shown = run.lines.map((line) => line.trim()).filter((line) => line.slice(2).startsWith(`${fact}:`))
        assert.lengthOf(shown, 1, run.text)
        assert.match(shown[0] ?? "", line, verdict)
        // Whatever the tenant is like, all is answered, and all is closed.
        assert.isTrue(run.isWell, run.text)
        assert.deepStrictEqual(
          run.contacts.filter(({ status }) => status !== "closed"),
          []
        )
        for (const { authorId } of run.contacts) assert.match(authorId, /^cognigy_probe-[0-9a-f]{8}-[a-z]+$/)
      }).pipe(withSimulator(options))
    )
  }

  for (const status of [429, 503]) {
    it.live(`CXone answers ${status} to a message with a field: that passes, and is no answer to the question`, () =>
      Effect.gen(function* () {
        const simulator = yield* DigitalSimulator
        yield* simulator.order({ operation: "post", kind: "status", status, skip: 2 })
        const run = yield* probing({ skill: "4001" })
        assert.include(run.text, `CXone answered ${status}, which passes: try again`)
        assert.notInclude(run.text, "it takes the answer for a failure of the whole message")
      }).pipe(withSimulator({}))
    )
  }

  it.live("nothing is given: it asks what needs nothing, and says what is missing", () =>
    Effect.gen(function* () {
      const run = yield* probing({ skill: undefined, agent: undefined })
      assert.isTrue(run.isWell)
      assert.deepStrictEqual(
        run.findings.filter(({ verdict }) => verdict === "skipped").map(({ fact }) => fact),
        [
          "contact.skillId",
          "to a skill",
          "the script",
          "there already",
          "to an unknown skill",
          "an agent who is logged out",
          "too many updates",
          "activity"
        ]
      )
      assert.match(
        run.lines.at(-2) ?? "",
        /^Differ from what the router assumes: 1 of 17 answers, of which it does not handle 0; skipped: 8$/
      )
    }).pipe(withSimulator())
  )
})
