/** The bodies that Cognigy posts, in their two shapes, and the one request that both become. */
import { Effect, Option, Predicate, Result, Schema, SchemaGetter } from "effect"
import type { Entity, EntityValue, HandoverRequest } from "../domain/HandoverRequest.ts"
import { describeIssue } from "../std/describeIssue.ts"
import { hasUnsafeCharacters, isShort, MAX_ID_LENGTH } from "../std/text.ts"
import { BadRequest } from "./Problem.ts"

/** A member that may be left out or `null`; where it is neither, `message` says what it should be. */
const optional = <S extends Schema.Constraint>(message: string, schema: S) =>
  Schema.optionalKey(Schema.NullOr(schema).annotate({ message }))

const isName = (text: string) => isShort(text) && !hasUnsafeCharacters(text)

const nameMessage = `expected text of at most ${MAX_ID_LENGTH} characters without control characters`

/** A name: of an intent, an entity, a language, a channel. Empty text counts as absent. */
const name = optional(nameMessage, Schema.String.check(Schema.makeFilter(isName, { message: nameMessage })))

const idMessage = `${nameMessage}, or a whole number up to ${Number.MAX_SAFE_INTEGER}: send longer ids as text`

const isId = (id: string | number) => (typeof id === "number" ? Number.isSafeInteger(id) : isName(id))

/** An id: text, or a whole number that JSON carries exactly. Never turned into a number. Empty text counts as absent. */
const id = optional(
  idMessage,
  Schema.Union([Schema.String, Schema.Number])
    .check(Schema.makeFilter(isId, { message: idMessage }))
    .pipe(
      Schema.decodeTo(Schema.String, {
        decode: SchemaGetter.transform(String),
        encode: SchemaGetter.passthrough()
      })
    )
)

const number = optional("expected a number", Schema.Finite)

const anything = Schema.optionalKey(Schema.Unknown)

const object = "expected an object"

const shared = {
  /** The language of the conversation, such as `de-DE`. */
  language: name,
  /** The channel that the user writes on. */
  channel: name,
  /** Cognigy's id of what the user said: the same when the webhook is sent again. */
  inputId: id,
  /** Cognigy's id of what came of that. */
  traceId: id,
  /** What else rules may look at. */
  data: anything
}

const Entities = Schema.Array(
  Schema.NullOr(
    Schema.Struct({
      /** The entity's name. */
      name,
      /** Text, a number, or true or false; or an object that has it as `keyphrase` or `value`. */
      value: anything
    })
  ).annotate({ message: object })
)

/** What a flow author types into Cognigy's HTTP Request node. */
export const FlowPayload = Schema.Struct({
  /** What the user wants. The intent must have a name. */
  intent: optional(
    object,
    Schema.Struct({
      /** The intent's name. */
      name,
      /** How sure the bot is of it, 0 to 1. */
      score: number
    })
  ),
  /** What the bot recognised in what the user said. */
  entities: optional("expected a list of {name, value}", Entities),
  /** Cognigy's session. */
  session: optional(
    object,
    Schema.Struct({
      /** Its id. */
      sessionId: id
    })
  ),
  /** Who is handed over. The user must have an id. */
  user: optional(
    object,
    Schema.Struct({
      /** Cognigy's id of the user. */
      id
    })
  ),
  /** What the user said last; what is no text counts as nothing. */
  text: anything,
  ...shared
}).annotate({ identifier: "FlowPayload" })

/** Cognigy's own `input` object, posted as it is. */
export const InputPayload = Schema.Struct({
  /** The name of what the user wants. There must be one. */
  intent: name,
  /** How sure the bot is of it, 0 to 1. */
  intentScore: number,
  /** What the bot recognised in what the user said, by names: a value, or a list of which the first counts. */
  slots: optional("expected an object of slots", Schema.Record(Schema.String, Schema.Unknown)),
  /** Cognigy's id of the user who is handed over. There must be one. */
  userId: id,
  /** Cognigy's id of the session. */
  sessionId: id,
  /** What the user said last. */
  text: optional("expected text", Schema.String),
  ...shared
}).annotate({ identifier: "InputPayload" })

/** Either shape, for the API's description. */
export const WebhookPayload = Schema.Union([FlowPayload, InputPayload])

/** To look for all that is wrong takes several times as long as to find out that nothing is. */
const decoder = <S extends Schema.ConstraintDecoder<unknown, never>>(schema: S) => {
  const decode = Schema.decodeUnknownOption(schema)
  const explain = Schema.decodeUnknownResult(schema, { errors: "all" })
  return (body: unknown): Result.Result<S["Type"], Schema.SchemaError> => {
    const decoded = decode(body)
    return Option.isSome(decoded) ? Result.succeed(decoded.value) : explain(body)
  }
}

