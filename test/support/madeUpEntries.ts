/** Entries of a history that are made up: a seed gives the same ones each time. */
import type { Target } from "../../src/domain/Target.ts"
import type { Step } from "../../src/domain/Trail.ts"
import type { Detail, Entry, Outcome } from "../../src/history/Entry.ts"
import { idsFrom } from "../../src/history/idTimes.ts"
import type { RoutesFile } from "../../src/routing/format/RoutesFile.ts"

/** The version of the table that decided. */
export const TABLE = "3f6c1a09be72"

const QUEUES = {
  "Sales Germany": "9d2e4f6a-1b3c-4d5e-8f70-a1b2c3d4e5f6",
  Sales: "0b8f7c1e-5a4d-4c3b-9e2f-6d7a8b9c0d1e",
  Billing: "5c6d7e8f-9a0b-4c1d-8e2f-3a4b5c6d7e8f",
  Support: "7e8f9a0b-1c2d-4e3f-9a4b-5c6d7e8f9a0b",
  Night: "1f2e3d4c-5b6a-4798-8a7b-6c5d4e3f2a1b"
}

const ALEX = "c0ffee00-1234-4abc-8def-0123456789ab"

/** The table that decided. */
export const routes: RoutesFile = {
  queues: QUEUES,
  agents: { Alex: ALEX },
  rules: [
    { name: "abuse", when: { intent: "abuse" }, to: { reject: "Please stay polite." } },
    {
      name: "transfer to agent",
      when: { intent: "transfer_to_agent" },
      to: { agent: "Alex", fallback: { queue: "Support" } }
    },
    {
      name: "sales in German",
      when: { intent: "transfer_to_sales", language: "de" },
      to: { queue: "Sales Germany", fallback: { queue: "Sales" } }
    },
    { name: "sales", when: { intent: "transfer_to_sales" }, to: { queue: "Sales" } },
    { name: "billing", when: { intent: ["invoice_question", "pay_invoice"] }, to: { queue: "Billing" } },
    { name: "night", when: { intent: "night_shift" }, to: { queue: "Night" } },
    { name: "support", when: { intent: ["technical_problem", "transfer_to_support"] }, to: { queue: "Support" } }
  ]
}

const queue = (name: keyof typeof QUEUES): Target => ({ type: "queue", id: QUEUES[name] })

/** The rules by their share of the traffic in percent; `night` is rare. */
const RULES: ReadonlyArray<{
  readonly share: number
  readonly rule: string
  readonly intent: string
  readonly language?: string
  readonly targets: ReadonlyArray<Target>
}> = [
  { share: 38, rule: "support", intent: "technical_problem", targets: [queue("Support")] },
  { share: 24, rule: "billing", intent: "invoice_question", targets: [queue("Billing")] },
  { share: 18, rule: "sales", intent: "transfer_to_sales", targets: [queue("Sales")] },
  {
    share: 12,
    rule: "sales in German",
    intent: "transfer_to_sales",
    language: "de-DE",
    targets: [queue("Sales Germany"), queue("Sales")]
  },
  {
    share: 6,
    rule: "transfer to agent",
    intent: "transfer_to_agent",
    targets: [{ type: "agent", id: ALEX }, queue("Support")]
  },
  { share: 1.98, rule: "abuse", intent: "abuse", targets: [] },
  { share: 0.02, rule: "night", intent: "night_shift", targets: [queue("Night")] }
]

const LANGUAGES = [
  { share: 60, language: "en-US" },
  { share: 25, language: "de-DE" },
  { share: 10, language: "fr-FR" },
  { share: 4.99, language: "es-ES" },
  { share: 0.01, language: "fi-FI" }
]

interface Failure {
  readonly share: number
  readonly outcome: Outcome
  readonly reason: string
  readonly status: number
  readonly error: string
  readonly detail: string
  readonly calls: ReadonlyArray<string>
}

const FAILURES: ReadonlyArray<Failure> = [
  {
    share: 35,
    outcome: "failed",
    reason: "deadline_exceeded",
    status: 504,
    error: "Handover timed out",
    detail: "the handover was not done within 7s",
    calls: ["timeout", "timeout"]
  },
  {
    share: 25,
    outcome: "failed",
    reason: "unavailable",
    status: 503,
    error: "CXone unavailable",
    detail: "CXone answered 503 to open",
    calls: ["503", "503", "503"]
  },
  {
    share: 15,
    outcome: "failed",
    reason: "rate_limited",
    status: 503,
    error: "CXone rate limit exceeded",
    detail: "CXone answered 429 to open",
    calls: ["429", "429"]
  },
  {
    share: 10,
    outcome: "failed",
    reason: "invalid_target",
    status: 502,
    error: "Invalid routing target",
    detail: "CXone does not know the queue",
    calls: ["201"]
  },
  {
    share: 15,
    outcome: "refused",
    reason: "unsupported_intent",
    status: 400,
    error: "Unsupported intent",
    detail: "no routing rule takes the intent as it came, and there is no fallback",
    calls: []
  }
]

