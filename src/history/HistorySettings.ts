/** What the history keeps, and for how long: `HISTORY_*` and `KEEP_FAILED`. */
import { Duration } from "effect"

/** What the history keeps, and for how long. */
export interface HistorySettings {
  /** How long an entry is kept. */
  readonly retention: Duration.Duration
  /** The ids of users: as they are, as a digest by which the exact id can still be found, or not at all. */
  readonly userIds: "plain" | "hashed" | "off"
  /** Of requests: what the live table's rules look at, or nothing. */
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
