/** Postgres' bigint as a number, where a number holds it exactly, as SQLite's adapter has it; else as a bigint. */
import type { PgTypes } from "@effect/sql-pg"
import { Result } from "effect"

const decode = (bytes: Uint8Array): number | bigint => {
  const value = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigInt64(0)
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
}

const encode = (value: number | bigint): Uint8Array => {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigInt64(0, BigInt(value))
  return bytes
}

const codec: PgTypes.Codec<number | bigint> = {
  // A fraction, or a text, is a mistake of the statement's: `BigInt` throws for it, and Effect makes a defect of that.
  encode: (value) => Result.succeed(encode(value)),
  decode: (bytes) => Result.succeed(decode(bytes))
}

/** The codec, for a registry of types. */
export const int8 = { oid: 20, arrayOid: 1016, codec }
