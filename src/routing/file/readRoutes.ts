/** From the text of a file to a routing table, or to all that is wrong with it, with line and column. */
import { Predicate, Result, type Schema } from "effect"
import { checkRoutes, type Flaw, type Path, showPath } from "../check/checkRoutes.ts"
import { RoutesFile } from "../format/RoutesFile.ts"
import { decode } from "./formatFlaws.ts"
import { type FileProblem, type Located, MAX_FILE, parseYaml } from "./Yaml.ts"

const toProblem =
  (locate: Located<unknown>["locate"]) =>
  ({ instead, isName, path, problem }: Flaw): FileProblem => ({
    ...locate(path, isName),
    path: showPath(path),
    problem,
    instead
  })

const inOrder = (problems: ReadonlyArray<FileProblem>): ReadonlyArray<FileProblem> =>
  [...problems].sort((a, b) => a.line - b.line || a.column - b.column)

/** Reads YAML (so JSON too) in a format, and fails with all that is wrong with it. `whatInstead` is what to write into an empty file. */
export const readYaml = <A>(
  text: string,
  schema: Schema.Codec<A, unknown>,
  whatInstead: string
): Result.Result<Located<A>, ReadonlyArray<FileProblem>> =>
  Result.flatMap(parseYaml(text, whatInstead), ({ locate, misread, value }) => {
    const decoded = Result.mapError(decode(schema, value), (flaws) =>
      inOrder([...flaws.map(toProblem(locate)), ...misread])
    )
    return Result.flatMap(decoded, (value) =>
      misread.length > 0 ? Result.fail(misread) : Result.succeed({ value, locate })
    )
  })

/** Reads a routing table, and fails with all that is wrong with it, in the order of the file. */
export const readRoutes = (text: string): Result.Result<RoutesFile, ReadonlyArray<FileProblem>> =>
  Result.mapError(
    Result.flatMap(parseYaml(text, "a table: queues, rules, fallback"), ({ locate, misread, value }) => {
      const decoded = decode(RoutesFile, value)
      const flaws = Result.match(decoded, {
        onFailure: (flaws) => [...flaws, ...flawsOfTheRest(value, flaws)],
        onSuccess: (file) => checkRoutes(file)
      })
      const problems = [...flaws.map(toProblem(locate)), ...misread]
      return problems.length > 0 ? Result.fail(problems) : Result.mapError(decoded, () => problems)
    }),
    inOrder
  )

/** How often something is taken out of a table that is not in its format: a member may have been needed by what is around it. */
const MAX_ROUNDS = 6

/** What else is wrong with a table that is not in its format: all of it that is can be checked nevertheless. */
const flawsOfTheRest = (value: unknown, flaws: ReadonlyArray<Flaw>): ReadonlyArray<Flaw> => {
  if (!Predicate.isObject(value) || isTooLong(value)) return []
  // A copy in which nothing is shared: what aliases repeat stands there each time.
  const rest: Node = JSON.parse(JSON.stringify(value))
  const touched = new Set<number>()
  let wrong = flaws
  for (let round = 0; round < MAX_ROUNDS; round++) {
    for (const { isMissing = false, path } of wrong) {
      const [member, index] = path
      if (member === "rules" && typeof index === "number") touched.add(index)
      takeOut(rest, isMissing && path.length > 1 ? path.slice(0, -1) : path)
    }
    const decoded = decode(RoutesFile, rest)
    if (Result.isSuccess(decoded)) {
      // Of what is not there as a whole, nobody knows which names it was to have.
      const isKnown = ({ path }: Flaw) => {
        const definitions = DEFINITIONS_OF[String(path.at(-1))]
        return definitions === undefined || !(definitions in value) || definitions in rest
      }
      return checkRoutes(decoded.success, touched).filter(isKnown)
    }
    wrong = decoded.failure
  }
  return []
}

/** Whether the texts of a value, those that aliases repeat counted each time, are together much longer than a file may be. */
const isTooLong = (value: unknown): boolean => {
  let left = 4 * MAX_FILE
  const take = (value: unknown): void => {
    if (Predicate.isString(value)) left -= value.length
    else if (Predicate.isObjectOrArray(value)) {
      for (const [key, member] of Object.entries(value)) {
        left -= key.length
        if (left < 0) return
        take(member)
      }
    }
  }
  take(value)
  return left < 0
}

/** Where the names are defined that members of rules use. */
const DEFINITIONS_OF: Readonly<Record<string, string>> = {
  queue: "queues",
  agent: "agents",
  open: "hours",
  closed: "hours"
}

type Node = { [key: string | number]: unknown }

/** A definition or a rule with which nothing is wrong. */
const standIn = ([member, name]: Path): unknown => {
  switch (member) {
    case "queues":
    case "agents":
      return "00000000-0000-4000-8000-00000000000a"
    case "hours":
      return { zone: "UTC", weekly: { daily: "closed" } }
    case "rules":
      return { name: `rule ${name}, which is not in its format`, when: { intent: `${name}` }, to: { reject: "-" } }
    default:
      return undefined
  }
}

/** Takes out what is at a path: definitions and rules are replaced, so that others may name them and stay where they are; of a list, all of it. */
const takeOut = (rest: Node, path: Path): void => {
  const parents: Array<Node> = [rest]
  for (const key of path.slice(0, -1)) {
    const next = parents.at(-1)?.[key]
    if (!Predicate.isObjectOrArray(next)) return
    parents.push(next as unknown as Node)
  }
  const key = path.at(-1)
  const parent = parents.at(-1)
  if (key === undefined || parent === undefined) return
  if (path.length === 1) {
    delete rest[key]
    if (key === "rules") rest.rules = [standIn(["rules", 0])]
  } else if (path.length === 2 && standIn(path) !== undefined) {
    // Where that did not help it is the name that is wrong.
    if (path[0] !== "rules" && JSON.stringify(parent[key]) === JSON.stringify(standIn(path))) delete parent[key]
    else parent[key] = standIn(path)
  } else if (Array.isArray(parent)) takeOut(rest, path.slice(0, -1))
  else delete parent[key]
}

/** How many problems are told. */
const MAX_TOLD = 100

/** Problems of a file as text, one paragraph each. */
export const describeProblems = (file: string, problems: ReadonlyArray<FileProblem>): string =>
  [
    ...problems
      .slice(0, MAX_TOLD)
      .map(({ column, instead, line, problem }) => `  ${file}:${line}:${column} ${problem}\n    → ${instead}`),
    ...(problems.length > MAX_TOLD ? [`  and ${problems.length - MAX_TOLD} more`] : [])
  ].join("\n")
