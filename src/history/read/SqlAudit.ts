/** The audit list over SQL. */
import { randomBytes } from "node:crypto"
import { Clock, Effect, Layer, Option, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { Audit } from "../Audit.ts"
import { bounded } from "./bounded.ts"
import { BigIntNumber } from "./rows.ts"

const decode = Schema.decodeUnknownOption(
  Schema.Struct({
    id: Schema.String,
    at: BigIntNumber,
    who: Schema.String,
    what: Schema.String,
    subject: Schema.NullOr(Schema.String)
  })
)

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const { uuidV7 } = SecureRandom.make(randomBytes)
  return Audit.of({
    record: Effect.fnUntraced(function* ({ subject, what, who }) {
      const at = yield* Clock.currentTimeMillis
      yield* bounded(sql`INSERT INTO audit ${sql.insert({ id: yield* uuidV7(), at, who, what, subject })}`)
    }),
    list: ({ before, limit }) =>
      Effect.map(
        bounded(
          sql`SELECT id, at, who, what, subject FROM audit WHERE ${sql.and(before === undefined ? [] : [sql`id < ${before}`])} ORDER BY id DESC LIMIT ${limit}`
        ),
        (rows) => rows.flatMap((row) => Option.toArray(decode(row)))
      )
  })
})

/** The audit list in the database. */
export const layer: Layer.Layer<Audit, never, SqlClient.SqlClient> = Layer.effect(Audit, make)
