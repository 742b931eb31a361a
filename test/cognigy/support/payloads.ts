/** Payloads in both shapes, from the same facts. */
import { Arbitrary, Schema } from "effect"
import type { EntityValue, HandoverRequest } from "../../../src/domain/HandoverRequest.ts"

/** One of these. */
export const oneOf = <A>(first: Arbitrary.Arbitrary<A>, ...others: ReadonlyArray<Arbitrary.Arbitrary<A>>) => {
  const index = Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: others.length })))
  return Arbitrary.flatMap(index, (index) => (index === 0 ? first : (others[index - 1] ?? first)))
}

const maybe = <A>(arbitrary: Arbitrary.Arbitrary<A>): Arbitrary.Arbitrary<A | null | undefined> =>
  oneOf<A | null | undefined>(arbitrary, arbitrary, Arbitrary.Constant(null), Arbitrary.Constant(undefined))

const pieces = [
  "a",
  "Z",
  "7",
  "_",
  "/",
  "%41",
  " ",
  "ü",
  "ß",
  "日本",
  "😀",
  "e\u0301",
  "\u2028",
  "'",
  '"',
  "\\",
  "<",
  "{"
]

/** Texts of the pieces that are easily broken. */
export const composed = Arbitrary.array(
  Arbitrary.schema(Schema.Literals([...pieces, "..", "__proto__", "constructor"])),
  {
    minLength: 1,
    maxLength: 20
  }
).pipe(
  Arbitrary.map((parts) => parts.join("")),
  Arbitrary.filter((text) => text.trim() !== "")
)

/** Any text that a name or an id may be. */
const name = oneOf(
  composed,
  Arbitrary.filter(
    Arbitrary.schema(Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(200))),
    (text) => text.trim() !== "" && !/[\p{Cc}\p{Cs}]|[{].*[}]/u.test(text)
  )
)

const safeInteger = Arbitrary.schema(
  Schema.Int.check(Schema.isBetween({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }))
)

const id = oneOf<string | number>(name, name, safeInteger)

/** Values as JSON carries them: it knows no -0. */
const sent = <A>(schema: Schema.Schema<A>): Arbitrary.Arbitrary<A> =>
  Arbitrary.map(Arbitrary.schema(schema), (value): A => JSON.parse(JSON.stringify(value)))

/** Any number. */
export const number = sent(Schema.Finite)

const score = sent(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })))

/** Any JSON. */
export const json = sent(Schema.Json)

const data = oneOf<unknown>(sent(Schema.Record(Schema.String, Schema.Json)), sent(Schema.Array(Schema.Json)))

/** Text that is not blank. */
const words = Arbitrary.filter(Arbitrary.schema(Schema.String), (text) => text.trim() !== "")

