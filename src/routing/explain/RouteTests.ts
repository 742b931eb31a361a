/** Examples of what a routing table does, kept beside it by whoever owns it: payloads, and where they must go. */
import { Schema } from "effect"
import type { Target } from "../../domain/Target.ts"
import { describe, editorSchema, Labels, Name, type RoutesFile } from "../format/RoutesFile.ts"
import { type Explanation, showPassed, showTarget } from "./Explanation.ts"
import { parseTime, TIME_FORMAT } from "./time.ts"

/** How many examples a file may have. */
const MAX_TESTS = 10_000

const Time = Schema.String.annotate({ message: `${TIME_FORMAT} (in quotes)` }).check(
  Schema.makeFilter((text: string) => parseTime(text) !== undefined, { message: TIME_FORMAT })
)

const outcomes = ["queue", "agent", "reject", "error"] as const

const Expected = Schema.Struct({
  rule: describe("The rule that decides.", Name),
  queue: describe("The queue that it goes to: its name in the table, or its id.", Name),
  agent: describe("The agent that it goes to: their name in the table, or their id.", Name),
  reject: describe("Nowhere: the text that the bot gets.", Schema.String),
  error: describe("It is refused with this error.", Schema.Literals(["Unsupported intent", "Agent ID missing"])),
  fallbacks: describe(
    "Where to instead, in order, when CXone does not know the target: names in the table, or ids.",
    Schema.Array(Name)
  ),
  labels: describe("The labels that the rule adds, all of them.", Labels)
})
  .annotate({ message: "expected some of rule, queue, agent, reject, error, fallbacks, labels" })
  .check(
    Schema.isMinProperties(1, {
      message: "empty: expected some of rule, queue, agent, reject, error, fallbacks, labels"
    }),
    Schema.makeFilter((expected: object) => {
      const given = outcomes.filter((outcome) => outcome in expected)
      return given.length > 1 ? `expected only one of ${given.join(" and ")}` : undefined
    })
  )
  .annotate({ identifier: "Expected" })

/** What must come of a payload. */
export type Expected = typeof Expected.Type

const RouteTest = Schema.Struct({
  name: Name.pipe(Schema.annotateKey({ description: "What the example shows." })),
  at: describe("The time, where it is another one than that of the whole file.", Time),
  payload: Schema.Record(Schema.String, Schema.Unknown)
    .annotate({ message: "expected what Cognigy posts to the webhook" })
    .pipe(Schema.annotateKey({ description: "What Cognigy posts to the webhook." })),
  expect: Expected.pipe(Schema.annotateKey({ description: "What must come of it. What is not given may be anything." }))
}).annotate({ identifier: "Example", message: "expected an example: name, payload, expect" })

/** An example. */
export type RouteTest = typeof RouteTest.Type

/** A file of examples. */
export const RouteTests = Schema.Struct({
  $schema: describe("Where this format's JSON Schema is, for editors.", Schema.String),
  at: describe(
    "The time of the examples: 2026-12-24T18:30:00+01:00, or 2026-12-24 18:30 Europe/Berlin. Where the table has opening hours, each example needs one, of its own or this.",
    Time
  ),
  tests: Schema.Array(RouteTest)
    .annotate({ message: "expected a list of examples" })
    .check(
      Schema.isMinLength(1, { message: "expected at least one example" }),
      Schema.isMaxLength(MAX_TESTS, { message: `expected at most ${MAX_TESTS} examples` })
    )
    .pipe(Schema.annotateKey({ description: "The examples." }))
}).annotate({
  title: "Tests of a routing table of cognigy-cxone-router",
  message: "expected tests: a list of examples"
})

/** The format of examples as JSON Schema. */
export const routeTestsJsonSchema = () => editorSchema(RouteTests)

/** What was expected and is not so, as lines of a diff: `-` for what was expected, `+` for what came. Empty where all is as expected. */
export const differences = (expected: Expected, explanation: Explanation, file: RoutesFile): ReadonlyArray<string> => {
  const { outcome } = explanation
  const rule = "rule" in outcome ? outcome.rule : undefined
  const isAt = ({ id, type }: Target, place: string) => {
    const known = (type === "queue" ? file.queues : file.agents) ?? {}
    return id === (Object.hasOwn(known, place) ? known[place] : place)
  }
  const lines: Array<string> = []
  const compare = (isSame: boolean, wanted: string, came: string) => {
    lines.push(...(isSame ? [`  ${wanted}`] : [`- ${wanted}`, `+ ${came}`]))
  }

  if (expected.rule !== undefined) compare(expected.rule === rule, `rule: ${expected.rule}`, `rule: ${rule ?? "none"}`)
  const kind = outcomes.find((kind) => expected[kind] !== undefined)
  const wanted = kind && expected[kind]
  if (kind !== undefined && wanted !== undefined) {
    compare(
      (outcome.type === "handover" && outcome.target.type === kind && isAt(outcome.target, wanted)) ||
        (outcome.type === "rejected" && kind === "reject" && outcome.text === wanted) ||
        (outcome.type === "refused" && kind === "error" && outcome.error === wanted),
      `${kind}: ${wanted}`,
      showCame(outcome)
    )
  }
  const labels: Readonly<Record<string, string>> = outcome.type === "handover" ? outcome.labels : {}
  if (expected.fallbacks !== undefined) {
    const fallbacks = outcome.type === "handover" ? outcome.fallbacks : []
    const places = expected.fallbacks
    compare(
      places.length === fallbacks.length && fallbacks.every((target, index) => isAt(target, places[index] ?? "")),
      `fallbacks: ${places.join(", ") || "none"}`,
      `fallbacks: ${fallbacks.map(showTarget).join(", ") || "none"}`
    )
  }
  if (expected.labels !== undefined) {
    for (const name of new Set([...Object.keys(expected.labels), ...Object.keys(labels)])) {
      const [wanted, came] = [expected.labels[name], labels[name]]
      compare(wanted === came, `label ${name}: ${wanted ?? "none"}`, `label ${name}: ${came ?? "none"}`)
    }
  }
  return lines.some((line) => line.startsWith("-")) ? [...lines, ...whyNot(expected.rule, explanation)] : []
}

const showCame = (outcome: Explanation["outcome"]) => {
  switch (outcome.type) {
    case "handover":
      return showTarget(outcome.target).replace(" ", ": ")
    case "rejected":
      return `reject: ${outcome.text}`
    case "refused":
      return `error: ${outcome.error} (${outcome.detail})`
  }
}

/** Why the rule that was expected did not decide. */
const whyNot = (rule: string | undefined, { outcome, passed }: Explanation): ReadonlyArray<string> => {
  if (rule === undefined || ("rule" in outcome && outcome.rule === rule)) return []
  const failed = passed.find((passed) => passed.rule === rule)
  if (failed !== undefined) return [`  ${showPassed(failed)}`]
  return "rule" in outcome ? [`  ${outcome.rule} comes before ${rule}`] : []
}
