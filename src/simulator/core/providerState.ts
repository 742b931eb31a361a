/** The form in which Pact's verifier arranges the states of a simulator. */
import { Schema } from "effect"

/** Makes the schema of a state that is arranged before an interaction, with its parameters. */
export const setup = <const Name extends string, const Fields extends Readonly<Record<string, Schema.Codec<unknown>>>>(
  name: Name,
  params: Fields
) => Schema.Struct({ action: Schema.Literal("setup"), state: Schema.Literal(name), params: Schema.Struct(params) })

/** The end of a state. */
export const Teardown = Schema.Struct({
  action: Schema.Literal("teardown"),
  state: Schema.String,
  params: Schema.Record(Schema.String, Schema.Json)
})
