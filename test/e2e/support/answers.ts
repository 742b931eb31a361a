/** What the router may answer, and what it must never say. */
import { assert } from "@effect/vitest"
import type { Target } from "../../../src/domain/Target.ts"
import { simulatorClientSecret } from "../../../src/simulator/webchat/SimulatorOptions.ts"
import type { Reply } from "./router.ts"

/** The client secret that is refused. */
export const wrongSecret = "not-the-secret"

/** A text that tests put into what CXone answers. */
export const rawMarker = "cxone-raw-body"

/** Tokens, secrets, and texts that only bodies of the simulator's own errors hold. */
const forbidden = [
  "simulator-token-",
  simulatorClientSecret,
  wrongSecret,
  rawMarker,
  "simulator.fault",
  "A fault was ordered",
  "bad.credentials",
  "A live access token",
  "invalid_client",
  "missing.permissions",
  "missing the following scope",
  ".not.found",
  "There is no",
  "conversation.active",
  "node_modules",
  ".ts:"
]

/** Holds a text to the rule that no token, no secret, no stack trace and nothing of CXone's own errors gets out. */
export const assertSafe = (text: string, ...secrets: ReadonlyArray<string>) => {
  for (const secret of [...forbidden, ...secrets]) assert.notInclude(text, secret)
}

const wire = ({ headers, text }: Reply) => `${JSON.stringify(headers)}\n${text}`

/** Its members, but for the id that is another one each time. */
const json = ({ headers, text }: Reply, contentType: string): Record<string, unknown> => {
  assert.strictEqual(headers["content-type"]?.split(";")[0], contentType)
  const { correlationId, ...members } = JSON.parse(text)
  if (correlationId !== undefined) assert.match(correlationId, /^[0-9a-f]{32}$/)
  return members
}

/** What a webhook was answered whose conversation is where it should be. */
export interface Success {
  readonly conversationId: string
  readonly target: Target
  readonly rule: string
  readonly reused: boolean
}

/** The members of a 200, which are exactly those of the contract. */
export const assertSuccess = (reply: Reply): Success => {
  assert.strictEqual(reply.status, 200, reply.text)
  assert.property(JSON.parse(reply.text), "correlationId")
  assertSafe(wire(reply))
  const { conversationId, reused, rule, status, target, ...others } = json(reply, "application/json")
  assert.strictEqual(status, "success")
  assert.deepStrictEqual(others, {})
  return { conversationId, target, rule, reused } as Success
}

/** What a flow branches on, and the members that only some errors have. */
export interface ProblemMembers {
  readonly status: number
  readonly error: string
  /** The rule that had decided, where one had. */
  readonly rule?: string
  /** What the bot is to say. */
  readonly text?: string
}

/** The `detail` of an error, which has exactly the contract's members, and of those that only some have exactly these. */
export const assertProblem = (reply: Reply, expected: ProblemMembers, ...secrets: ReadonlyArray<string>): string => {
  const { conversationId, detail, title, type, ...others } = json(reply, "application/problem+json")
  // Of a new conversation that may be left at no queue.
  if (conversationId !== undefined) assert.match(String(conversationId), /\S/)
  assert.deepStrictEqual<object>({ http: reply.status, ...others }, { http: expected.status, ...expected }, reply.text)
  for (const member of [type, title, detail]) assert.match(String(member), /\S/)
  assertSafe(wire(reply), ...secrets)
  return String(detail)
}
