/** `test-routes`: runs the examples of a routing table. */
import { Clock, Console, Effect, Option, Result } from "effect"
import { Argument, Command } from "effect/cli"
import { checkExtent } from "../cognigy/Body.ts"
import { toHandoverRequest } from "../cognigy/payload/toHandoverRequest.ts"
import { differences } from "../routing/explain/differences.ts"
import { explain } from "../routing/explain/explain.ts"
import type { RouteTest, RouteTests } from "../routing/explain/RouteTests.ts"
import { testsBeside } from "../routing/explain/testsBeside.ts"
import { parseTime } from "../routing/explain/time.ts"
import type { Located } from "../routing/file/Yaml.ts"
import { FALLBACK } from "../routing/format/RoutesFile.ts"
import { makeRoutingTable } from "../routing/table/RoutingTable.ts"
import { oneLine } from "../std/oneLine.ts"
import { CommandFailed } from "./CommandFailed.ts"
import { readRouteTests } from "./readRouteTests.ts"
import { readTable, type Table } from "./table.ts"

/** Runs an example. Succeeds with the rule that decided, and a line for each difference from the expectation. */
const runTest = Effect.fnUntraced(function* (
  { at, expect, payload }: RouteTest,
  usual: string | undefined,
  { file, version }: Table,
  table: ReturnType<typeof makeRoutingTable>
) {
  const time = at ?? usual
  const now = time === undefined ? undefined : parseTime(time)
  if (now === undefined && file.hours !== undefined) {
    return {
      rule: undefined,
      lines: ["  the table has opening hours: say at which time (at), here or for the whole file"]
    }
  }
  const request = yield* Effect.result(Effect.flatMap(checkExtent(payload), toHandoverRequest))
  if (Result.isFailure(request)) {
    const { detail, error } = request.failure
    return { rule: undefined, lines: [`  the webhook would answer 400 ${error}: ${detail}`] }
  }
  const explanation = explain(table, version, request.success, now ?? (yield* Clock.currentTimeMillis))
  const { outcome } = explanation
  return { rule: "rule" in outcome ? outcome.rule : undefined, lines: differences(expect, explanation, file) }
})

const runAll = Effect.fnUntraced(function* (
  table: Table,
  tests: string,
  { locate, value }: Located<typeof RouteTests.Type>
) {
  const ready = makeRoutingTable(table.file)
  const reached = new Set<string>()
  let failed = 0
  for (const [index, test] of value.tests.entries()) {
    const { lines, rule } = yield* runTest(test, value.at, table, ready)
    if (rule !== undefined) reached.add(rule)
    if (lines.length === 0) {
      yield* Console.log(`✓ ${oneLine(test.name)}`)
      continue
    }
    failed++
    const { column, line } = locate(["tests", index])
    yield* Console.log(`✗ ${oneLine(test.name)} (${tests}:${line}:${column})`)
    for (const line of lines) yield* Console.log(`    ${oneLine(line)}`)
  }
  const count = value.tests.length === 1 ? "1 example" : `${value.tests.length} examples`
  yield* Console.log(failed === 0 ? `\n${count} as expected.` : `\n${failed} of ${count} failed.`)
  const names = [...table.file.rules.map(({ name }) => name), ...(table.file.fallback === undefined ? [] : [FALLBACK])]
  const unreached = names.filter((name) => !reached.has(name))
  if (unreached.length > 0) {
    const shown = unreached.slice(0, MAX_SHOWN).map((name) => oneLine(name))
    const more = unreached.length > MAX_SHOWN ? `, and ${unreached.length - MAX_SHOWN} more` : ""
    yield* Console.log(`No example reaches: ${shown.join(", ")}${more}.`)
  }
  return failed
})

/** The most rules that are listed as not reached. */
const MAX_SHOWN = 20

/** The command. */
export const testRoutesCommand = Command.make(
  "test-routes",
  {
    file: Argument.String("FILE").pipe(
      Argument.withDescription(
        "the table, routes.yaml, with its examples in routes.tests.yaml beside it; or the latter"
      )
    )
  },
  Effect.fnUntraced(function* ({ file }) {
    const paths = yield* testsBeside(file)
    const table = yield* readTable(Option.some(paths.table))
    const tests = yield* readRouteTests(paths.tests, table)
    const failed = yield* runAll(table, paths.tests, tests)
    if (failed > 0) return yield* new CommandFailed({ message: "" })
  })
).pipe(Command.withDescription("Run the examples of a routing table, and show what differs"))
