/** From the text of a file to a routing table, or to all that is wrong with it, with line and column. */
import { Predicate, Result, Schema, SchemaIssue } from "effect"
import { type Document, isAlias, isMap, isNode, isPair, isScalar, isSeq, parseDocument, visit } from "yaml"
import { excessOf } from "../excess.ts"
import { checkRoutes, type Flaw, type Path } from "./checkRoutes.ts"
import { RoutesFile } from "./RoutesFile.ts"
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
  /** Numbers that are read as others than what stands there, such as 007. */
  readonly misread: ReadonlyArray<FileProblem>
  /** The line and column of a value, counted from 1. */
  readonly locate: (path: Path, isName?: boolean) => { readonly line: number; readonly column: number }
}

/** Reads YAML (so JSON too), whatever is in it. */
const parseYaml = (text: string, whatInstead: string): Result.Result<Located<unknown>, ReadonlyArray<FileProblem>> => {
  // Not by the parser's counter, which loses lines after some errors.
  const at = (offset: number) => {
    const before = text.slice(0, offset).split("\n")
    return { line: before.length, column: (before.at(-1) ?? "").length + 1 }
  }
  const whole = (problem: string, instead: string) => Result.fail([{ line: 1, column: 1, path: "", problem, instead }])

  if (text.trim() === "") return whole("is empty", whatInstead)
  let document: Document
  let value: unknown
  try {
    document = parseDocument(text, { prettyErrors: false, uniqueKeys: false })
    if (document.errors.length > 0) {
      return Result.fail(
        document.errors.slice(0, MAX_SYNTAX_ERRORS).map(({ code, message, pos: [offset] }) => ({
          ...at(offset),
          path: "",
          problem: `cannot be read: ${code === "MULTIPLE_DOCS" ? "there is more than one document in it" : message}`,
          instead: INSTEAD_OF_SYNTAX[code] ?? "YAML (or JSON): mind indentation, colons and quotes"
        }))
      )
    }
    const broken = [...twinsIn(document), ...looseAliasesIn(document)]
    if (broken.length > 0) {
      return Result.fail(broken.map(({ offset, ...problem }) => ({ ...at(offset), path: "", ...problem })))
    }
    // How much they repeat is counted below.
    value = document.toJS({ maxAliasCount: -1 })
  } catch (error) {
    if (error instanceof RangeError || (error instanceof Error && /stack/i.test(error.message))) {
      return whole("is nested too deeply", `at most ${MAX_DEPTH} levels`)
    }
    return whole(`cannot be read: ${error instanceof Error ? error.message : error}`, whatInstead)
  }
  const excess = excessOf(value, { levels: MAX_DEPTH, members: MAX_VALUES })
  if (excess !== undefined) return whole(excess, "less of it")

  return Result.succeed({
    value,
    misread: misreadIn(document).map(({ offset, ...problem }) => ({ ...at(offset), path: "", ...problem })),
    locate: (path, isName = false) => at(offsetOf(document, path, isName))
  })
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
      misread.length > 0 ? Result.fail(misread) : Result.succeed({ value, misread, locate })
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
  if (!Predicate.isObject(value)) return []
  const rest: Node = JSON.parse(JSON.stringify(value))
  const touched = new Set<number>()
  let wrong = flaws
  for (let round = 0; round < MAX_ROUNDS; round++) {
    for (const { isMissing = false, path } of wrong) {
      const [member, index] = path
      if (member === "rules" && typeof index === "number") touched.add(index)
      takeOut(rest, isMissing ? path.slice(0, -1) : path)
    }
    const decoded = decode(RoutesFile, rest)
    if (Result.isSuccess(decoded)) return checkRoutes(decoded.success, touched)
    wrong = decoded.failure
  }
  return []
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
  if (key === undefined || parent === undefined) {
    for (const member of Object.keys(rest)) delete rest[member]
    rest.rules = [standIn(["rules", 0])]
  } else if (path.length === 1) {
    delete rest[key]
    if (key === "rules") rest.rules = [standIn(["rules", 0])]
  } else if (path.length === 2 && standIn(path) !== undefined) parent[key] = standIn(path)
  else if (Array.isArray(parent)) takeOut(rest, path.slice(0, -1))
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

/** How many errors of the syntax are told: the later ones follow from the first. */
const MAX_SYNTAX_ERRORS = 3

const showPath = (path: Path): string =>
  path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? key : `${text}.${key}`),
    ""
  )

