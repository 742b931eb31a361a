/** The format of a routing table: what people write into the file of `ROUTES_FILE`. */
import { JsonSchema, Predicate, Schema } from "effect"
import { firstCharacters, hasUnsafeCharacters, isShort, MAX_ID_LENGTH } from "../../cxone/Id.ts"

/** How many rules a table may have: a contact centre's dozens, and those that a program writes. */
export const MAX_RULES = 10_000

/** How many values a list of a condition may have. */
const MAX_LIST = 1000

/** How many labels a rule may add. */
const MAX_LABELS = 10

const nameMessage = `expected text of 1 to ${MAX_ID_LENGTH} characters without control characters (put numbers and true and false in quotes)`

/** A name or an id: what the webhook takes as one. */
export const Name = Schema.String.annotate({ message: nameMessage }).check(
  Schema.isNonEmpty({ message: nameMessage }),
  Schema.makeFilter((text: string) => isShort(text) && !hasUnsafeCharacters(text), {
    message: nameMessage,
    toJsonSchema: () => ({ maxLength: MAX_ID_LENGTH, pattern: "^[^\\p{Cc}]*$" })
  })
)

/** The longest text that a table may have, in characters (code points), as JSON Schema counts them. */
const MAX_TEXT = 1024

const isShortText = Schema.makeFilter((text: string) => firstCharacters(text, MAX_TEXT) === text, {
  message: `expected at most ${MAX_TEXT} characters`,
  toJsonSchema: () => ({ maxLength: MAX_TEXT })
})

/** One or several. */
const oneOrMore = <S extends Schema.Constraint>(schema: S, message: string) =>
  Schema.Union([
    schema,
    Schema.Array(schema).check(
      Schema.isMinLength(1, { message: "expected at least one" }),
      Schema.isMaxLength(MAX_LIST, { message: `expected at most ${MAX_LIST}` })
    )
  ]).annotate({ message })

export const describe = <S extends Schema.Top>(description: string, schema: S) =>
  Schema.optionalKey(schema).pipe(Schema.annotateKey({ description }))

/** Members whose names are of the author's choice, as long as they match; where one does not, the message says what is expected. */
const members = <S extends Schema.Constraint>(name: RegExp, message: string, value: S) =>
  Schema.Record(Schema.String, value).check(
    Schema.makeFilter(
      (record: object) =>
        Object.keys(record)
          .filter((key) => !name.test(key))
          .map((key) => ({ path: [key], issue: message })),
      { toJsonSchema: () => ({ propertyNames: { pattern: name.source } }) }
    )
  )

/** Members by names that are ids or names as the webhook takes them. */
const named = <S extends Schema.Constraint>(value: S) =>
  members(
    /^[^\p{Cc}]{1,256}$/u,
    `expected a name of 1 to ${MAX_ID_LENGTH} characters without control characters`,
    value
  )

const notEmpty = (message: string) => Schema.isMinProperties(1, { message })

const Scalar = Schema.Union([Schema.String.check(isShortText), Schema.Finite, Schema.Boolean]).annotate({
  message: "expected text, a number, or true or false"
})

/** Bounds of a number. */
const bounds = {
  atLeast: describe("The number is this or more. Text that is written as a number counts.", Schema.Finite),
  above: describe("The number is more than this.", Schema.Finite),
  atMost: describe("The number is this or less.", Schema.Finite),
  below: describe("The number is less than this.", Schema.Finite)
}

/** How long a regular expression may be, in characters. */
export const MAX_PATTERN = 256

const numberMessage = "expected a number"
const rangeMessage = "expected a number, or some of atLeast, above, atMost, below"

