/** `test-routes`: does a routing table do what its owner's examples say? */
import { Clock, Console, Effect, FileSystem, Option, Path, Result } from "effect"
import { Argument, Command } from "effect/cli"
import { checkExtent } from "../cognigy/Body.ts"
import { toHandoverRequest } from "../cognigy/Payload.ts"
import { webchatIds } from "../cxone/webchat/ids.ts"
import { differences } from "../routing/explain/differences.ts"
import { explain } from "../routing/explain/explain.ts"
import { type RouteTest, RouteTests } from "../routing/explain/RouteTests.ts"
import { parseTime } from "../routing/explain/time.ts"
import type { FileProblem } from "../routing/file/FileProblem.ts"
import { describeProblems } from "../routing/file/FileProblem.ts"
import { readYaml } from "../routing/file/readYaml.ts"
import { type Located, MAX_FILE } from "../routing/file/Yaml.ts"
import type { RoutesFile } from "../routing/format/RoutesFile.ts"
import { FALLBACK } from "../routing/format/RoutesFile.ts"
import { makeRoutingTable } from "../routing/table/RoutingTable.ts"
import { oneLine } from "../std/oneLine.ts"
import { suggestion } from "../std/suggest.ts"
import { CommandFailed } from "./CommandFailed.ts"
import { readTable, type Table } from "./table.ts"

const SUFFIX = ".tests"

/** The table and the examples that belong together: `routes.yaml` and `routes.tests.yaml`, whichever of them is named. */
const pairOf = Effect.fnUntraced(function* (file: string) {
  const path = yield* Path.Path
  const { dir, ext, name } = path.parse(file)
  return name.endsWith(SUFFIX)
    ? { table: path.join(dir, `${name.slice(0, -SUFFIX.length)}${ext}`), tests: file }
    : { table: file, tests: path.join(dir, `${name}${SUFFIX}${ext}`) }
})

const broken = (path: string, problems: ReadonlyArray<FileProblem>) => {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`
  return new CommandFailed({ message: `The examples have ${count}.\n\n${describeProblems(path, problems)}` })
}

/** Whether a name is an id of the contact centre: then an example may use it without a definition. Agents' ids have the form of queues' ids. */
const isId = (name: string): boolean => webchatIds.queue(name) === undefined

/** The names that examples expect and the table does not have. */
const unknownNames = (
  { locate, value }: Located<typeof RouteTests.Type>,
  { agents = {}, queues = {}, rules }: RoutesFile
): ReadonlyArray<FileProblem> => {
  const names = {
    rule: [...rules.map(({ name }) => name), FALLBACK],
    queue: Object.keys(queues),
    agent: Object.keys(agents)
  }
  return value.tests.flatMap(({ expect }, index) =>
    (["rule", "queue", "agent"] as const).flatMap((member) => {
      const name = expect[member]
      if (name === undefined || names[member].includes(name) || (member !== "rule" && isId(name))) return []
      const none = member === "rule" ? "the name of one" : `one from ${member}s, or an id`
      return [
        {
          ...locate(["tests", index, "expect", member]),
          path: "",
          problem: `the table has no ${member} named "${name}"`,
          instead: suggestion(name, names[member], none)
        }
      ]
    })
  )
}

const readTests = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  const refuse = (why: string) => new CommandFailed({ message: `${path}: ${why}` })
  const text = yield* Effect.mapError(fs.readFileString(path), (error) =>
    error.reason._tag === "NotFound"
      ? refuse("there is no such file: write the table's examples into it")
      : refuse(`cannot be read: ${error.message}`)
  )
  if (text.length > MAX_FILE) return yield* refuse(`larger than ${MAX_FILE / 1024 / 1024} MiB`)
  return yield* Result.match(readYaml(text, RouteTests, "tests: a list of examples"), {
    onFailure: (problems) => Effect.fail(broken(path, problems)),
    onSuccess: Effect.succeed
  })
})

/** What came of an example: nothing where it is as expected, else the lines that say what is not, and the rule that decided. */
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

/** How many rules are named that no example reaches. */
const MAX_SHOWN = 20

/** The command. */
export const testRoutesCommand = Command.make(
  "test-routes",
  {
    file: Argument.String("FILE").pipe(
      Argument.withDescription(
        "the table, routes.yaml, whose examples stand in routes.tests.yaml beside it; or the latter"
      )
    )
  },
  Effect.fnUntraced(function* ({ file }) {
    const paths = yield* pairOf(file)
    const table = yield* readTable(Option.some(paths.table))
    const tests = yield* readTests(paths.tests)
    const unknown = unknownNames(tests, table.file)
    if (unknown.length > 0) return yield* broken(paths.tests, unknown)
    const failed = yield* runAll(table, paths.tests, tests)
    if (failed > 0) return yield* new CommandFailed({ message: "" })
  })
).pipe(Command.withDescription("Run the examples of a routing table, and show what differs"))
