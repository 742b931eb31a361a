/** From the text of a file to a routing table, or to all that is wrong with it, with line and column. */
import { Option, Predicate, Result, Schema, SchemaIssue } from "effect"
import { type Document, isAlias, isMap, isNode, isScalar, isSeq, parseDocument, visit } from "yaml"
import { excessOf } from "../excess.ts"
import { checkRoutes, type Flaw, type Path } from "./checkRoutes.ts"
import { Fallback, Name, OpeningHours, RoutesFile, Rule } from "./RoutesFile.ts"
import { suggestion } from "./suggest.ts"

/** The largest file that is read, in bytes: ten thousand rules with some conditions each. */
export const MAX_FILE = 4 * 1024 * 1024

/** How deep a file may be nested. */
const MAX_DEPTH = 50

/** How many values a file may have, those that aliases repeat counted each time. */
const MAX_VALUES = 1_000_000

/** Something that is wrong with a file. Lines and columns count from 1. */
export interface FileProblem {
  /** The line that it is in. */
  readonly line: number
  /** The column that it begins at. */
  readonly column: number
  /** Where it is in the file's terms: `rules[3].to.queue`. */
  readonly path: string
  /** What is wrong. */
  readonly problem: string
  /** What to write instead. */
  readonly instead: string
}

/** A file's contents, in its format, and where everything stands in it. */
export interface Located<A> {
  readonly value: A
  /** The line and column of a value, counted from 1. */
  readonly locate: (path: Path, isName?: boolean) => { readonly line: number; readonly column: number }
}

/** Reads YAML (so JSON too), whatever is in it. */
const parseYaml = (text: string): Result.Result<Located<unknown>, ReadonlyArray<FileProblem>> => {
  // Not by the parser's counter, which loses lines after some errors.
  const at = (offset: number) => {
    const before = text.slice(0, offset).split("\n")
    return { line: before.length, column: (before.at(-1) ?? "").length + 1 }
  }
  const whole = (problem: string, instead: string) => Result.fail([{ line: 1, column: 1, path: "", problem, instead }])

  if (text.trim() === "") return whole("is empty", "a table: queues, rules, fallback")
  let document: Document
  let value: unknown
  try {
    document = parseDocument(text, { prettyErrors: false, uniqueKeys: false })
    if (document.errors.length > 0) {
      return Result.fail(
        document.errors.slice(0, MAX_SYNTAX_ERRORS).map(({ message, pos: [offset] }) => ({
          ...at(offset),
          path: "",
          problem: `cannot be read: ${message}`,
          instead: "YAML (or JSON): mind indentation, colons and quotes"
        }))
      )
    }
    const twins = twinsIn(document)
    if (twins.length > 0) {
      return Result.fail(
        twins.map(({ key, offset }) => ({
          ...at(offset),
          path: key,
          problem: `keys must be unique: "${key}" stands there twice`,
          instead: "one of them, or another name"
        }))
      )
    }
    value = document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return whole(`cannot be read: ${reason}`, "less nesting, and fewer aliases")
  }
  const excess = excessOf(value, { levels: MAX_DEPTH, members: MAX_VALUES })
  if (excess !== undefined) return whole(excess, "a smaller table")

  return Result.succeed({ value, locate: (path, isName = false) => at(offsetOf(document, path, isName)) })
}

const toProblem =
  (locate: Located<unknown>["locate"]) =>
  ({ instead, isName, path, problem }: Flaw): FileProblem => ({
    ...locate(path, isName),
    path: showPath(path),
    problem,
    instead
  })

const decode = <A>(schema: Schema.Codec<A, unknown>, value: unknown): Result.Result<A, ReadonlyArray<Flaw>> =>
  Result.mapError(
    Schema.decodeUnknownResult(schema, { errors: "all", onExcessProperty: "error" })(value),
    ({ issue }) => formatFlaws(issue)
  )

/** Reads YAML (so JSON too) in a format, and fails with all that is wrong with it. */
export const readYaml = <A>(
  text: string,
  schema: Schema.Codec<A, unknown>
): Result.Result<Located<A>, ReadonlyArray<FileProblem>> =>
  Result.flatMap(parseYaml(text), ({ locate, value }) =>
    Result.mapBoth(decode(schema, value), {
      onFailure: (flaws) => flaws.map(toProblem(locate)),
      onSuccess: (value) => ({ value, locate })
    })
  )

/** Reads a routing table, and fails with all that is wrong with it, in the order of the file. */
export const readRoutes = (text: string): Result.Result<RoutesFile, ReadonlyArray<FileProblem>> =>
  Result.mapError(
    Result.flatMap(parseYaml(text), ({ locate, value }) => {
      const decoded = decode(RoutesFile, value)
      const flaws = Result.match(decoded, {
        onFailure: (flaws) => [...flaws, ...flawsOfTheRest(value)],
        onSuccess: checkRoutes
      })
      const problems = flaws.map(toProblem(locate))
      return problems.length > 0 ? Result.fail(problems) : Result.mapError(decoded, () => problems)
    }),
    (problems) => [...problems].sort((a, b) => a.line - b.line || a.column - b.column)
  )

const decodes = <A>(schema: Schema.Codec<A, unknown>, value: unknown): Option.Option<A> =>
  Result.getSuccess(decode(schema, value))

/** What stands in the place of a definition that is not in its format: something that nothing is wrong with. */
const STAND_IN = {
  queues: "00000000-0000-4000-8000-00000000000a",
  agents: "00000000-0000-4000-8000-00000000000a",
  hours: { zone: "UTC", weekly: { daily: "00:00-24:00" } }
}

