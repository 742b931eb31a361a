/** CXone has a bad day. */
import { Effect, Fiber, Schedule } from "effect"
import { nowMillis } from "../../../src/std/clock.ts"
import type { Call, DialectFault } from "../dialects/Dialect.ts"
import { errorOf } from "../Invariants.ts"
import type { Answer } from "../Load.ts"
import { oldSecret } from "../RouterProcess.ts"
import type { Scenario, Stage } from "../Scenario.ts"

type WithoutShare<F> = F extends unknown ? Omit<F, "operation" | "share"> : never

/**
 * Faults for all calls that make up this share of them, one like the other. Each is drawn on its own, and the first that is drawn strikes:
 * a later one gets fewer calls to draw from, and so a larger share of these.
 */
const mixed = (share: number, faults: ReadonlyArray<WithoutShare<DialectFault>>): ReadonlyArray<DialectFault> => {
  const each = share / faults.length
  return faults.map((fault, before) => ({ ...fault, operation: "any", share: each / (1 - each * before) }))
}

const sending =
  (full: number, short: number, concurrency = 32) =>
  ({ load, pick }: Stage) =>
    load.all(load.webhooks(pick(full, short)), concurrency)

const randomFaults: Scenario = {
  name: "random-faults",
  about: "20 % of calls: 429, 500, 503, cut off, never answered",
  faults: mixed(0.2, [
    { kind: "status", status: 429, retryAfter: 1 },
    { kind: "status", status: 500 },
    { kind: "status", status: 503 },
    { kind: "drop" },
    { kind: "hang" }
  ]),
  allows: [503, 504],
  run: sending(2000, 80),
  after: ({ check, pick, state }) => {
    // Five faults in one thing to see: with too few struck there is nothing to learn from the rest.
    const struck = state.calls.filter(({ status }) => status === null || status >= 429).length
    check("the faults strike", struck >= pick(500, 20), struck)
  }
}

const tokenRevoked: Scenario = {
  name: "token-revoked",
  about: "all tokens are revoked with each 100th call",
  faults: [{ operation: "any", kind: "revoke", every: 100 }],
  // A fresh token that is revoked before its first use is a refusal by the contract. What is answered 502 is sent again, as all failures are.
  allows: [502],
  run: ({ load, pick }) => load.all(load.webhooks(pick(2000, 200)), pick(32, 8)),
  after: ({ check, pick, state }) => {
    const revoked = Math.floor(state.counts.total / 100)
    const { issued } = state.tokens
    check("tokens are revoked", revoked >= pick(50, 5), revoked)
    check("a revoked token costs one fresh one, however many callers had it", issued <= revoked + 2, issued)
  }
}

const tokenDown: Scenario = {
  name: "token-down-at-start",
  about: "the token endpoint cuts all calls off for 2 s at the start",
  faults: [{ operation: "token", kind: "drop", share: 1 }],
  allows: [503, 504],
  run: Effect.fnUntraced(function* ({ check, load, pick, simulator }: Stage) {
    const sending = yield* Effect.forkScoped(load.all(load.webhooks(pick(1000, 100)), 32))
    const started = yield* nowMillis
    yield* Effect.sleep(pick(2000, 1000))
    const { counts } = yield* simulator.state
    const most = 4 + (4 * ((yield* nowMillis) - started)) / 1000
    yield* simulator.clearFaults
    check("nobody hammers a token endpoint that is down", counts.token <= most, `${counts.token} of ${most}`)
    yield* Fiber.join(sending)
  })
}

const down: Scenario = {
  name: "cxone-down",
  about: "all calls are cut off for 10 s (1.5 s short)",
  allows: [503, 504],
  run: Effect.fnUntraced(function* ({ check, load, pick, simulator }: Stage) {
    yield* load.all(load.webhooks(32, "before"), 32)
    const before = yield* simulator.awaitState(({ counts }) => counts.label >= 32)
    const sentBefore = load.sent()
    yield* simulator.order({ operation: "any", kind: "drop", share: 1 })
    const sending = yield* Effect.forkScoped(load.all(load.webhooks(pick(1000, 100)), 32))
    yield* Effect.sleep(pick(10_000, 1500))
    yield* Effect.repeat(Effect.void, {
      until: () => load.sent() - sentBefore >= 200,
      schedule: Schedule.spaced("10 millis")
    })
    const sent = load.sent() - sentBefore
    const calls = (yield* simulator.state).counts.total - before.counts.total
    yield* simulator.clearFaults
    const most = 1.25 * sent + 20 + 1
    check(`${sent} webhooks make at most ${most} calls while CXone is down`, calls <= most, calls)
    check("the circuit opens: most webhooks are answered without a call", calls < sent / 2, `${calls} for ${sent}`)
    yield* Fiber.join(sending)
  }),
  after: ({ answers, check }) => {
    const unavailable = answers.filter(({ outcome }) => outcome === 503)
    check("webhooks are answered 503 while CXone is down", unavailable.length > 0)
    const others = unavailable.filter((answer) => errorOf(answer) !== "CXone unavailable")
    check("503 says that CXone is unavailable", others.length === 0, others[0]?.text)
  }
}

