import { Schema } from "effect"
import { makeNewest, retained } from "./Newest.ts"

/** A received call is an operation, or `unknown` for a path or method that the API does not have. */
export type Called<Operation extends string> = Operation | "unknown"

/**
 * Makes the schema of a received call. `path` includes the query as sent. `status` is null until the call is answered.
 * `body` is the JSON that was sent, or null. `at` is in milliseconds since 1970.
 */
export const makeRecordedCall = <Operation extends string>(operation: Schema.Codec<Called<Operation>>) =>
  Schema.Struct({
    operation,
    method: Schema.String,
    path: Schema.String,
    status: Schema.NullOr(Schema.Int),
    body: Schema.Json,
    at: Schema.Int
  })

/** A call as it was received. */
export type RecordedCall<Operation extends string> = ReturnType<typeof makeRecordedCall<Operation>>["Type"]

/** The number of calls of each operation. */
export type Counts<Operation extends string> = Readonly<Record<Called<Operation>, number>>

/** Makes an empty log for calls of these operations. */
export const makeCallLog = <Operation extends string>(operations: ReadonlyArray<Operation>) => {
  const newest = makeNewest<{ call: RecordedCall<Operation> }>(retained)
  const counts = new Map<Called<Operation>, number>()
  const reset = () => {
    newest.clear()
    for (const operation of [...operations, "unknown"] as const) counts.set(operation, 0)
  }
  reset()
  return {
    /** Records a call that has no answer yet. The returned function records the status of its answer. */
    begin: (call: Omit<RecordedCall<Operation>, "status">) => {
      const entry: { call: RecordedCall<Operation> } = { call: { ...call, status: null } }
      newest.push(entry)
      counts.set(call.operation, (counts.get(call.operation) ?? 0) + 1)
      return (status: number): void => {
        entry.call = { ...entry.call, status }
      }
    },
    /** The newest 10,000 calls, oldest first. */
    calls: (): ReadonlyArray<RecordedCall<Operation>> => newest.values().map(({ call }) => call),
    /** The number of calls of each operation since the start or reset. */
    counts: () => Object.fromEntries(counts) as Counts<Operation>,
    reset
  }
}
