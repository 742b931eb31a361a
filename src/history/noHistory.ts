/** The history of a router without a database. */
import { Effect, Layer, Stream } from "effect"
import { Audit } from "./Audit.ts"
import { History, HistoryUnavailable } from "./History.ts"

const unavailable = Effect.fail(new HistoryUnavailable({ message: "This router has no database, and so no history." }))

/** A history and an audit list that cannot be read or written. */
export const noHistory: Layer.Layer<Audit | History> = Layer.mergeAll(
  Layer.succeed(History, {
    find: () => unavailable,
    get: () => unavailable,
    stream: () => Stream.unwrap(unavailable),
    minutes: () => unavailable,
    decisions: () => unavailable,
    choices: unavailable,
    routes: () => unavailable,
    kept: () => unavailable,
    erase: () => unavailable,
    follow: () => Stream.unwrap(unavailable),
    changes: Stream.never
  }),
  Layer.succeed(Audit, { record: () => unavailable, list: () => unavailable })
)
