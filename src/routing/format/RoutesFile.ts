/** The format of a routing table: the file of `ROUTES_FILE`. */
import { type JsonSchema, Schema } from "effect"
import { Condition } from "./Condition.ts"
import { destinationMembers } from "./Destination.ts"
import { editorSchema } from "./editorSchema.ts"
import { describe, Name, named } from "./names.ts"
import { OpeningHours } from "./OpeningHours.ts"

/** The most rules of a table: a contact centre's dozens, or those that a program writes. */
export const MAX_RULES = 10_000

/** The member and the rule name of the destination for requests that no rule matches. */
export const FALLBACK = "fallback"

/** A rule of a table. */
export const Rule = Schema.Struct({
  name: Name.pipe(
    Schema.annotateKey({ description: "The rule's name: answers and the log name it. Each has its own." })
  ),
  when: describe("When the rule decides. Without it, it takes everything.", Condition),
  ...destinationMembers
}).annotate({ identifier: "Rule", message: "expected a rule: name, when, to" })

/** A rule of a table. */
export type Rule = typeof Rule.Type

/** Definitions by name, at most as many as rules. */
const definitions = <S extends Schema.Constraint>(value: S) =>
  named(value).check(Schema.isMaxProperties(MAX_RULES, { message: `expected at most ${MAX_RULES}` }))

/** The destination for requests that no rule matches. */
export const Fallback = Schema.Struct(destinationMembers).annotate({ message: "expected to: and where to" })

/** A routing table, as a file has it. */
export const RoutesFile = Schema.Struct({
  $schema: describe("Where this format's JSON Schema is, for editors.", Schema.String),
  queues: describe("Queues: names that rules use, and CXone's ids (CXone Admin > Queues).", definitions(Name)),
  agents: describe("Agents: names that rules use, and CXone's ids.", definitions(Name)),
  hours: describe("Opening hours, by names that rules use.", definitions(OpeningHours)),
  rules: Schema.Array(Rule)
    .annotate({ message: "expected a list of rules" })
    .check(
      Schema.isMinLength(1, { message: "expected at least one rule" }),
      Schema.isMaxLength(MAX_RULES, { message: `expected at most ${MAX_RULES} rules` })
    )
    .pipe(Schema.annotateKey({ description: "The rules. The first one whose conditions hold decides." })),
  fallback: describe("Where to when no rule decides. Without it the answer is 400 Unsupported intent.", Fallback)
}).annotate({
  title: "Routing table of cognigy-cxone-router",
  message: "expected a routing table: queues, hours, rules, fallback"
})

/** A routing table, as a file has it. */
export type RoutesFile = typeof RoutesFile.Type

/** The format of a routing table as JSON Schema. */
export const routesJsonSchema = (): JsonSchema.JsonSchema => editorSchema(RoutesFile)
