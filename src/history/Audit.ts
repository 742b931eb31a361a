/** The audit list: what operators did in the console. */
import { Context, type Effect } from "effect"
import type { HistoryUnavailable } from "./History.ts"

/** An action of an operator. */
export interface Action {
  /** A UUID of version 7. */
  readonly id: string
  /** In milliseconds since 1970. */
  readonly at: number
  /** The user of the console. */
  readonly who: string
  /** `log_in`, `log_in_failed`, `log_out`, `hand_over_again`, `try_payload`, `check_table`, `erase`, … */
  readonly what: string
  /** The subject, such as the id of a handover. No secrets, no words of customers. */
  readonly subject: string | null
}

/** The audit list. */
export class Audit extends Context.Service<
  Audit,
  {
    /** Adds an action, now. An action that cannot be recorded is not done. */
    readonly record: (action: Pick<Action, "who" | "what" | "subject">) => Effect.Effect<void, HistoryUnavailable>
    /** Actions, newest first; those before one of them, by its id. */
    readonly list: (page: {
      readonly limit: number
      readonly before?: string
    }) => Effect.Effect<ReadonlyArray<Action>, HistoryUnavailable>
  }
>()("cognigy-cxone-router/history/Audit") {}