/** What a value must be. */
export const ValueTest = Schema.Union([
  Scalar,
  Schema.Array(Scalar).check(
    Schema.isMinLength(1, { message: "expected at least one value" }),
    Schema.isMaxLength(MAX_LIST, { message: `expected at most ${MAX_LIST} values` })
  ),
  Schema.Struct({
    present: describe("true: there is a value that is not empty; false: there is none.", Schema.Boolean),
    equals: describe('The value is this one. Case counts; 42 and "42" are the same.', Scalar),
    oneOf: describe(
      "The value is one of these.",
      Schema.Array(Scalar).check(Schema.isMinLength(1), Schema.isMaxLength(MAX_LIST))
    ),
    matches: describe(
      "A regular expression (RE2) that is found in the value; ^ and $ for the whole of it, (?i) where case does not count. Nothing is found in values of more than 1024 characters.",
      Schema.String.check(
        Schema.isNonEmpty({ message: "expected a regular expression" }),
        Schema.isMaxLength(MAX_PATTERN, { message: `expected at most ${MAX_PATTERN} characters` })
      )
    ),
    ...bounds
  }).check(notEmpty("empty: expected one of present, equals, oneOf, matches, atLeast, above, atMost, below"))
]).annotate({
  identifier: "ValueTest",
  description: "A value (equals it), a list (one of them), or what the value must be. Of several all must hold.",
  message:
    "expected a value, a list of values, or some of present, equals, oneOf, matches, atLeast, above, atMost, below"
})

/** What a value must be. */
export type ValueTest = typeof ValueTest.Type

const Share = Schema.Finite.annotate({ message: numberMessage }).check(
  Schema.isBetween({ minimum: 0, maximum: 100 }, { message: "expected 0 to 100 percent" })
)

const Score = Schema.Finite.annotate({ message: numberMessage }).check(
  Schema.isBetween({ minimum: 0, maximum: 1 }, { message: "expected 0 to 1: Cognigy's scores lie between them" })
)

const simpleConditions = {
  intent: describe(
    "The intent, or one of several. * stands for any characters, ? for one.",
    oneOrMore(Name, "expected an intent, or a list of them")
  ),
  confidence: describe(
    "How sure the bot is of the intent, 0 to 1: at least this number, or within bounds. Does not hold where the bot does not say.",
    Schema.Union([
      Score,
      Schema.Struct({
        atLeast: Schema.optionalKey(Score),
        above: Schema.optionalKey(Score),
        atMost: Schema.optionalKey(Score),
        below: Schema.optionalKey(Score)
      }).check(notEmpty("empty: expected some of atLeast, above, atMost, below"))
    ]).annotate({ message: rangeMessage })
  ),
  entities: describe(
    "What entities or slots must be, by their names. All must hold.",
    named(ValueTest).check(notEmpty("empty: expected the name of an entity or slot"))
  ),
  language: describe(
    "The language, or one of several. de takes de-DE and de-AT too; case does not count.",
    oneOrMore(Name, "expected a language, or a list of them")
  ),
  channel: describe(
    "The channel, or one of several. * stands for any characters, ? for one.",
    oneOrMore(Name, "expected a channel, or a list of them")
  ),
  data: describe(
    "What members of the payload's data must be, by their paths: customer.tier, orders.0.id, or a JSON Pointer such as /a.b/c. All must hold.",
    named(ValueTest).check(notEmpty("empty: expected the path of a member"))
  ),
  open: describe("These opening hours are open now.", Name),
  closed: describe("These opening hours are closed now.", Name),
  percentage: describe(
    "A share of the users, 0 to 100 percent: always the same ones, and those of a smaller share are among those of a larger one. Another seed takes others.",
    Schema.Union([Share, Schema.Struct({ of: Share, seed: Name })]).annotate({
      message: "expected 0 to 100, or {of: 0 to 100, seed: NAME}"
    })
  )
}

const simple = Schema.Struct(simpleConditions)

/** When a rule decides. All that is given must hold. */
export type Condition = typeof simple.Type & {
  /** All of these hold. */
  readonly all?: ReadonlyArray<Condition>
  /** At least one of these holds. */
  readonly any?: ReadonlyArray<Condition>
  /** This does not hold. */
  readonly not?: Condition
}

const conditions = Schema.Array(Schema.suspend((): Schema.Codec<Condition> => Condition)).check(
  Schema.isMinLength(1, { message: "expected at least one condition" }),
  Schema.isMaxLength(MAX_LIST, { message: `expected at most ${MAX_LIST} conditions` })
)