/** What to write where the parser does not understand a text. */
const INSTEAD_OF_SYNTAX: Readonly<Record<string, string>> = {
  BAD_DQ_ESCAPE: "single quotes around it: in double ones a backslash has a meaning of its own",
  MULTIPLE_DOCS: "one document: take the line --- out",
  TAB_AS_INDENT: "spaces instead of tabs"
}

/** Something that is wrong with a document, and where in its text. */
interface Broken {
  readonly offset: number
  readonly problem: string
  readonly instead: string
}

/** Aliases of anchors that are not there: most often a text that begins with a star. */
const looseAliasesIn = (document: Document): ReadonlyArray<Broken> => {
  const loose: Array<Broken> = []
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return
      loose.push({
        offset: startOf(alias) ?? 0,
        problem: `*${alias.source} stands for something that is defined as &${alias.source}, and nothing is`,
        instead: `in quotes where it is a text: "*${alias.source}"`
      })
    }
  })
  return loose
}

/** Members whose values are compared as they are written, and those among them that are numbers or yes and no. */
const COMPARED = ["entities", "data", "payload"]
const NUMERIC = ["atLeast", "above", "atMost", "below", "present"]

/** Numbers whose text is another one, such as 007: what people send is compared with the text. */
const misreadIn = (document: Document): ReadonlyArray<Broken> => {
  const misread: Array<Broken> = []
  visit(document, {
    Scalar: (key, { range, source, value }, path) => {
      if (key === "key" || (!Predicate.isNumber(value) && !Predicate.isBoolean(value))) return
      if (source === undefined || String(value) === source) return
      const names = path.flatMap((node) => (isPair(node) ? [keyOf(node.key)] : []))
      if (!names.slice(0, -1).some((name) => COMPARED.includes(name)) || NUMERIC.includes(names.at(-1) ?? "")) return
      misread.push({
        offset: range?.[0] ?? 0,
        problem: `${source} is read as ${value}`,
        instead: `quotes around it: "${source}"`
      })
    }
  })
  return misread
}

/** The keys that their map has already, and where they stand. The parser's own look takes time that grows with the square of a map's keys. */
const twinsIn = (document: Document): ReadonlyArray<Broken> => {
  const twins: Array<Broken> = []
  visit(document, {
    Map: (_, map) => {
      const seen = new Set<string>()
      for (const { key } of map.items) {
        const name = keyOf(key)
        if (seen.has(name)) {
          twins.push({
            offset: startOf(key) ?? 0,
            problem: `keys must be unique: "${name}" stands there twice`,
            instead: "one of them, or another name"
          })
        }
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
      if (name === "<<") {
        return {
          path,
          isName: true,
          problem: "<< is not read",
          instead: "an alias for a whole value (*NAME), or the members themselves"
        }
      }
      const synonym = Object.hasOwn(SYNONYMS, name) ? SYNONYMS[name] : undefined
      const instead =
        synonym !== undefined && known.includes(synonym)
          ? `did you mean ${synonym}?`
          : suggestion(name, known, "leave it out")
      return { path, isName: true, problem: `unknown member "${name}"`, instead }
    }
    const where = showPath(path) || "the file"
    if (message === "is missing") {
      return { path, isMissing: true, problem: `${where} is missing`, instead: `write ${name}` }
    }
    const [problem, instead] = describeMessage(message)
    return { path, problem: `${where} ${problem}`, instead }
  })

/** What schemas say of values of another kind than they take, and what that is to people. */
const KINDS: ReadonlyArray<readonly [RegExp, string]> = [
  [/^Expected string/, "text (put numbers and true and false in quotes)"],
  [/^Expected (?:number|a finite number)/, "a number"],
  [/^Expected boolean/, "true or false"],
  [/^Expected array/, "a list"],
  [/^Expected (?:object|\{)/, "members under it, each as NAME: VALUE (mind the space after the colon)"]
]

/** The problem and what to write instead. */
const describeMessage = (message: string): readonly [string, string] => {
  const [, empty] = /^empty: expected (.*)$/.exec(message) ?? []
  if (empty !== undefined) return ["is empty", empty]
  if (message.startsWith("expected ")) return ["is not what it should be", message.replace("expected ", "")]
  const kind = KINDS.find(([pattern]) => pattern.test(message))
  return kind === undefined
    ? [`is not right: ${message}`, "what the guide to routing tables says"]
    : ["is not what it should be", kind[1]]
}
