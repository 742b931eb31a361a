/** Payloads for the demo's banner that show what the table in use does with them at this moment. */
import { Clock, Effect, FileSystem, Result } from "effect"
import { checkExtent } from "../cognigy/Body.ts"
import { toHandoverRequest } from "../cognigy/payload/toHandoverRequest.ts"
import type { Explanation } from "../routing/Explanation.ts"
import { examplePayload } from "../routing/explain/examplePayload.ts"
import { RouteTests } from "../routing/explain/RouteTests.ts"
import { showTarget } from "../routing/explain/showExplanation.ts"
import { testsBeside } from "../routing/explain/testsBeside.ts"
import type { LoadedRoutes } from "../routing/file/LoadedRoutes.ts"
import { readYaml } from "../routing/file/readYaml.ts"
import { MAX_FILE } from "../routing/file/Yaml.ts"
import { FALLBACK } from "../routing/format/RoutesFile.ts"
import { outcomeOf } from "../routing/outcomeOf.ts"
import { makeRoutingTable } from "../routing/table/RoutingTable.ts"
import { oneLine } from "../std/oneLine.ts"

/** A payload, and what comes of it. */
export interface DemoExample {
  readonly payload: object
  readonly shows: string
}

/** The most rules that are shown; what no rule takes comes on top. */
const MAX_SHOWN = 3

/** The most examples, and rules, that are tried for that. */
const MAX_TRIED = 50

const names = ["anna", "ben", "cleo", "dan", "eva", "finn", "gina", "hugo"]

/** Users, until a share of them is likely to be met. */
const users = [...names, ...Array.from({ length: 92 }, (_, index) => `user-${index + 1}`)]

/** The longest payload that is printed. */
const MAX_PAYLOAD = 1000

/** Two examples may have the same idempotency key, and are to be answered each on its own. */
const withoutKeys = ({ inputId: _, traceId: __, ...payload }: Readonly<Record<string, unknown>>) => payload

/** The payloads of the table's own examples, where it has some that can be read. */
const payloadsBeside = Effect.fnUntraced(
  function* (path: string) {
    const fs = yield* FileSystem.FileSystem
    const { tests } = yield* testsBeside(path)
    const text = yield* fs.readFileString(tests)
    if (text.length > MAX_FILE) return []
    const { value } = yield* Effect.fromResult(readYaml(text, RouteTests, ""))
    return value.tests.slice(0, MAX_TRIED).map(({ payload }) => withoutKeys(payload))
  },
  Effect.orElseSucceed((): ReadonlyArray<object> => [])
)

const shows = (outcome: Explanation["outcome"]) => {
  switch (outcome.type) {
    case "handover":
      return `${outcome.rule}: ${showTarget(outcome.target)}`
    case "rejected":
      return `${outcome.rule}: 403, the bot says ${JSON.stringify(outcome.text)}`
    case "refused":
      return `${outcome.rule ?? "no rule"}: 400 ${outcome.error}`
  }
}

/** At most four examples: the first rules of the table that payloads can reach now, each once, and what no rule takes. `agentId` is an agent that they may name. */
export const demoExamples = Effect.fnUntraced(function* ({ file, path }: LoadedRoutes, agentId: string) {
  const table = makeRoutingTable(file)
  const now = yield* Clock.currentTimeMillis
  const found = new Map<string, DemoExample>()

  /** Looks at what comes of a payload; gives the rule that takes it. */
  const look = Effect.fnUntraced(function* (payload: object) {
    const request = yield* Effect.result(Effect.flatMap(checkExtent(payload), toHandoverRequest))
    if (Result.isFailure(request)) return undefined
    const outcome = outcomeOf(table.decide({ request: request.success, now }), table.nameOf)
    const rule = outcome.rule ?? FALLBACK
    if (!found.has(rule) && JSON.stringify(payload).length <= MAX_PAYLOAD) {
      found.set(rule, { payload, shows: oneLine(shows(outcome), 200) })
    }
    return rule
  })

  for (const payload of yield* payloadsBeside(path)) yield* look(payload)
  for (const [index, rule] of file.rules.slice(0, MAX_TRIED).entries()) {
    const isShare = JSON.stringify(rule.when ?? {}).includes('"percentage"')
    for (let tried = 0; tried < (isShare ? users.length : 1) && !found.has(rule.name); tried++) {
      yield* look(
        examplePayload(rule, users[(index + tried) % (isShare ? users.length : names.length)] ?? "anna", agentId)
      )
    }
  }
  yield* look({ intent: "order_pizza", userId: "dan" })

  const inOrder = file.rules.flatMap(({ name }) => found.get(name) ?? [])
  const rest = found.get(FALLBACK)
  return [...inOrder.slice(0, MAX_SHOWN), ...(rest === undefined ? [] : [rest])]
})
