/** The steps of a handover in words. */
import type { Step } from "../../domain/Trail.ts"

/** How a step is shown: its colour follows from it. */
export type Tone = "bad" | "good" | "plain" | "wait"

/** A step in words. */
export interface ShownStep {
  readonly step: Step
  /** `Open a conversation`. */
  readonly label: string
  /** `attempt 2 of 3`, for calls that were made more than once. */
  readonly attempt: string | undefined
  /** `429: too many requests`. */
  readonly outcome: string
  readonly tone: Tone
}

/** Operations of both dialects. */
const OPERATIONS: Readonly<Record<string, string>> = {
  token: "Get an access token",
  discovery: "Ask where the API is",
  open: "Open a conversation",
  findActive: "Find the user's open conversation",
  routeToQueue: "Route to the queue",
  routeToAgent: "Route to the agent",
  post: "Post the message that opens a contact",
  message: "Look the message up",
  contact: "Look the contact up",
  route: "Route the contact",
  status: "Change the contact's status",
  label: "Label the conversation",
  queue: "Look the queue up",
  agent: "Look the agent up",
  whoami: "Ask who the credentials belong to"
}

const operationLabel = (name: string): string => OPERATIONS[name] ?? name

const WAITS: Readonly<Record<string, string>> = {
  token: "Wait for an access token",
  turn: "Wait for an earlier handover of the user",
  "rate limit": "Wait for CXone's rate limit",
  "before the next attempt": "Wait before the next attempt",
  "the first of its copies": "Wait for the first of its copies"
}

const label = ({ kind, name }: Step): string => {
  if (kind === "call") return operationLabel(name)
  if (kind === "target") return name
  const [, operation] = /^before (\w+) again$/.exec(name) ?? []
  return operation === undefined ? (WAITS[name] ?? `Wait: ${name}`) : `Wait before “${operationLabel(operation)}” again`
}

const STATUSES: Readonly<Record<string, string>> = {
  "400": "bad request",
  "401": "credentials refused",
  "403": "permission missing",
  "404": "not found",
  "408": "request timeout",
  "409": "conflict",
  "422": "not accepted",
  "429": "too many requests",
  "500": "server error",
  "502": "bad gateway",
  "503": "unavailable",
  "504": "gateway timeout"
}

const OUTCOMES: Readonly<Record<string, string>> = {
  timeout: "no answer in time",
  connection: "connection failed",
  not_tried: "not tried",
  interrupted: "cut off",
  planned: "",
  over: ""
}

const outcomeWords = ({ outcome }: Step): string => {
  const words = STATUSES[outcome]
  return words === undefined ? (OUTCOMES[outcome] ?? outcome) : `${outcome} ${words}`
}

/** True for a call that did what it was made for, or was answered as the flow expects. */
const isGood = (outcome: string): boolean => /^2/.test(outcome) || outcome === "409"

/** True for a call whose failure made the handover slower, or fail: worth a word in its summary. */
export const isTrouble = ({ kind, outcome }: Step): boolean =>
  kind === "call" && outcome !== "interrupted" && !isGood(outcome) && outcome !== "404" && outcome !== "422"

const toneOf = ({ kind, outcome }: Step): Tone => {
  if (kind === "wait") return "wait"
  if (outcome === "accepted" || (kind === "call" && isGood(outcome))) return outcome === "409" ? "plain" : "good"
  return outcome === "interrupted" ? "plain" : "bad"
}

/** The steps in the order in which they began. */
export const shownSteps = (steps: ReadonlyArray<Step>): ReadonlyArray<ShownStep> => {
  const calls = (name: string) => steps.filter((step) => step.kind === "call" && step.name === name).length
  const seen = new Map<string, number>()
  return steps
    .toSorted((one, other) => one.after - other.after)
    .map((step) => {
      const count = step.kind === "call" ? calls(step.name) : 1
      const index = (seen.get(step.name) ?? 0) + 1
      if (step.kind === "call") seen.set(step.name, index)
      return {
        step,
        label: label(step),
        attempt: count > 1 ? `attempt ${index} of ${count}` : undefined,
        outcome: outcomeWords(step),
        tone: toneOf(step)
      }
    })
}
