/** Values that are no text. Senders also write them as JSON in a text: a template in a JSON payload can make nothing else. */
import { Effect, Predicate, Result, Schema, SchemaGetter, SchemaIssue } from "effect"
import { parseJson } from "../../std/exactJson.ts"
import { EXTENT, excessOf } from "../../std/excess.ts"
import { isBlank, unfilled } from "../../std/text.ts"

/** A value of a schema, or text that is the same in JSON. */
type Sent<S extends Schema.Constraint> = S["Encoded"] | string | null

/** A value as it arrives. The API's description says what that may be. */
const arriving = <S extends Schema.Constraint>(described: S) =>
  Schema.declare<Sent<S>>((_): _ is Sent<S> => true, {
    toCodecJson: () =>
      Schema.link<Sent<S>>()(
        Schema.Union([
          Schema.toEncoded(described),
          Schema.String.annotate({
            description: "The same as JSON in a text. Text that is empty or blank counts as absent."
          }),
          Schema.Null
        ]),
        { decode: SchemaGetter.passthrough({ strict: false }), encode: SchemaGetter.passthrough({ strict: false }) }
      )
  })

const refused = (message: string) => Effect.fail(new SchemaIssue.InvalidValue({ message }))

/** A value of the right kind, in the form that its schema decodes; `undefined` for any other value. */
export type Take = (value: unknown) => unknown

/**
 * A value that is no text. Text is accepted when it is JSON of the same kind, within the bounds of a body. `null` and text that is empty or blank count as
 * absent, and become `null`.
 */
export const structured = <S extends Schema.Constraint>(
  kind: string,
  take: Take,
  schema: S,
  described: Schema.Codec<S["Type"], S["Encoded"]> | S = schema
) => {
  const message = `expected ${kind}, or the same as JSON in a text`
  const accept = (value: unknown, otherwise = message) => {
    const taken = take(value)
    return taken === undefined ? refused(otherwise) : Effect.succeed(taken as S["Encoded"])
  }
  const parse = (text: string) =>
    Result.match(
      Result.try(() => parseJson(text)),
      {
        onFailure: () => refused(unfilled(text) ?? message),
        onSuccess: (value) => {
          const excess = excessOf(value, EXTENT)
          return excess === undefined ? accept(value, unfilled(text)) : refused(`the JSON in the text ${excess}`)
        }
      }
    )
  return arriving(described).pipe(
    Schema.decodeTo(Schema.NullOr(schema), {
      decode: SchemaGetter.transformEffect((value: Sent<S>): Effect.Effect<S["Encoded"] | null, SchemaIssue.Issue> => {
        if (value === null) return Effect.succeed(null)
        if (!Predicate.isString(value)) return accept(value)
        return isBlank(value) ? Effect.succeed(null) : parse(value)
      }),
      encode: SchemaGetter.passthrough({ strict: false })
    })
  )
}
