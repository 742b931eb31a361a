/** What must hold whatever went wrong: read off the simulator's last state and all answers. */
import { Option, Schema } from "effect"
import type { Target } from "../../src/domain/Target.ts"
import type { Call, Conversation, CXoneState, Dialect } from "./dialects/Dialect.ts"
import { type Answer, type Reply, successOf } from "./Load.ts"
import { misdelivered } from "./misdelivered.ts"

/** What a scenario left behind. */
export interface Findings {
  /** The most active conversations that one user has. */
  readonly mostActive: number
  /** Users who were told that they are handed over, and have not exactly one active conversation. */
  readonly lost: ReadonlyArray<string>
  /** Webhooks that were answered 200 with a conversation that is not there, not the user's, or was never where it should be. */
  readonly wrong: ReadonlyArray<string>
  /** Conversations that were handed over and do not have the label of any webhook that they were handed over for. */
  readonly unlabelled: ReadonlyArray<string>
  /** Opening messages that a conversation does not have once for each handover, and ids that two messages have. */
  readonly misdelivered: ReadonlyArray<string>
  /** Answers that are not such as the contract says. */
  readonly malformed: ReadonlyArray<string>
  /** How many webhooks were answered 200 in the end. */
  readonly handedOver: number
}

/** Looks at what is left once everything has come to rest. No label is owed for the answers in `withoutLabels`. */
export const inspect = (
  dialect: Dialect,
  state: CXoneState,
  answers: ReadonlyArray<Answer>,
  withoutLabels: ReadonlySet<Answer>
): Findings => {
  const conversations = new Map(state.conversations.map((conversation) => [conversation.id, conversation]))
  const active = new Map<string, number>()
  for (const { isActive, userId } of state.conversations) {
    if (isActive) active.set(userId, (active.get(userId) ?? 0) + 1)
  }
  const routings = routingsOf(dialect, state.calls)

  const users = new Set<string>()
  const done = new Set<Answer["webhook"]>()
  const wrong: Array<string> = []
  const intents = new Map<string, Set<string>>()
  for (const answer of answers) {
    if (answer.outcome !== 200) continue
    const { webhook } = answer
    users.add(`cognigy_${webhook.userId}`)
    done.add(webhook)
    const problem = wrongWith(answer, conversations, routings)
    if (problem !== undefined) wrong.push(`${webhook.userId}: ${problem}: ${answer.text}`)
    const id = Option.map(successOf(answer), ({ conversationId }) => conversationId)
    if (Option.isNone(id) || withoutLabels.has(answer)) continue
    const expected = intents.get(id.value) ?? new Set()
    intents.set(id.value, expected.add(webhook.intent))
  }

  return {
    mostActive: Math.max(0, ...active.values()),
    lost: [...users].filter((userId) => active.get(userId) !== 1),
    wrong,
    unlabelled: [...intents]
      .filter(([id, expected]) => !expected.has(conversations.get(id)?.intent ?? ""))
      .map(([id]) => id),
    misdelivered: dialect.hasMessages ? misdelivered(state.messages, answers) : [],
    malformed: answers.flatMap((answer) => {
      const problem = malformedIn(answer)
      return problem === undefined ? [] : [`${answer.outcome} ${problem}: ${answer.text.slice(0, 500)}`]
    }),
    handedOver: done.size
  }
}

/** Users of whom CXone has heard. */
const usersIn = (dialect: Dialect, { calls, conversations }: CXoneState): ReadonlySet<string> =>
  new Set([...calls.flatMap((call) => dialect.openedBy(call) ?? []), ...conversations.map(({ userId }) => userId)])

/**
 * Tells requests that were lost (`none`) from those that nobody has read (`unread`): not a byte came back, and CXone has not heard of their users.
 * That is what happens to a request that is on its way while the server closes a connection that was kept alive, or that waits to be accepted.
 */
export const sortOut = (dialect: Dialect, answers: ReadonlyArray<Answer>, state: CXoneState): ReadonlyArray<Answer> => {
  const heardOf = usersIn(dialect, state)
  return answers.map((answer) =>
    answer.outcome === "none" && answer.isSilent && !heardOf.has(`cognigy_${answer.webhook.userId}`)
      ? { ...answer, outcome: "unread" }
      : answer
  )
}

const key = (conversationId: string, { id, type }: Target) => `${conversationId} ${type} ${id}`

/** The places that conversations were sent to by the calls that are remembered, in effect or in vain. */
const routingsOf = (dialect: Dialect, calls: ReadonlyArray<Call>): ReadonlySet<string> =>
  new Set(
    calls.flatMap((call) => {
      if (call.status !== null && call.status >= 300 && call.status !== 409) return []
      const routing = dialect.routedBy(call)
      return routing === undefined ? [] : [key(routing.conversationId, routing.target)]
    })
  )

const isSame = (one: Target, other: Target | null) => one.type === other?.type && one.id === other.id

const wrongWith = (
  answer: Answer,
  conversations: ReadonlyMap<string, Conversation>,
  routings: ReadonlySet<string>
): string | undefined => {
  const { intent, target, userId } = answer.webhook
  const success = Option.getOrUndefined(successOf(answer))
  if (success === undefined) return "the answer is not what the contract says"
  if (success.rule !== intent || !isSame(success.target, target)) return "the answer names another target"
  const conversation = conversations.get(success.conversationId)
  if (conversation === undefined) return "there is no such conversation"
  if (conversation.userId !== `cognigy_${userId}`) return `it is a conversation of ${conversation.userId}`
  // Where a user's webhooks ask for several places, the last one wins.
  const isThere = isSame(target, conversation.target) || routings.has(key(conversation.id, target))
  return isThere ? undefined : `the conversation is at ${JSON.stringify(conversation.target)}`
}

/** What each status may say in the member `error`. */
const errors: Readonly<Record<number, ReadonlyArray<string>>> = {
  400: ["Invalid content type", "Invalid payload", "Missing required fields", "Unsupported intent", "Agent ID missing"],
  401: ["Unauthorized"],
  409: ["No active conversation"],
  413: ["Payload too large"],
  415: ["Unsupported encoding"],
  422: ["Idempotency key reused"],
  502: ["CXone rejected the credentials", "CXone denied access", "Invalid routing target", "Unexpected CXone response"],
  503: ["CXone rate limit exceeded", "CXone unavailable", "Conversation conflict", "Overloaded"],
  504: ["Handover timed out"]
}

const Problem = Schema.fromJsonString(
  Schema.Struct({
    type: Schema.NonEmptyString,
    title: Schema.NonEmptyString,
    status: Schema.Int,
    detail: Schema.NonEmptyString,
    error: Schema.String
  })
)

const decodeProblem = Schema.decodeUnknownOption(Problem)

/** The member `error` of a problem. */
export const errorOf = ({ text }: Reply): string | undefined =>
  Option.getOrUndefined(Option.map(decodeProblem(text), ({ error }) => error))

/** What is wrong with an answer by the contract, whatever it says. */
const malformedIn = (reply: Reply): string | undefined => {
  const { headers, outcome } = reply
  if (typeof outcome === "string") return undefined
  if (outcome === 200) return Option.isNone(successOf(reply)) ? "is not a success by the contract" : undefined
  const error = errorOf(reply)
  if (error === undefined || !headers["content-type"]?.startsWith("application/problem+json")) return "is not a problem"
  if (errors[outcome]?.includes(error) !== true) return "says what this status does not say"
  if (outcome === 503 && !/^[1-9]\d*$/.test(headers["retry-after"] ?? "")) return "has no Retry-After"
  return undefined
}
