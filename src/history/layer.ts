/** The history of a router: what records it, and what reads it. */
import { Effect, Layer } from "effect"
import type { SqlClient } from "effect/sql"
import type { Journal } from "../handover/Journal.ts"
import type { RoutingPolicy } from "../routing/RoutingPolicy.ts"
import type { Database } from "../store/Database.ts"
import type { Audit } from "./Audit.ts"
import { History } from "./History.ts"
import type { HistorySettings } from "./HistorySettings.ts"
import * as SqlAudit from "./read/SqlAudit.ts"
import * as SqlHistory from "./read/SqlHistory.ts"
import { Recorder } from "./record/Recorder.ts"

/** Erases the entries that wait to be written, too: they must not be written after the erasure. */
const erasing = Layer.effect(
  History,
  Effect.gen(function* () {
    const history = yield* History
    const { flush } = yield* Recorder
    return { ...history, erase: (userId) => Effect.andThen(flush, history.erase(userId)) }
  })
)

/** The history over a database. It is built before handovers are, and so closed after the last of them. */
export const layer = (
  settings: HistorySettings
): Layer.Layer<Audit | History, never, SqlClient.SqlClient | Database | Journal | RoutingPolicy> =>
  Layer.merge(Layer.provide(erasing, [SqlHistory.layer, Recorder.layer(settings)]), SqlAudit.layer)
