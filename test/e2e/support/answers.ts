/** What the router may answer, and what it must never say. */
import { assert } from "@effect/vitest"
import type { Target } from "../../../src/handover/Target.ts"
import { simulatorClientSecret } from "../../../src/simulator/SimulatorOptions.ts"
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

const json = ({ headers, text }: Reply, contentType: string): Record<string, unknown> => {
  assert.strictEqual(headers["content-type"]?.split(";")[0], contentType)
  return JSON.parse(text)
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
  assertSafe(wire(reply))
  const { conversationId, reused, rule, status, target, ...others } = json(reply, "application/json")
  assert.strictEqual(status, "success")
  assert.deepStrictEqual(others, {})
  return { conversationId, target, rule, reused } as Success
}

/** The `detail` of an error, which has exactly the contract's members. */
export const assertProblem = (
  reply: Reply,
  expected: { readonly status: number; readonly error: string },
  ...secrets: ReadonlyArray<string>
): string => {
  const problem = json(reply, "application/problem+json")
  assert.deepInclude({ http: reply.status, ...problem }, { http: expected.status, ...expected }, reply.text)
  assert.sameMembers(Object.keys(problem), ["type", "title", "status", "detail", "error"])
  for (const member of ["type", "title", "detail"]) assert.match(String(problem[member]), /\S/)
  assertSafe(wire(reply), ...secrets)
  return String(problem.detail)
}
