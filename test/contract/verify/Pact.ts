/** The pact that is verified, as far as it must be understood: who is in which state, and the rest as it is. */
import { Effect, FileSystem, Schema } from "effect"
import { describeIssue } from "../../../src/std/describeIssue.ts"

/** The pact cannot be verified: there is none, or it is not one. */
export class PactError extends Schema.TaggedError<PactError>()("PactError", {
  file: Schema.String,
  problem: Schema.String
}) {
  override get message() {
    return `The pact ${this.file} cannot be verified: ${this.problem}\n    → name a pact of specification V3 or V4 with --pact, or leave it out`
  }
}

const State = Schema.Struct({
  name: Schema.String,
  params: Schema.optionalKey(Schema.Record(Schema.String, Schema.Json))
})

const Interaction = Schema.StructWithRest(
  Schema.Struct({
    description: Schema.String,
    providerStates: Schema.optionalKey(Schema.Array(State))
  }),
  [Schema.Record(Schema.String, Schema.Json)]
)

const Party = Schema.StructWithRest(Schema.Struct({ name: Schema.String }), [Schema.Record(Schema.String, Schema.Json)])

const Pact = Schema.StructWithRest(
  Schema.Struct({
    consumer: Party,
    provider: Party,
    interactions: Schema.Array(Interaction).check(Schema.isMinLength(1, { message: "no interaction in it" }))
  }),
  [Schema.Record(Schema.String, Schema.Json)]
)

/** One request, the answer to it, and the states of the provider in which it is given. */
export type Interaction = typeof Interaction.Type

/** A pact. */
export type Pact = typeof Pact.Type

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Pact))

/** Reads a pact from its file. */
export const readPact = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  const text = yield* Effect.mapError(
    fs.readFileString(file),
    ({ reason }) =>
      new PactError({ file, problem: reason._tag === "NotFound" ? "there is no such file" : reason.message })
  )
  return yield* Effect.mapError(decode(text), ({ issue }) => new PactError({ file, problem: describeIssue(issue) }))
})

/** The same pact with one of its interactions, as JSON. */
export const withOnly = (pact: Pact, interaction: Interaction): string =>
  JSON.stringify({ ...pact, interactions: [interaction] })
