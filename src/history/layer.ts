/** The history of a router: what records it, and what reads it. */
import type { Layer } from "effect"
import type { SqlClient } from "effect/sql"
import { noHistory } from "../console/noHistory.ts"
import type { Journal } from "../handover/Journal.ts"
import type { RoutingPolicy } from "../routing/RoutingPolicy.ts"
import type { Database } from "../store/Database.ts"
import type { Audit } from "./Audit.ts"
import type { History } from "./History.ts"
import type { HistorySettings } from "./HistorySettings.ts"

/** The history over a database. It is built before handovers are, and so closed after the last of them. */
export const layer = (
  _settings: HistorySettings
): Layer.Layer<Audit | History, never, SqlClient.SqlClient | Database | Journal | RoutingPolicy> => noHistory