const decodeFlow = decoder(FlowPayload)
const decodeInput = decoder(InputPayload)

/** Reads a parsed JSON body. Fails with what is wrong and where. The type of `intent` tells the shapes apart. */
export const toHandoverRequest = (body: unknown): Effect.Effect<HandoverRequest, BadRequest> => {
  if (!Predicate.isObject(body) || Array.isArray(body)) return invalid("the body must be a JSON object")
  const { intent } = body
  const isInput = Predicate.isString(intent) || (Predicate.isNullish(intent) && hasMemberOf(INPUT_MEMBERS, body))
  if (!isInput && !Predicate.isNullish(intent) && (!Predicate.isObject(intent) || Array.isArray(intent))) {
    return invalid("intent: expected an object with a name (from a flow), or text (Cognigy's input object)")
  }
  return isInput
    ? Result.match(decodeInput(body), { onFailure: ({ issue }) => invalid(describeIssue(issue)), onSuccess: fromInput })
    : Result.match(decodeFlow(body), { onFailure: ({ issue }) => invalid(describeIssue(issue)), onSuccess: fromFlow })
}

/** What only Cognigy's own `input` object has, besides an intent that is text. */
const INPUT_MEMBERS = ["userId", "slots", "intentScore", "sessionId"]

const hasMemberOf = (names: ReadonlyArray<string>, body: { readonly [name: PropertyKey]: unknown }) =>
  names.some((name) => !Predicate.isNullish(body[name]))

const invalid = (detail: string) => Effect.fail(new BadRequest({ error: "Invalid payload", detail }))

const fromFlow = (flow: typeof FlowPayload.Type) =>
  complete("intent.name", flow.intent?.name, "user.id", flow.user?.id, (intent, userId) => ({
    ...common(flow),
    intent,
    userId,
    confidence: flow.intent?.score ?? undefined,
    text: Predicate.isString(flow.text) ? flow.text : undefined,
    entities: (flow.entities ?? []).flatMap((entity) => toEntity(entity?.name, entity?.value)),
    sessionId: present(flow.session?.sessionId)
  }))

const fromInput = (input: typeof InputPayload.Type) =>
  complete("intent", input.intent, "userId", input.userId, (intent, userId) => ({
    ...common(input),
    intent,
    userId,
    confidence: input.intentScore ?? undefined,
    text: input.text ?? undefined,
    entities: Object.entries(input.slots ?? {}).flatMap(([name, slot]) =>
      toEntity(name, Array.isArray(slot) ? slot[0] : slot)
    ),
    sessionId: present(input.sessionId)
  }))

const common = (payload: typeof FlowPayload.Type | typeof InputPayload.Type) => ({
  inputId: present(payload.inputId),
  traceId: present(payload.traceId),
  language: present(payload.language),
  channel: present(payload.channel),
  data: payload.data ?? undefined
})

/** A text that is there: `null` and the empty text (a template that found nothing) count as absent. */
const present = (text: string | null | undefined): string | undefined =>
  text === null || text === "" ? undefined : text

const complete = (
  intentPath: string,
  intent: string | null | undefined,
  userPath: string,
  userId: string | null | undefined,
  request: (intent: string, userId: string) => HandoverRequest
): Effect.Effect<HandoverRequest, BadRequest> => {
  const [name, user] = [present(intent), present(userId)]
  if (name !== undefined && user !== undefined) return Effect.succeed(request(name, user))
  const missing = [...(name === undefined ? [intentPath] : []), ...(user === undefined ? [userPath] : [])]
  return Effect.fail(
    new BadRequest({ error: "Missing required fields", detail: `missing or empty: ${missing.join(", ")}` })
  )
}

/** A scalar as it is; of an object, its `keyphrase`, else its `value`; nothing else is a value that routing can use. */
const toEntity = (name: string | null | undefined, raw: unknown): ReadonlyArray<Entity> => {
  const isStructured = Predicate.isObject(raw) && !Array.isArray(raw)
  const value = isStructured ? (raw.keyphrase ?? raw.value) : raw
  return Predicate.isNullish(name) || name === "" || !isName(name) || !isScalar(value) ? [] : [{ name, value }]
}

const isScalar = (value: unknown): value is EntityValue =>
  Predicate.isString(value) || Predicate.isNumber(value) || Predicate.isBoolean(value)
