/** The format of a table's examples: payloads, and the outcomes that they must have. */
import { Schema } from "effect"
import { Labels } from "../format/Destination.ts"
import { editorSchema } from "../format/editorSchema.ts"
import { describe, Name } from "../format/names.ts"
import { parseTime, TIME_FORMAT } from "./time.ts"

/** The most examples of a file. */
const MAX_TESTS = 10_000

const Time = Schema.String.annotate({ message: `${TIME_FORMAT} (in quotes)` }).check(
  Schema.makeFilter((text: string) => parseTime(text) !== undefined, { message: TIME_FORMAT })
)

/** An example has at most one of these members. */
export const outcomes = ["queue", "agent", "reject", "error"] as const

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

/** The outcome that a payload must have. */
export type Expected = typeof Expected.Type

const RouteTest = Schema.Struct({
  name: Name.pipe(Schema.annotateKey({ description: "What the example shows." })),
  at: describe("The time, where it is another one than that of the whole file.", Time),
  payload: Schema.Record(Schema.String, Schema.Unknown)
    .annotate({ message: "expected what Cognigy posts to the webhook" })
    .pipe(Schema.annotateKey({ description: "What Cognigy posts to the webhook." })),
  expect: Expected.pipe(Schema.annotateKey({ description: "What must come of it. What is not given may be anything." }))
}).annotate({ identifier: "Example", message: "expected an example: name, payload, expect" })

/** An example: a payload, and the outcome that it must have. */
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