/** When a rule decides. */
export const Condition: Schema.Codec<Condition> = Schema.Struct({
  ...simpleConditions,
  all: describe("All of these hold.", conditions),
  any: describe("At least one of these holds.", conditions),
  not: describe(
    "This does not hold.",
    Schema.suspend((): Schema.Codec<Condition> => Condition)
  )
})
  .annotate({ message: "expected conditions" })
  .check(notEmpty("empty: expected a condition; a rule without `when` takes everything"))
  .annotate({ identifier: "Condition", description: "All that is given must hold." })

export const exactlyOne = (members: ReadonlyArray<string>) =>
  Schema.makeFilter(
    (target: object) => {
      const given = members.filter((member) => member in target)
      if (given.length === 1) return undefined
      return given.length === 0
        ? `expected one of ${members.join(", ")}`
        : `expected only one of ${given.join(" and ")}`
    },
    { toJsonSchema: () => ({ oneOf: members.map((member) => ({ required: [member] })) }) }
  )

const places = {
  queue: describe("A queue: a name from `queues`, or an id.", Name),
  agent: describe(
    "An agent: a name from `agents`, an id, or {entity: NAME} where an entity or slot holds the id.",
    Schema.Union([Name, Schema.Struct({ entity: Name })]).annotate({
      message: "expected an agent's name or id, or {entity: NAME}"
    })
  ),
  fallback: describe(
    "Where to instead when CXone does not know the queue or agent, or the entity that names it is not there.",
    Schema.suspend((): Schema.Codec<Place> => Place)
  )
}

/** A queue or an agent, and where to when it is not there. */
export interface Place {
  /** The queue, by its name in the table or its id. */
  readonly queue?: string
  /** The agent, by their name in the table or their id, or the entity or slot that names them. */
  readonly agent?:
    | string
    | {
        /** The name of the entity or slot. */
        readonly entity: string
      }
  /** Where to instead, when CXone does not know it. */
  readonly fallback?: Place
}

/** A queue or an agent, and where to when it is not there. */
export const Place: Schema.Codec<Place> = Schema.Struct(places)
  .annotate({ message: "expected queue: NAME, or agent: NAME" })
  .check(exactlyOne(["queue", "agent"]))
  .annotate({ identifier: "Place" })

const Destination = Schema.Struct({
  ...places,
  reject: describe(
    "Nowhere: the bot gets this text to say instead.",
    Schema.String.check(Schema.isNonEmpty({ message: "expected the text that the bot says" }), isShortText)
  )
})
  .annotate({ message: "expected queue: NAME, agent: NAME, or reject: TEXT" })
  .check(
    exactlyOne(["queue", "agent", "reject"]),
    Schema.makeFilter(
      (target: { readonly reject?: string; readonly fallback?: Place }) =>
        target.reject !== undefined && target.fallback !== undefined
          ? { path: ["fallback"], issue: "a rule that rejects has no fallback" }
          : undefined,
      { toJsonSchema: () => ({ not: { required: ["reject", "fallback"] } }) }
    )
  )
  .annotate({ identifier: "Destination" })

/** Where a rule sends to. */
export type Destination = typeof Destination.Type

export const Labels = members(
  /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/u,
  "expected a label's name: up to 64 letters, digits, _ . and -, the first a letter or digit",
  Schema.String.annotate({ message: "expected text (put numbers and true and false in quotes)" }).check(
    Schema.isNonEmpty({ message: "expected the label's value" }),
    isShortText
  )
).check(Schema.isMaxProperties(MAX_LABELS, { message: `expected at most ${MAX_LABELS} labels` }))

const destination = {
  to: Destination,
  labels: describe(
    "Labels for the conversation, besides cognigy_intent. {{NAME}} stands for the value of an entity or slot; a label that ends up empty is left out, a long one is cut to 256 characters.",
    Labels
  )
}

