/** What differs where a message opens a contact: nothing but its id says whether it was taken. */
import { Effect, Fiber } from "effect"
import type { DigitalSimulatorOptions } from "../../../src/simulator/digital/DigitalOptions.ts"
import type { End, Scenario, Stage } from "../Scenario.ts"

const sending =
  (full: number, short: number, concurrency = 32) =>
  ({ load, pick }: Stage) =>
    load.all(load.webhooks(pick(full, short)), concurrency)

const oneContactEach = ({ check, state }: End) => {
  const contacts = state.conversations.length
  const users = new Set(state.conversations.map(({ userId }) => userId)).size
  check("a lost answer costs no second contact", contacts === users, `${contacts} of ${users} users`)
}

const messagesLost = (name: string, about: string, tenant: DigitalSimulatorOptions): Scenario => ({
  name,
  about: `30 % of messages take effect, and their answers are cut off or never come; ${about}`,
  only: "digital",
  tenant: { messageLag: 150, ...tenant },
  faults: [
    { operation: "open", kind: "drop", phase: "after", share: 0.2 },
    { operation: "open", kind: "hang", phase: "after", share: 0.125 }
  ],
  settings: { CXONE_ATTEMPT_TIMEOUT: "1s" },
  allows: [503, 504],
  run: sending(1000, 60),
  after: oneContactEach
})

const messagesRefused: Scenario = {
  name: "messages-503",
  about: "half of the messages are answered 503, and each 25th 429",
  only: "digital",
  faults: [
    { operation: "open", kind: "status", status: 429, retryAfter: 1, every: 25 },
    { operation: "open", kind: "status", status: 503, share: 0.5 }
  ],
  allows: [503, 504],
  run: sending(1000, 60),
  after: oneContactEach
}

const lookUpsHang: Scenario = {
  name: "look-ups-hang",
  about: "look-ups of messages and contacts never answer for 10 s (3 s short), and 30 % of messages lose their answers",
  only: "digital",
  faults: [
    { operation: "message", kind: "hang", share: 1 },
    { operation: "contact", kind: "hang", share: 1 },
    { operation: "open", kind: "drop", phase: "after", share: 0.3 }
  ],
  allows: [503, 504],
  run: Effect.fnUntraced(function* ({ load, pick, simulator }: Stage) {
    const sending = yield* Effect.forkScoped(load.all(load.webhooks(pick(300, 30)), 32))
    yield* Effect.sleep(pick(10_000, 3000))
    yield* simulator.clearFaults
    yield* Fiber.join(sending)
  }),
  after: oneContactEach
}

const lookUpsFail: Scenario = {
  name: "look-ups-fail",
  about: "half of the look-ups of messages and contacts are cut off, and 30 % of messages lose their answers",
  only: "digital",
  faults: [
    { operation: "message", kind: "drop", share: 0.5 },
    { operation: "contact", kind: "drop", share: 0.5 },
    { operation: "open", kind: "drop", phase: "after", share: 0.3 }
  ],
  allows: [503, 504],
  run: sending(1000, 60),
  after: oneContactEach
}

/** The killed process has sent messages whose answers nobody read. */
const killedAfterMessages: Scenario = {
  name: "kill-9-messages",
  about: "kill -9 while messages take effect and their answers never come, and a new start",
  only: "digital",
  faults: [{ operation: "open", kind: "hang", phase: "after", share: 0.5 }],
  settings: { CXONE_ATTEMPT_TIMEOUT: "6s" },
  allows: ["refused", "unread", "none", 503, 504],
  run: Effect.fnUntraced(function* ({ check, load, pick, restart, router, simulator, waiveLabels }: Stage) {
    const crowd = pick(200, 24)
    const sending = yield* Effect.forkScoped(load.all(load.webhooks(crowd), crowd))
    yield* simulator.awaitState(({ messages }) => messages.length >= crowd / 2)
    yield* router.signal("SIGKILL")
    yield* router.ended
    waiveLabels(load.answers.filter(({ outcome }) => outcome === 200))
    yield* simulator.clearFaults
    // A message that is listed is there, whether or not its contact can be read.
    yield* simulator.order({ operation: "contact", kind: "status", status: 503, share: 0.4 })
    yield* restart
    yield* Fiber.join(sending)
    const unanswered = load.answers.filter(({ outcome }) => outcome === "none").length
    check("webhooks are under way when it is killed", unanswered > 0, unanswered)
  }),
  after: oneContactEach
}

const discoveryDown: Scenario = {
  name: "discovery-down",
  about: "the discovery never answers, then fails, for 4 s in all (2 s short) at the start",
  only: "digital",
  faults: [
    { operation: "discovery", kind: "hang", times: 1 },
    { operation: "discovery", kind: "status", status: 503, share: 1 }
  ],
  allows: [503, 504],
  run: Effect.fnUntraced(function* ({ check, load, pick, simulator }: Stage) {
    const sending = yield* Effect.forkScoped(load.all(load.webhooks(pick(500, 60)), 32))
    yield* Effect.sleep(pick(4000, 2000))
    const { counts } = yield* simulator.state
    check("nobody hammers an issuer whose discovery is down", counts.token <= 24, counts.token)
    yield* simulator.clearFaults
    yield* Fiber.join(sending)
  })
}

const busyContact: Scenario = {
  name: "contact-limit",
  about: "a contact takes 6 changes at once and 2 a second: 20 different handovers of each user at once",
  only: "digital",
  tenant: { contactBurst: 6, contactRefill: 120 },
  allows: [503, 504],
  run: ({ load, pick }: Stage) =>
    Effect.forEach(
      Array.from({ length: pick(10, 2) }, (_, user) => user),
      (user) =>
        Effect.forEach(
          Array.from({ length: pick(20, 6) }, (_, turn) => load.webhook(turn, `user-${user}`)),
          load.untilHandedOver,
          { concurrency: "unbounded", discard: true }
        ),
      { concurrency: "unbounded", discard: true }
    ),
  after: oneContactEach
}

/** What CXone can do to the router where messages open contacts. */
export const contactScenarios: ReadonlyArray<Scenario> = [
  messagesLost("messages-lost", "a repeated message would be a second one", {}),
  messagesLost("messages-lost-409", "a repeated message is refused, with 409", { repeatedMessage: 409 }),
  messagesLost("messages-lost-422", "a repeated message is refused, with 422", { repeatedMessage: 422 }),
  messagesRefused,
  lookUpsHang,
  lookUpsFail,
  discoveryDown,
  busyContact,
  killedAfterMessages
]