/** Numbers from 0 to 1 that a seed determines: mulberry32. */
export const randomOf = (seed: number) => {
  let state = seed >>> 0
  return (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

type Random = () => number

/** One of these, by their shares of 100. */
const pick = <A extends { readonly share: number }>(all: ReadonlyArray<A>, random: Random): A => {
  let left = random() * 100
  for (const one of all) {
    left -= one.share
    if (left < 0) return one
  }
  return pick(all, random)
}

const digits = (length: number, random: Random) =>
  Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join("")

/** An id of a time, as the router makes them. */
const idAt = (at: number, random: Random) => {
  const variant = (8 + Math.floor(random() * 4)).toString(16)
  return `${idsFrom(at)}-7${digits(3, random)}-${variant}${digits(3, random)}-${digits(12, random)}`
}

/** The steps of a handover whose calls ended like this, and how long it took, in milliseconds. */
const stepsOf = (calls: ReadonlyArray<string>, target: Target | undefined, random: Random) => {
  const steps: Array<Step> = []
  let now = 0.4
  const step = (kind: Step["kind"], name: string, took: number, outcome: string) => {
    steps.push({ kind, name, after: Math.round(now * 1000) / 1000, took: Math.round(took * 1000) / 1000, outcome })
    now += took
  }
  calls.forEach((outcome, at) => {
    const usual = 40 + random() ** 3 * 400
    step("call", "open", outcome === "timeout" ? 2500 : usual, outcome)
    if (at + 1 < calls.length) step("wait", "before open again", 100 * 2 ** at * (1 + random()), "planned")
  })
  const isOpen = calls.at(-1)?.startsWith("2") === true
  if (isOpen && target !== undefined) {
    step("call", target.type === "queue" ? "routeToQueue" : "routeToAgent", 30 + random() ** 3 * 300, "204")
    step("target", `${target.type} ${target.id}`, 0, "accepted")
  }
  return { steps, took: Math.round(now * 1000) / 1000 }
}

/** An entry whose request came at a time, in milliseconds since 1970. `first` is an entry that it may be a copy of. */
export const madeUpEntry = (at: number, random: Random, first?: Entry & Detail): Entry & Detail => {
  const id = idAt(at, random)
  const correlationId = digits(32, random)
  const user = Math.floor(random() ** 2 * 100_000)
  const own = {
    id,
    at,
    tenant: "mypurecloud.com",
    table: TABLE,
    channel: random() < 0.8 ? "webchat" : "whatsapp",
    userId: `user-${user}`,
    sessionId: `session-${user}-${Math.floor(at / 3_600_000)}`,
    correlationId,
    firstId: null,
    againOf: null
  }
  if (first?.outcome === "success" && random() < 0.03) {
    const { id: firstId, answer, intent, language, rule, sessionId, target, targets, userId } = first
    return {
      ...own,
      ...{ userId, sessionId, rule, target, intent, language, firstId, answer, targets },
      took: Math.round(random() * 2000) / 1000,
      outcome: "repeated",
      reason: "repeated",
      status: 200,
      conversationId: first.conversationId,
      steps: []
    }
  }
  const { intent, language = pick(LANGUAGES, random).language, rule, targets } = pick(RULES, random)
  const [target] = targets
  const facts = { confidence: Math.round(50 + random() * 50) / 100, entities: {} }
  const routed = { ...own, intent, language, rule, target: target ?? null, targets, facts }
  if (target === undefined) {
    const detail = `rule "${rule}" hands nothing over: the bot is to say the text`
    return {
      ...routed,
      ...{ took: 0.6, outcome: "rejected", reason: "rejected", status: 403, conversationId: null, steps: [] },
      answer: problem(403, "Forbidden", "Handover rejected", detail, correlationId)
    }
  }
  if (random() < 0.03) {
    const { calls, detail, error, outcome, reason, status } = pick(FAILURES, random)
    const { steps, took } = stepsOf(calls, undefined, random)
    const decided = outcome === "failed" ? routed : { ...routed, rule: null, target: null, targets: [] }
    const answer = problem(status, error, error, detail, correlationId)
    return { ...decided, took, outcome, reason, status, conversationId: null, steps, answer }
  }
  const { steps, took } = stepsOf(random() < 0.02 ? ["503", "201"] : ["201"], target, random)
  const conversationId = `${digits(8, random)}-${digits(4, random)}-4${digits(3, random)}-8${digits(3, random)}-${digits(12, random)}`
  return {
    ...routed,
    ...{ took, outcome: "success", reason: "success", status: 200, conversationId, steps },
    answer: { status: "success", conversationId, target, rule, reused: random() < 0.1, correlationId }
  }
}

const problem = (status: number, title: string, error: string, detail: string, correlationId: string) => ({
  type: "about:blank",
  title,
  status,
  detail,
  error,
  correlationId
})
