/** Parts of the committed pacts. */
import { Effect, FileSystem, Schema } from "effect"

const Json = Schema.Record(Schema.String, Schema.Json)

const Replayed = Schema.StructWithRest(Schema.Struct({ description: Schema.String }), [Json])

const Pact = Schema.fromJsonString(
  Schema.StructWithRest(Schema.Struct({ interactions: Schema.Array(Replayed) }), [Json])
)

/** Writes a pact with some of the interactions of this one, or changed ones, to a file that lasts as long as the scope. */
export const partOf = Effect.fnUntraced(function* (
  committed: string,
  choose: (interaction: typeof Replayed.Type) => ReadonlyArray<typeof Replayed.Type>
) {
  const fs = yield* FileSystem.FileSystem
  const pact = yield* Schema.decodeEffect(Pact)(yield* fs.readFileString(committed))
  const file = yield* fs.makeTempFileScoped({ suffix: ".json" })
  const chosen = { ...pact, interactions: pact.interactions.flatMap(choose) }
  yield* fs.writeFileString(file, yield* Schema.encodeEffect(Pact)(chosen))
  return file
})

/** The same with the interactions that have these descriptions. */
export const described = (committed: string, descriptions: ReadonlyArray<string>) =>
  partOf(committed, (interaction) => (descriptions.includes(interaction.description) ? [interaction] : []))