/** What else is wrong with a table that is not in its format: the rules that are, and the names that are there, can be checked nevertheless. */
const flawsOfTheRest = (value: unknown): ReadonlyArray<Flaw> => {
  const { agents, fallback, hours, queues, rules } = Predicate.isObject(value) ? value : {}
  const definitionsOf = <A>(schema: Schema.Codec<A, unknown>, definitions: unknown, standIn: A) =>
    Object.fromEntries(
      Object.entries(Predicate.isObject(definitions) ? definitions : {}).map(([name, definition]) => [
        name,
        Option.getOrElse(decodes(schema, definition), () => standIn)
      ])
    )
  const right = (Array.isArray(rules) ? rules : []).flatMap((rule, index) =>
    Option.match(decodes(Rule, rule), { onNone: () => [], onSome: (rule) => [{ index, rule }] })
  )
  const rest = Option.getOrUndefined(decodes(Fallback, fallback))
  const flaws = checkRoutes({
    queues: definitionsOf(Name, queues, STAND_IN.queues),
    agents: definitionsOf(Name, agents, STAND_IN.agents),
    hours: definitionsOf(OpeningHours, hours, STAND_IN.hours),
    rules: right.map(({ rule }) => rule),
    ...(rest === undefined ? {} : { fallback: rest })
  })
  return flaws.map((flaw) => {
    const [member, index = 0, ...within] = flaw.path
    return member === "rules" ? { ...flaw, path: [member, right[Number(index)]?.index ?? index, ...within] } : flaw
  })
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

/** How many errors of the syntax are told: the later ones follow from the first. */
const MAX_SYNTAX_ERRORS = 3

const showPath = (path: Path): string =>
  path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? key : `${text}.${key}`),
    ""
  )

/** The keys that their map has already, and where they stand. The parser's own look takes time that grows with the square of a map's keys. */
const twinsIn = (document: Document): ReadonlyArray<{ readonly key: string; readonly offset: number }> => {
  const twins: Array<{ readonly key: string; readonly offset: number }> = []
  visit(document, {
    Map: (_, map) => {
      const seen = new Set<string>()
      for (const { key } of map.items) {
        const name = keyOf(key)
        if (seen.has(name)) twins.push({ key: name, offset: startOf(key) ?? 0 })
        seen.add(name)
      }
    }
  })
  return twins
}

const keyOf = (key: unknown): string => String(isScalar(key) ? key.value : key)

/** Where in the text something stands; where it is missing, what it is missing from. */
const offsetOf = (document: Document, path: Path, isName: boolean): number => {
  let node: unknown = document.contents
  let offset = 0
  for (const [index, key] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document)
    if (isMap(node)) {
      const pair = node.items.find((item) => keyOf(item.key) === String(key))
      if (pair === undefined) return startOf(node) ?? offset
      offset = startOf(pair.key) ?? offset
      if (isName && index === path.length - 1) return offset
      node = pair.value
    } else if (isSeq(node)) {
      node = node.items[Number(key)]
    } else return offset
    offset = startOf(node) ?? offset
  }
  return offset
}

const startOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined)

/** What the formatter says of a member that the format does not know: the names that it does know, for us to suggest one. */
const UNKNOWN = "unknown member "

const knownMembers = ({ ast }: SchemaIssue.UnexpectedKey): ReadonlyArray<string> =>
  "propertySignatures" in ast && Array.isArray(ast.propertySignatures)
    ? ast.propertySignatures.map(({ name }) => String(name))
    : []

const format = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) =>
    issue._tag === "UnexpectedKey"
      ? UNKNOWN + JSON.stringify(knownMembers(issue))
      : issue._tag === "MissingKey"
        ? "is missing"
        : SchemaIssue.defaultLeafHook(issue)
})

/** Members that people take from elsewhere. */
const SYNONYMS: Readonly<Record<string, string>> = {
  slots: "entities",
  slot: "entities",
  entity: "entities",
  intents: "intent",
  if: "when",
  conditions: "when",
  target: "to",
  default: "fallback",
  else: "fallback",
  timezone: "zone",
  tz: "zone",
  minConfidence: "confidence",
  score: "confidence",
  or: "any",
  and: "all",
  percent: "percentage",
  holidays: "exceptions",
  exists: "present",
  in: "oneOf",
  regex: "matches",
  min: "atLeast",
  max: "atMost"
}

const formatFlaws = (issue: SchemaIssue.Issue): ReadonlyArray<Flaw> =>
  format(issue).issues.map(({ message, path: segments = [] }) => {
    const path = segments.map((segment) => {
      const key = Predicate.isObject(segment) && "key" in segment ? segment.key : segment
      return typeof key === "number" ? key : String(key)
    })
    const name = String(path.at(-1) ?? "")
    if (message.startsWith(UNKNOWN)) {
      const known: ReadonlyArray<string> = JSON.parse(message.slice(UNKNOWN.length))
      const synonym = Object.hasOwn(SYNONYMS, name) ? SYNONYMS[name] : undefined
      const instead =
        synonym !== undefined && known.includes(synonym)
          ? `did you mean ${synonym}?`
          : suggestion(name, known, "leave it out")
      return { path, isName: true, problem: `unknown member "${name}"`, instead }
    }
    if (message === "is missing") return { path, problem: `${showPath(path)} is missing`, instead: `write ${name}` }
    const [problem, instead] = message.startsWith("expected ")
      ? [`${showPath(path) || "the file"} is not what it should be`, message.replace("expected ", "")]
      : [`${showPath(path) || "the file"}: ${message}`, "see the format's description"]
    return { path, problem, instead }
  })
