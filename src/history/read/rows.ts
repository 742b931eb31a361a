/** The rows of the table `handovers` as entries. */
import { Option, Schema, SchemaGetter } from "effect"
import { Target, targetKey } from "../../domain/Target.ts"
import { Detail, Entry } from "../Entry.ts"

/** The columns of an entry, by its members. */
export const COLUMNS = [
  "id",
  "at",
  "took",
  "tenant",
  "outcome",
  "reason",
  "status",
  "rule",
  'table_version AS "table"',
  "target",
  'conversation_id AS "conversationId"',
  "intent",
  "language",
  "channel",
  'user_id AS "userId"',
  'session_id AS "sessionId"',
  'correlation_id AS "correlationId"',
  'first_id AS "firstId"',
  'again_of AS "againOf"'
].join(", ")

/** Postgres returns its bigints as text. */
export const BigIntNumber = Schema.Union([Schema.Finite, Schema.FiniteFromString])

/** A target as `queue:ID`. */
const TargetFromText = Schema.String.pipe(
  Schema.decodeTo(Target, {
    decode: SchemaGetter.transform((text) => {
      const colon = text.indexOf(":")
      return { type: text.slice(0, colon) as Target["type"], id: text.slice(colon + 1) }
    }),
    encode: SchemaGetter.transform(targetKey)
  })
)

/** An entry's row. */
const EntryRow = Schema.Struct({ ...Entry.fields, at: BigIntNumber, target: Schema.NullOr(TargetFromText) })

const Rest = Schema.Struct({ detail: Schema.fromJsonString(Detail) })

const decodeEntry = Schema.decodeUnknownOption(EntryRow)

const decodeRest = Schema.decodeUnknownOption(Rest)

/** A row of the database. */
export type Row = { readonly id: string; readonly [column: string]: unknown }

/** The entry of a row; none when another version of the router has written what this one cannot read. */
export const toEntry: (row: Row) => Option.Option<Entry> = decodeEntry

/** The entry of a row with its rest. */
export const toWhole = (row: Row): Option.Option<Entry & Detail> =>
  Option.zipWith(decodeEntry(row), decodeRest(row), (entry, { detail }) => ({ ...entry, ...detail }))
