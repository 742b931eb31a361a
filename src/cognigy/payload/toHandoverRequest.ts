/** Decodes the bodies that Cognigy posts, in their two shapes, to one request. */
import { Effect, Option, Predicate, Result, Schema } from "effect"
import type { Customer, Entity, HandoverRequest } from "../../domain/HandoverRequest.ts"
import { describeIssue } from "../../std/describeIssue.ts"
import { present } from "../../std/present.ts"
import { firstBytes } from "../../std/text.ts"
import { isObject } from "../../std/WrittenNumber.ts"
import { BadRequest } from "../problem/Problem.ts"
import { toContext } from "./context.ts"
import { FlowPayload } from "./FlowPayload.ts"
import { isName } from "./fields.ts"
import { InputPayload } from "./InputPayload.ts"
import { toEntityValue } from "./toEntityValue.ts"
import { MAX_BYTES, toTranscript } from "./transcript.ts"

/** Decodes. Only when that fails, decodes again to report every problem: that takes several times as long. */
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

/** Decodes a parsed JSON body. Fails with the problem and its path. */
export const toHandoverRequest = (body: unknown): Effect.Effect<HandoverRequest, BadRequest> => {
  if (!isObject(body)) return invalid("the body must be a JSON object")
  switch (shapeOf(body)) {
    case "flow":
      return Result.match(decodeFlow(body), { onFailure: refused, onSuccess: fromFlow })
    case "input":
      return Result.match(decodeInput(body), { onFailure: refused, onSuccess: fromInput })
    case "neither":
      return invalid("intent: expected an object with a name (from a flow), or text (Cognigy's input object)")
  }
}

type Members = { readonly [name: PropertyKey]: unknown }

/** The shapes differ in the type of `intent`: a flow's is an object, or an object's JSON in a text. No intent has a name such as `{"name": …`. */
const shapeOf = (body: Members): "flow" | "input" | "neither" => {
  const intent = present(body.intent)
  if (isObject(intent)) return "flow"
  if (intent === undefined) {
    return INPUT_MEMBERS.some((name) => present(body[name]) !== undefined) ? "input" : "flow"
  }
  if (!Predicate.isString(intent)) return "neither"
  return /^\s*\{(?!\{).*\}\s*$/s.test(intent) ? "flow" : "input"
}

/** Members that only Cognigy's own `input` object has, besides an intent that is text. */
const INPUT_MEMBERS = ["userId", "slots", "intentScore", "sessionId"]

const refused = ({ issue }: Schema.SchemaError) => invalid(describeIssue(issue))

const invalid = (detail: string) => Effect.fail(new BadRequest({ error: "Invalid payload", detail }))

const fromFlow = (flow: typeof FlowPayload.Type) =>
  complete("intent.name", flow.intent?.name, "user.id", flow.user?.id, (intent, userId) => ({
    ...common(flow),
    intent,
    userId,
    confidence: flow.intent?.score ?? undefined,
    entities: (flow.entities ?? []).flatMap((entity) => toEntity(entity?.name, entity?.value)),
    sessionId: present(flow.session?.sessionId)
  }))

const fromInput = (input: typeof InputPayload.Type) =>
  complete("intent", input.intent, "userId", input.userId, (intent, userId) => ({
    ...common(input),
    intent,
    userId,
    confidence: input.intentScore ?? undefined,
    // Members of an object have no order: the same slots are the same request.
    entities: Object.entries(input.slots ?? {})
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .flatMap(([name, slot]) => toEntity(name, slot)),
    sessionId: present(input.sessionId)
  }))

const common = (payload: typeof FlowPayload.Type | typeof InputPayload.Type) => ({
  inputId: present(payload.inputId),
  traceId: present(payload.traceId),
  language: present(payload.language),
  channel: present(payload.channel),
  text: Predicate.isString(payload.text) ? present(payload.text) : undefined,
  data: payload.data ?? undefined,
  contactId: present(payload.contactId),
  transcript: toTranscript(payload.transcript ?? []),
  summary: summaryOf(payload.summary),
  customer: toCustomer(payload.customer ?? {}),
  context: toContext(payload.context ?? {})
})

/** The most bytes of a summary, as of a transcript: more is cut. */
const summaryOf = (sent: string | null | undefined) => {
  const summary = present(sent)
  return summary === undefined ? undefined : firstBytes(summary, MAX_BYTES)
}

const toCustomer = (sent: NonNullable<(typeof FlowPayload.Type)["customer"]>): Customer | undefined => {
  const [name, email, phone] = [present(sent.name), present(sent.email), present(sent.phone)]
  const customer = {
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
    ...(phone === undefined ? {} : { phone })
  }
  return Object.keys(customer).length === 0 ? undefined : customer
}

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

const toEntity = (sent: string | null | undefined, raw: unknown): ReadonlyArray<Entity> => {
  const [name, value] = [present(sent), toEntityValue(raw)]
  return name === undefined || !isName(name) || value === undefined ? [] : [{ name, value }]
}