/** A rule of a table. */
export const Rule = Schema.Struct({
  name: Name.pipe(
    Schema.annotateKey({ description: "The rule's name: answers and the log name it. Each has its own." })
  ),
  when: describe("When the rule decides. Without it, it takes everything.", Condition),
  ...destination
}).annotate({ identifier: "Rule", message: "expected a rule: name, when, to" })

/** A rule of a table. */
export type Rule = typeof Rule.Type

const range = /^\s*([01]\d|2[0-3]):[0-5]\d\s*-\s*(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)\s*$/u

const rangeText =
  'expected closed, hours such as "08:00-18:00" (an end before the start is on the next day), or a list of them'

const Range = Schema.String.annotate({ message: rangeText }).check(Schema.isPattern(range, { message: rangeText }))

const Hours = Schema.Union([
  Schema.Literal("closed"),
  Range,
  Schema.Array(Range).check(Schema.isMaxLength(20, { message: "expected at most 20 ranges" }))
]).annotate({ identifier: "Hours", message: rangeText })

/** The hours of a day. */
export type DayHours = typeof Hours.Type

const day = (description: string) => describe(description, Hours)

const Weekly = Schema.Struct({
  daily: day("Every day that is not given on its own."),
  weekdays: day("Monday to Friday, where a day is not given on its own."),
  weekend: day("Saturday and Sunday, where a day is not given on its own."),
  monday: day("Instead of weekdays or daily."),
  tuesday: day("Instead of weekdays or daily."),
  wednesday: day("Instead of weekdays or daily."),
  thursday: day("Instead of weekdays or daily."),
  friday: day("Instead of weekdays or daily."),
  saturday: day("Instead of weekend or daily."),
  sunday: day("Instead of weekend or daily.")
}).check(notEmpty("empty: expected hours for some day"))

/** When something is open. */
export const OpeningHours = Schema.Struct({
  zone: Name.pipe(Schema.annotateKey({ description: "The time zone, such as Europe/Berlin." })),
  weekly: Weekly.pipe(Schema.annotateKey({ description: "The hours of a week. A day that is not given is closed." })),
  exceptions: describe(
    "Dates (2026-12-24) with hours of their own, instead of those of the week.",
    members(/^\d{4}-\d{2}-\d{2}$/u, "expected a date such as 2026-12-24", Hours).check(
      Schema.isMaxProperties(MAX_LIST, { message: `expected at most ${MAX_LIST} dates` })
    )
  )
}).annotate({ identifier: "OpeningHours", message: "expected opening hours: zone, weekly, exceptions" })

/** When something is open. */
export type OpeningHours = typeof OpeningHours.Type

/** At most so many definitions as there may be rules. */
const definitions = <S extends Schema.Constraint>(value: S) =>
  named(value).check(Schema.isMaxProperties(MAX_RULES, { message: `expected at most ${MAX_RULES}` }))

/** Where to when no rule decides. */
export const Fallback = Schema.Struct(destination).annotate({ message: "expected to: and where to" })

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

/** Beside a description that stands alone in an `allOf`, editors show nothing: it belongs to the schema itself. */
const hoist = (_key: string, value: unknown): unknown => {
  if (!Predicate.isObject(value) || !Array.isArray(value.allOf) || value.allOf.length !== 1) return value
  const { allOf, ...rest } = value
  return Object.keys(allOf[0]).join() === "description" ? { ...rest, ...allOf[0] } : value
}

/** A format as JSON Schema (draft 07, which editors know best). */
export const editorSchema = (format: Schema.Top): JsonSchema.JsonSchema => {
  const { definitions, schema } = JsonSchema.toDocumentDraft07(
    Schema.toJsonSchemaDocument(format, { onExcessProperty: "error" })
  )
  return JSON.parse(JSON.stringify({ $schema: JsonSchema.META_SCHEMA_URI_DRAFT_07, ...schema, definitions }, hoist))
}

/** The format of a routing table as JSON Schema. */
export const routesJsonSchema = (): JsonSchema.JsonSchema => editorSchema(RoutesFile)
