/** The examples of a routing table, read from their file. */
import { Effect, FileSystem, Result } from "effect"
import type { TargetIds } from "../domain/Target.ts"
import { RouteTests } from "../routing/explain/RouteTests.ts"
import { describeProblems, type FileProblem } from "../routing/FileProblem.ts"
import { readYaml } from "../routing/file/readYaml.ts"
import { type Located, MAX_FILE } from "../routing/file/Yaml.ts"
import { FALLBACK, type RoutesFile } from "../routing/format/RoutesFile.ts"
import { suggestion } from "../std/suggest.ts"
import { CommandFailed } from "./CommandFailed.ts"
import type { Table } from "./table.ts"

const broken = (path: string, problems: ReadonlyArray<FileProblem>) => {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`
  return new CommandFailed({ message: `The examples have ${count}.\n\n${describeProblems(path, problems)}` })
}

/** The names that examples expect and the table does not have. */
const unknownNames = (
  { locate, value }: Located<typeof RouteTests.Type>,
  { agents = {}, queues = {}, rules }: RoutesFile,
  ids: TargetIds
): ReadonlyArray<FileProblem> => {
  const names = {
    rule: [...rules.map(({ name }) => name), FALLBACK],
    queue: Object.keys(queues),
    agent: Object.keys(agents)
  }
  // An example may use an id of the contact centre without a definition. Agents' ids have the form of queues' ids.
  const isId = (name: string) => ids.queue(name) === undefined
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

const readFile = Effect.fnUntraced(function* (path: string) {
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

/** Reads examples. Fails with `CommandFailed` if the file is broken, or expects names that the table does not have. */
export const readRouteTests = Effect.fnUntraced(function* (path: string, { file, ids }: Pick<Table, "file" | "ids">) {
  const tests = yield* readFile(path)
  const unknown = unknownNames(tests, file, ids)
  return unknown.length > 0 ? yield* broken(path, unknown) : tests
})
