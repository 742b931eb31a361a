/** Handovers in the digital dialect under every answer that CXone may give where nobody knows which it gives. */
import { assert, describe, it } from "@effect/vitest"
import { Context, Duration, Effect, Layer, Redacted, Scope } from "effect"
import type { HttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import * as Digital from "../../src/cxone/digital/Digital.ts"
import { DigitalSettings } from "../../src/cxone/digital/DigitalSettings.ts"
import type { HandoverRequest } from "../../src/domain/HandoverRequest.ts"
import type { Target } from "../../src/domain/Target.ts"
import { Handover } from "../../src/handover/Handover.ts"
import { type Decide, RoutingPolicy } from "../../src/routing/RoutingPolicy.ts"
import { DigitalSimulator } from "../../src/simulator/DigitalSimulator.ts"
import {
  type DigitalSimulatorOptions,
  digitalAccessKeyId,
  digitalAccessKeySecret,
  digitalAgentId,
  digitalAgentNumber,
  digitalChannelId,
  digitalClientId,
  digitalClientSecret,
  routingQueueId,
  salesSkillId,
  supportSkillId
} from "../../src/simulator/digital/DigitalOptions.ts"
import { nothingElse } from "../support/request.ts"
import { timed } from "../support/time.ts"

/** Each answer that CXone may give, alone and then with others. */
const alternatives: { readonly [K in keyof DigitalSimulatorOptions]?: ReadonlyArray<DigitalSimulatorOptions[K]> } = {
  repeatedMessage: ["same", 409, 422, "second"],
  closedPut: [404, 409, 200],
  successStatus: [204, 200, 202],
  messageStatus: [200, 201, 202],
  invalidStatus: [400, 422],
  unknownTarget: [404, 400, 422],
  alreadyThere: [204, 409],
  resolvedJoins: [true, false],
  skillIdTaken: [false, true],
  unknownField: ["refused", "ignored"],
  createdAt: ["seconds", "milliseconds", "absent"],
  searchOrder: ["newest", "oldest"],
  lastScrollToken: [false, true],
  searchLag: [0, 2500],
  clockSkew: [0, 86_400_000, -86_400_000],
  refusedStatus: [401, 400],
  script: [undefined, { afterMillis: 0 }]
}

const entries = Object.entries(alternatives) as ReadonlyArray<[string, ReadonlyArray<unknown>]>

const MIXTURES = 16

/** The same mixtures in every run. Each fact goes through its answers in an order of its own, and has each equally often. */
const mix = (world: number, fact: number, answers: number) =>
  Math.floor(((world * (2 * (fact % 8) + 1) + 3 * fact) % MIXTURES) * (answers / MIXTURES))

/** The worlds: the usual one, and mixtures. */
const worlds: ReadonlyArray<DigitalSimulatorOptions> = [
  {},
  ...Array.from({ length: MIXTURES }, (_, world) =>
    Object.fromEntries(entries.map(([name, values], fact) => [name, values[mix(world, fact, values.length)]]))
  )
]

const nameOf = (world: DigitalSimulatorOptions) => JSON.stringify(world)

const skill = (id: string): Target => ({ type: "queue", id })
const decisions: Record<string, Effect.Success<ReturnType<Decide>>> = {
  sales: { rule: "sales", target: skill(salesSkillId) },
  support: { rule: "support", target: skill(supportSkillId) },
  vip: { rule: "vip", target: skill(routingQueueId) },
  agent: { rule: "agent", target: { type: "agent", id: digitalAgentId } },
  agentByNumber: { rule: "agentByNumber", target: { type: "agent", id: String(digitalAgentNumber) } },
  unknown: { rule: "unknown", target: skill("999") },
  fallback: { rule: "fallback", target: skill("999"), fallbacks: [skill(salesSkillId)] },
  labelled: { rule: "labelled", target: skill(salesSkillId), labels: { team: "blue" }, priority: 500 }
}

const settings = (contact: "open" | "find") =>
  DigitalSettings.layer({
    issuer: "http://localhost",
    clientId: digitalClientId,
    clientSecret: Redacted.make(digitalClientSecret),
    accessKeyId: digitalAccessKeyId,
    accessKeySecret: Redacted.make(digitalAccessKeySecret),
    channelId: digitalChannelId,
    contact
  })

/** One process: what it remembers is its own. */
const process = (contact: "open" | "find" = "open") =>
  Layer.unwrap(
    Effect.map(DigitalSimulator, ({ baseUrl }) =>
      Handover.layer().pipe(
        Layer.provide(
          RoutingPolicy.layer(({ intent }) => Effect.succeed(decisions[intent] ?? { rule: "none", target: skill("1") }))
        ),
        // No test waits for fields at its end.
        Layer.provide(Digital.layer({ drainTimeout: Effect.succeed(Duration.zero) })),
        Layer.provide(
          Layer.effect(
            DigitalSettings,
            Effect.map(DigitalSettings, (settings) => ({ ...settings, issuer: baseUrl }))
          ).pipe(Layer.provide(settings(contact)))
        ),
        Layer.fresh
      )
    )
  )

const request = (intent: string, members: Partial<HandoverRequest> = {}): HandoverRequest => ({
  ...nothingElse,
  intent,
  userId: "anna",
  text: "Hello",
  ...members
})

const handle = (what: HandoverRequest) =>
  Effect.map(timed(Effect.flatMap(Handover, ({ handle }) => Effect.result(handle(what)))), ({ value }) => value)

/** Hands over until that succeeds, as Cognigy's retries do. */
const untilDone = (what: HandoverRequest, tries = 4): ReturnType<typeof handle> =>
  Effect.flatMap(handle(what), (result) =>
    result._tag === "Success" || tries === 1
      ? Effect.succeed(result)
      : Effect.andThen(TestClock.adjust("1 second"), untilDone(what, tries - 1))
  )

const done = (result: Effect.Success<ReturnType<typeof handle>>) => {
  assert(result._tag === "Success", JSON.stringify(result))
  return result.success
}

const failedWith = (result: Effect.Success<ReturnType<typeof handle>>) => {
  assert(result._tag === "Failure" && result.failure._tag === "HandoverFailed", JSON.stringify(result))
  return result.failure.reason._tag
}

const stateOf = Effect.flatMap(DigitalSimulator, ({ state }) => state)

/** The contacts that agents may still get, which are not the resolved ones of before. */
const live = Effect.map(stateOf, ({ contacts }) =>
  contacts.filter(({ status }) => status === "new" || status === "open")
)

/** One contact is live, is where it should be, and has the user's words once. */
const holds = Effect.fnUntraced(function* (conversationId: string, target: Target) {
  const contacts = yield* live
  assert.deepStrictEqual(
    contacts.map(({ number }) => number),
    [conversationId]
  )
  const expected = target.id === String(digitalAgentNumber) ? digitalAgentId : target.id
  assert.strictEqual(contacts[0]?.target?.id, expected)
  const { messages } = yield* stateOf
  assert.strictEqual(messages.filter(({ contactNumber }) => contactNumber === conversationId).length, 1)
})

type Run = Effect.Effect<void, never, DigitalSimulator | Handover | HttpClient.HttpClient>

/** A flow in a world. The world says what is right where that depends on it. */
type Flow = (world: DigitalSimulatorOptions) => Run

const order = (fault: Parameters<DigitalSimulator["Service"]["order"]>[0]) =>
  Effect.flatMap(DigitalSimulator, ({ order }) => order(fault))

const opened = (members: Parameters<DigitalSimulator["Service"]["openContact"]>[0] = { authorId: "cognigy_anna" }) =>
  Effect.flatMap(DigitalSimulator, ({ openContact }) => openContact(members))

const toTarget =
  (intent: string): Flow =>
  () =>
    Effect.gen(function* () {
      const { conversationId, reused, target } = done(yield* handle(request(intent)))
      assert.isFalse(reused)
      yield* holds(conversationId, target)
    })

/** The opening message meets this, once, and the handover succeeds all the same. */
const afterFault =
  (fault: object): Flow =>
  () =>
    Effect.gen(function* () {
      yield* order({ operation: "post", ...fault } as Parameters<typeof order>[0])
      const { conversationId, target } = done(yield* untilDone(request("sales", { inputId: "i-1" })))
      yield* holds(conversationId, target)
    })

const lost = ["drop", "hang"].map((kind): [string, Flow] => [
  `an opening message whose answer is lost (${kind}) is there once`,
  afterFault({ kind, phase: "after" })
])

const flows: ReadonlyArray<[string, Flow]> = [
  ["a new user's contact goes to a skill", toTarget("sales")],
  ["a new user's contact goes to a routing queue", toTarget("vip")],
  ["a new user's contact goes to an agent by UUID", toTarget("agent")],
  ["a new user's contact goes to an agent by number", toTarget("agentByNumber")],
  ...lost,
  ["an opening message that fails before it has an effect is there once", afterFault({ kind: "status", status: 503 })],
  ["an opening message that breaks off is there once", afterFault({ kind: "drop", phase: "before" })],
  ["an opening message under a rate limit is there once", afterFault({ kind: "status", status: 429, retryAfter: 1 })],
  ["an opening message whose answer breaks off is there once", afterFault({ kind: "brokenBody" })],
  ["an opening message with a dead token is there once", afterFault({ kind: "revoke" })],
  [
    "an opening message whose every answer is lost is there once when the webhook comes again",
    () =>
      Effect.gen(function* () {
        yield* order({ kind: "hang", operation: "post", phase: "after" })
        yield* order({ kind: "hang", operation: "message", times: 4 })
        const { conversationId, target } = done(yield* untilDone(request("sales", { inputId: "i-1" })))
        yield* holds(conversationId, target)
      })
  ],
  [
    "a process that is killed after the opening message leaves it there once",
    () =>
      Effect.gen(function* () {
        yield* order({ kind: "hang", operation: "post", phase: "after", times: 10 })
        // Nothing of it ends in good order: its scope is not closed before the test is over.
        const scope = yield* Scope.make()
        const killed = yield* Layer.buildWithScope(process(), scope)
        const { handle: before } = Context.get(killed, Handover)
        yield* Effect.forkChild(Effect.result(before(request("sales", { inputId: "i-1" }))))
        yield* TestClock.adjust("1 second")
        yield* Effect.flatMap(DigitalSimulator, ({ clearFaults }) => clearFaults)
        const { conversationId, target } = done(yield* untilDone(request("sales", { inputId: "i-1" })))
        yield* holds(conversationId, target)
      })
  ],
  [
    "a user with a contact keeps it",
    ({ createdAt }) =>
      Effect.gen(function* () {
        const number = yield* opened()
        yield* TestClock.adjust("1 minute")
        const { conversationId, reused, target } = done(yield* handle(request("support")))
        assert.strictEqual(conversationId, number)
        assert.strictEqual(reused, createdAt !== "absent")
        yield* holds(number, target)
      })
  ],
  [
    "a user whose contact is resolved gets one that is live",
    ({ resolvedJoins = true }) =>
      Effect.gen(function* () {
        const number = yield* opened()
        const { setContactStatus } = yield* DigitalSimulator
        yield* setContactStatus(number, "resolved")
        yield* TestClock.adjust("1 minute")
        const { conversationId, target } = done(yield* handle(request("support")))
        assert.strictEqual(conversationId === number, resolvedJoins)
        yield* holds(conversationId, target)
      })
  ],
  [
    "a user whose contact is closed gets a new one",
    () =>
      Effect.gen(function* () {
        const { closeContact } = yield* DigitalSimulator
        const number = yield* opened()
        yield* closeContact(number)
        yield* TestClock.adjust("1 minute")
        const { conversationId, reused, target } = done(yield* handle(request("support")))
        assert.notStrictEqual(conversationId, number)
        assert.isFalse(reused)
        yield* holds(conversationId, target)
      })
  ],
  [
    "a contact that is closed before its routing is opened anew",
    () =>
      Effect.gen(function* () {
        yield* order({ kind: "end", operation: "routeToQueue" })
        const { conversationId, target } = done(yield* handle(request("sales", { inputId: "i-1" })))
        yield* holds(conversationId, target)
      })
  ],
  [
    "a routing whose answer is lost is done",
    () =>
      Effect.gen(function* () {
        yield* order({ kind: "drop", operation: "routeToQueue", phase: "after" })
        const { conversationId, target } = done(yield* handle(request("sales")))
        yield* holds(conversationId, target)
      })
  ],
  [
    "an unknown target is refused, and the next one taken",
    () =>
      Effect.gen(function* () {
        assert.strictEqual(failedWith(yield* handle(request("unknown", { inputId: "i-1" }))), "InvalidTarget")
        const { conversationId, target } = done(yield* handle(request("fallback", { inputId: "i-2", userId: "bob" })))
        assert.strictEqual(target.id, salesSkillId)
        const contact = (yield* live).find(({ number }) => number === conversationId)
        assert.strictEqual(contact?.target?.id, salesSkillId)
      })
  ],
  [
    "a second handover to the same place succeeds",
    () =>
      Effect.gen(function* () {
        const first = done(yield* handle(request("sales", { inputId: "i-1" })))
        yield* TestClock.adjust("1 minute")
        const second = done(yield* handle(request("sales", { inputId: "i-2" })))
        assert.strictEqual(second.conversationId, first.conversationId)
        assert.strictEqual((yield* live).length, 1)
      })
  ],
  [
    "different handovers of one user at once end in one contact, at the last place",
    () =>
      Effect.gen(function* () {
        const { handle } = yield* Handover
        const all = Effect.all(
          [handle(request("sales", { inputId: "1" })), handle(request("support", { inputId: "2" }))],
          {
            concurrency: "unbounded"
          }
        )
        const { value } = yield* timed(Effect.orDie(all))
        assert.strictEqual(value[0].conversationId, value[1].conversationId)
        const contacts = yield* live
        assert.deepStrictEqual(
          contacts.map(({ target }) => target?.id),
          [supportSkillId]
        )
      })
  ],
  [
    "the contact's fields and priority are set, and what the tenant lacks changes nothing",
    () =>
      Effect.gen(function* () {
        const what = request("labelled", { context: { order: "7" }, customer: { email: "a@example.com" } })
        const { conversationId } = done(yield* handle(what))
        yield* TestClock.adjust("1 second")
        const contact = (yield* live).find(({ number }) => number === conversationId)
        assert.deepStrictEqual(contact?.customFields, { cognigy_intent: "labelled", email: "a@example.com" })
        assert.strictEqual(contact?.priority, 500)
      })
  ],
  [
    "definitions of fields that cannot be read change nothing",
    () =>
      Effect.gen(function* () {
        yield* order({ kind: "status", operation: "fields", status: 500, times: 50 })
        const { conversationId, target } = done(yield* handle(request("sales")))
        yield* holds(conversationId, target)
      })
  ],
  [
    "a contact by its number is routed, and no message is sent",
    () =>
      Effect.gen(function* () {
        const number = yield* opened({ authorId: "somebody" })
        const { conversationId, reused } = done(yield* handle(request("sales", { contactId: number })))
        assert.strictEqual(conversationId, number)
        assert.isTrue(reused)
        const { contacts, messages } = yield* stateOf
        assert.deepStrictEqual(
          contacts.map(({ target }) => target?.id),
          [salesSkillId]
        )
        assert.deepStrictEqual(messages, [])
      })
  ],
  [
    "a contact by a number that is unknown or closed is no conversation, and none is opened",
    () =>
      Effect.gen(function* () {
        const { closeContact } = yield* DigitalSimulator
        const number = yield* opened()
        yield* closeContact(number)
        for (const contactId of [number, "123456"]) {
          const what = request("sales", { contactId, inputId: contactId })
          assert.strictEqual(failedWith(yield* handle(what)), "NoActiveConversation")
        }
        assert.deepStrictEqual(yield* live, [])
      })
  ],
  [
    "a contact by its number that is closed before its routing is no conversation",
    () =>
      Effect.gen(function* () {
        const number = yield* opened()
        yield* order({ kind: "end", operation: "routeToQueue" })
        const what = request("sales", { contactId: number })
        assert.strictEqual(failedWith(yield* handle(what)), "NoActiveConversation")
        assert.deepStrictEqual(yield* live, [])
      })
  ]
]

/** The flows where the contact is to be found. */
const findings: ReadonlyArray<[string, Flow]> = [
  [
    "the newest active contact is found although CXone lists it late",
    () =>
      Effect.gen(function* () {
        yield* opened({ authorId: "anna", threadId: "t-1" })
        yield* TestClock.adjust("10 seconds")
        const closed = yield* opened({ authorId: "anna", threadId: "t-3" })
        const { closeContact } = yield* DigitalSimulator
        yield* closeContact(closed)
        yield* TestClock.adjust("10 seconds")
        const newest = yield* opened({ authorId: "cognigy_anna", threadId: "t-2" })
        yield* TestClock.adjust("3 seconds")
        const { conversationId, reused } = done(yield* handle(request("sales")))
        assert.strictEqual(conversationId, newest)
        assert.isTrue(reused)
        assert.deepStrictEqual((yield* stateOf).messages, [])
      })
  ],
  [
    "a contact that has just been opened is waited for",
    () =>
      Effect.gen(function* () {
        const number = yield* opened({ authorId: "anna" })
        assert.strictEqual(done(yield* handle(request("sales"))).conversationId, number)
      })
  ],
  [
    "a user without an active contact has no conversation, and none is opened",
    () =>
      Effect.gen(function* () {
        const { closeContact } = yield* DigitalSimulator
        yield* closeContact(yield* opened({ authorId: "anna" }))
        assert.strictEqual(failedWith(yield* handle(request("sales"))), "NoActiveConversation")
        assert.deepStrictEqual(yield* live, [])
      })
  ]
]

it("each answer is that of several worlds", () => {
  for (const [name, values] of entries) {
    for (const value of values) {
      const having = worlds.filter(
        (world) => JSON.stringify({ ...world }[name as keyof typeof world]) === JSON.stringify(value)
      )
      assert.isAtLeast(having.length, 2, `${name} ${JSON.stringify(value)}`)
    }
  }
})

for (const world of worlds) {
  describe(`where CXone answers like ${nameOf(world)}`, () => {
    const simulator = () => DigitalSimulator.layerInProcess(world)
    for (const [name, flow] of flows) {
      it.effect(name, () => flow(world).pipe(Effect.provide(Layer.provideMerge(process(), simulator()))))
    }
    for (const [name, flow] of findings) {
      it.effect(name, () => flow(world).pipe(Effect.provide(Layer.provideMerge(process("find"), simulator()))))
    }
  })
}
