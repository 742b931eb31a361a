/** The settings of the history: `HISTORY_*` and `KEEP_FAILED`. */
import { Duration } from "effect"

/** The settings of the history. */
export interface HistorySettings {
  /** How long an entry is kept. */
  readonly retention: Duration.Duration
  /** The ids of users: `plain`; `hashed`, a digest that still finds an exact id; or `off`. */
  readonly userIds: "plain" | "hashed" | "off"
  /** The members of requests that the live table's rules look at, or nothing. */
  readonly requests: "rules" | "off"
  /** How long the whole request of a failed handover is kept, so that it can be handed over again; zero keeps none. */
  readonly keepFailed: Duration.Duration
}

/** The history where nothing else is set. */
export const DEFAULT_HISTORY: HistorySettings = {
  retention: Duration.days(30),
  userIds: "plain",
  requests: "rules",
  keepFailed: Duration.hours(24)
}