/** A value that is no list and no object, in JSON neither. */
const scalar = oneOf<EntityValue>(
  Arbitrary.filter(words, (text) => !/^\s*[[{]/.test(text)),
  sent(Schema.Finite),
  Arbitrary.schema(Schema.Boolean)
)

const said = Arbitrary.all({
  role: Arbitrary.schema(Schema.Literals(["user", "bot", "agent"])),
  text: words,
  at: maybe(Arbitrary.Constant("2026-11-30T14:29:05.000Z"))
})

const customer = Arbitrary.all({ name: maybe(name), email: maybe(name), phone: maybe(id) })

const context = Arbitrary.array(Arbitrary.all({ name, value: maybe(scalar) }), { maxLength: 5 }).pipe(
  Arbitrary.map((members) => Object.fromEntries(members.map(({ name, value }, index) => [`${index}_${name}`, value])))
)

/** Members that no shape knows. */
const unknowns = Arbitrary.schema(Schema.Record(Schema.String, Schema.Json)).pipe(
  Arbitrary.map((record) => Object.fromEntries(Object.entries(record).map(([key, value]) => [`x-${key}`, value])))
)

/** What a bot can say, in no shape yet. */
export const facts = Arbitrary.all({
  intent: name,
  score: maybe(score),
  userId: id,
  entities: Arbitrary.array(
    Arbitrary.all({ name, value: scalar, wrapped: Arbitrary.schema(Schema.Literals([0, 1, 2, 3, 4, 5])) }),
    {
      maxLength: 5
    }
  ).pipe(
    // An object's keys are unique, and those that look like an index would change their place.
    Arbitrary.map((entities) => entities.map((entity, index) => ({ ...entity, name: `${index}_${entity.name}` })))
  ),
  sessionId: maybe(id),
  inputId: maybe(id),
  traceId: maybe(id),
  language: maybe(name),
  channel: maybe(name),
  text: maybe(words),
  data: maybe(data),
  contactId: maybe(id),
  transcript: maybe(Arbitrary.array(said, { maxLength: 5 })),
  summary: maybe(words),
  customer: maybe(customer),
  context: maybe(context),
  unknown: unknowns
})

/** What a bot can say, in no shape yet. */
export type Facts = typeof facts extends Arbitrary.Arbitrary<infer A> ? A : never

/** The members that both shapes have. */
const sharedOf = ({
  channel,
  contactId,
  context,
  customer,
  data,
  inputId,
  language,
  summary,
  text,
  traceId,
  transcript
}: Facts) => ({
  language,
  channel,
  inputId,
  traceId,
  text,
  data,
  contactId,
  transcript,
  summary,
  customer,
  context
})

/** The facts as a flow sends them. */
export const flowOf = (facts: Facts) => {
  const { entities, intent, score, sessionId, unknown, userId } = facts
  return {
    ...unknown,
    intent: { ...unknown, name: intent, score },
    entities: entities.map(({ name, value }) => ({ ...unknown, name, value })),
    session: { ...unknown, sessionId },
    user: { ...unknown, id: userId },
    ...sharedOf(facts)
  }
}

/** The ways in which a slot can hold a value. */
const slotOf = (value: EntityValue, wrapped: number): unknown =>
  [
    [value],
    [value, "another"],
    [{ keyphrase: value, value: "another" }, { keyphrase: "another" }],
    [{ keyphrase: null, value }],
    { keyphrase: value, unknown: 1 },
    { value }
  ][wrapped]

/** The facts as Cognigy's input has them. */
export const inputOf = (facts: Facts) => {
  const { entities, intent, score, sessionId, unknown, userId } = facts
  return {
    ...unknown,
    intent,
    intentScore: score,
    slots: Object.fromEntries(entities.map(({ name, value, wrapped }) => [name, slotOf(value, wrapped)])),
    userId,
    sessionId,
    ...sharedOf(facts)
  }
}

const asText = (id: string | number | null | undefined) => (id === null || id === undefined ? undefined : String(id))

/** The members that are there; `undefined` where none is. */
const filled = (members: Readonly<Record<string, string | undefined>>): Record<string, string> | undefined => {
  const there = Object.entries(members).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const]
  )
  return there.length === 0 ? undefined : Object.fromEntries(there)
}

const transcriptOf = (said: Facts["transcript"]) => {
  const entries = (said ?? []).map(({ at, role, text }) => ({ role, text, ...(at == null ? {} : { at }) }))
  return entries.length === 0 ? undefined : { entries, omitted: 0 }
}

const customerOf = (customer: Facts["customer"]) =>
  filled({
    name: customer?.name ?? undefined,
    email: customer?.email ?? undefined,
    phone: asText(customer?.phone)
  })

const contextOf = (context: Facts["context"]) =>
  filled(
    Object.fromEntries(
      Object.entries(context ?? {}).map(([name, value]) => [name, value == null ? undefined : String(value)])
    )
  )

/** The request that they are. */
export const requestOf = (facts: Facts): HandoverRequest => ({
  intent: facts.intent,
  confidence: facts.score ?? undefined,
  userId: String(facts.userId),
  entities: facts.entities.map(({ name, value }) => ({ name, value })),
  sessionId: asText(facts.sessionId),
  inputId: asText(facts.inputId),
  traceId: asText(facts.traceId),
  language: facts.language ?? undefined,
  channel: facts.channel ?? undefined,
  text: facts.text ?? undefined,
  data: facts.data ?? undefined,
  contactId: asText(facts.contactId),
  transcript: transcriptOf(facts.transcript),
  summary: facts.summary ?? undefined,
  customer: customerOf(facts.customer),
  context: contextOf(facts.context)
})