const slow: Scenario = {
  name: "slow",
  about: "each answer takes 1.5 s (0.75 s where messages open contacts)",
  shortSettings: { HANDOVER_DEADLINE: "7s" },
  run: Effect.fnUntraced(function* ({ dialect, load, pick, simulator }: Stage) {
    // A note and a message take five calls, with the look-ups of a process that has just started: with the token on top, more than the deadline.
    yield* load.all(load.webhooks(1, "before"), 1)
    const millis = pick(dialect.hasMessages ? 750 : 1500, 750)
    yield* simulator.order({ operation: "any", kind: "delay", share: 1, millis })
    yield* load.all(load.webhooks(pick(256, 32)), 64)
  })
}

/** `few` stay below what opens the circuit: each of them hears of its own deadline. In a crowd the circuit may open before that. */
const neverAnswers = (
  name: string,
  about: string,
  options: { readonly isWarm: boolean; readonly isFew: boolean }
): Scenario => ({
  name,
  about,
  shortSettings: { HANDOVER_DEADLINE: "2s" },
  allows: [503, 504],
  ...(options.isWarm ? {} : { faults: [neverAnswering] }),
  run: Effect.fnUntraced(function* ({ check, dialect, load, pick, simulator }: Stage) {
    if (options.isWarm) {
      yield* load.all(load.webhooks(1, "before"), 1)
      yield* simulator.order(neverAnswering)
    }
    const answers = yield* Effect.forEach(load.webhooks(options.isFew ? 5 : pick(200, 24)), load.once, {
      concurrency: "unbounded"
    })
    const errors = new Set(answers.map((answer) => `${answer.outcome} ${errorOf(answer)}`))
    errors.delete("504 Handover timed out")
    // Look-ups make so many attempts that the circuit opens for a few webhooks too.
    if (!options.isFew || dialect.name === "digital") errors.delete("503 CXone unavailable")
    check("every webhook hears that CXone does not answer", errors.size === 0, [...errors].join(", "))
    yield* simulator.clearFaults
  })
})

const neverAnswering: DialectFault = { operation: "any", kind: "hang", share: 1 }

const answersLost: Scenario = {
  name: "answers-lost",
  about: "30 % of calls take effect and are cut off before their answer",
  faults: [{ operation: "any", kind: "drop", phase: "after", share: 0.3 }],
  allows: [503, 504],
  run: sending(1000, 60),
  after: ({ check, state }) => {
    const conversations = state.conversations.length
    const users = new Set(state.conversations.map(({ userId }) => userId)).size
    check("a lost answer costs no second conversation", conversations === users, `${conversations} of ${users} users`)
  }
}

const marker = "cxone-raw-body"

const brokenAnswers: Scenario = {
  name: "broken-answers",
  about: "20 % of answers: JSON that breaks off, HTML, other JSON",
  faults: mixed(0.2, [
    { kind: "brokenBody" },
    { kind: "body", status: 200, body: `<html><h1>${marker}</h1></html>`, contentType: "text/html" },
    { kind: "body", status: 502, body: `<html><h1>${marker}</h1></html>`, contentType: "text/html" },
    { kind: "body", status: 200, body: { [marker]: [null] } },
    { kind: "body", status: 500, body: marker }
  ]),
  allows: [502, 503, 504],
  run: sending(1000, 60),
  after: ({ answers, check }) => {
    const leaks = answers.filter(({ text }) => text.includes(marker))
    check("nothing of CXone's answers gets out", leaks.length === 0, leaks[0]?.text)
    const errors = new Set(answers.filter(({ outcome }) => outcome === 502).map(errorOf))
    errors.delete("Unexpected CXone response")
    check("502 says that CXone's answer is unexpected", errors.size === 0, [...errors].join(", "))
  }
}

