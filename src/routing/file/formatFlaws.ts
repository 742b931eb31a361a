/** Problems of a value's format, in words for people. */
import { Predicate, Result, Schema, SchemaIssue } from "effect"
import { suggestion } from "../../std/suggest.ts"
import { type Flaw, showPath } from "../check/Flaw.ts"

/** Decodes a value in a format. Fails with all problems. */
export const decode = <A>(schema: Schema.Codec<A, unknown>, value: unknown): Result.Result<A, ReadonlyArray<Flaw>> =>
  Result.mapError(
    Schema.decodeUnknownResult(schema, { errors: "all", onExcessProperty: "error" })(value),
    ({ issue }) => formatFlaws(issue)
  )

/** The start of the message for an unknown member; the known names follow, so that one can be suggested. */
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

/** Members of other formats that people write by mistake. */
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

/** Messages of schemas for values of another kind, and the kind that people should write. */
const KINDS: ReadonlyArray<readonly [RegExp, string]> = [
  [/^Expected string/, "text (put numbers and true and false in quotes)"],
  [/^Expected (?:number|a finite number)/, "a number"],
  [/^Expected boolean/, "true or false"],
  [/^Expected array/, "a list"],
  [/^Expected (?:object|\{)/, "members under it, each as NAME: VALUE (mind the space after the colon)"]
]

/** The problem, and the text to write instead. */
const describeMessage = (message: string): readonly [string, string] => {
  const [, empty] = /^empty: expected (.*)$/.exec(message) ?? []
  if (empty !== undefined) return ["is empty", empty]
  if (message.startsWith("expected ")) return ["is not what it should be", message.replace("expected ", "")]
  const kind = KINDS.find(([pattern]) => pattern.test(message))
  return kind === undefined
    ? [`is not right: ${message}`, "what the guide to routing tables says"]
    : ["is not what it should be", kind[1]]
}