/** The first webhooks find a conversation each that ends under their hands; of the others, each fourth action meets its end. */
const ended: Scenario = {
  name: "ended-between",
  about: "the conversation ends between open and action",
  // Whose second conversation ends too is told that the target is invalid, or that there is no conversation.
  allows: [502, 409],
  run: Effect.fnUntraced(function* ({ check, load, pick, simulator }: Stage) {
    for (const webhook of load.webhooks(pick(200, 10), "reused")) {
      yield* simulator.openConversation(`cognigy_${webhook.userId}`)
      yield* simulator.order({ operation: "action", kind: "end" })
      const { outcome, text } = yield* load.once(webhook)
      check("a conversation that ends is replaced by a new one", outcome === 200 && /"reused":false/.test(text), text)
      yield* simulator.clearFaults
    }
    yield* simulator.order({ operation: "action", kind: "end", every: 4 })
    yield* load.all(load.webhooks(pick(800, 40), "new"), 32)
  })
}

const wrongSecret: Scenario = {
  name: "wrong-secret",
  about: "the client secret is wrong",
  settings: { CXONE_CLIENT_SECRET: oldSecret },
  allows: [502],
  handsOver: false,
  run: Effect.fnUntraced(function* ({ check, load, pick, simulator }: Stage) {
    const started = yield* nowMillis
    yield* Effect.forEach(
      load.webhooks(pick(3000, 96)),
      (webhook) => Effect.andThen(load.once(webhook), Effect.sleep("50 millis")),
      { concurrency: 32, discard: true }
    )
    const seconds = ((yield* nowMillis) - started) / 1000
    const { counts } = yield* simulator.state
    const most = 2 + Math.floor(seconds / 2)
    check(`there are at most ${most} token requests in ${seconds.toFixed(1)} s`, counts.token <= most, counts.token)
    check("no other call is made", counts.total === counts.token)
  }),
  after: ({ answers, check, checkInFull }) => {
    const others = answers.filter((answer) => errorOf(answer) !== "CXone rejected the credentials")
    check("every webhook hears that the credentials are refused", others.length === 0, others[0]?.text)
    const longest = Math.max(...answers.map(({ millis }: Answer) => millis))
    checkInFull("they hear it within 2 s", longest <= 2000, longest)
  }
}

const rateLimited: Scenario = {
  name: "rate-limit",
  about: "CXONE_RATE_LIMIT is 40/second",
  settings: { CXONE_RATE_LIMIT: "40/second" },
  run: Effect.fnUntraced(function* ({ load, pick, simulator }: Stage) {
    const count = pick(300, 30)
    yield* load.all(load.webhooks(count), 32)
    // Labels come last, and a shutdown does not wait for as many as there are.
    yield* simulator.awaitState(({ counts }) => counts.label >= count)
  }),
  after: ({ check, pick, standstill, state: { calls } }) => {
    const seconds = ((calls.at(-1)?.at ?? 0) - (calls[0]?.at ?? 0)) / 1000
    check(`there are at most 40 calls a second in ${seconds} s`, calls.length <= 40 * (seconds + 1), calls.length)
    // How calls bunch up on their way is up to the machine: what comes while it stands still arrives together.
    const most = Math.floor(40 * (pick(1.1, 2) + standstill / 1000))
    const densest = densestSecond(calls)
    check("there are never more than 40 calls in any second", densest <= most, `${densest}, of ${most} at the most`)
  }
}

const densestSecond = (calls: ReadonlyArray<Call>): number => {
  let densest = 0
  let first = 0
  for (const [index, { at }] of calls.entries()) {
    while ((calls[first]?.at ?? at) <= at - 1000) first++
    densest = Math.max(densest, index - first + 1)
  }
  return densest
}

/** What CXone can do to the router. */
export const cxoneScenarios: ReadonlyArray<Scenario> = [
  randomFaults,
  tokenRevoked,
  tokenDown,
  down,
  slow,
  neverAnswers("never-answers", "CXone takes calls and never answers", { isWarm: true, isFew: true }),
  neverAnswers("never-answers-crowd", "the same, for many at once", { isWarm: true, isFew: false }),
  neverAnswers("never-answers-cold", "the same from the start on, for the token too", { isWarm: false, isFew: false }),
  answersLost,
  ended,
  brokenAnswers,
  wrongSecret,
  rateLimited
]
