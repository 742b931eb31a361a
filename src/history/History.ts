/** The history: what happened to each handover. Reading it never holds up a handover. */
import { Context, type Effect, type Option, Schema, type Stream } from "effect"
import type { HandoverRequest } from "../domain/HandoverRequest.ts"
import type { RoutesFile } from "../routing/format/RoutesFile.ts"
import type { Detail, Entry, Outcome } from "./Entry.ts"

/** The history cannot be read or changed now. */
export class HistoryUnavailable extends Schema.TaggedError<HistoryUnavailable>()("HistoryUnavailable", {
  /** Why, in a sentence that people may see: without secrets. */
  message: Schema.String
}) {}

/** A selection of entries: all that is given must hold. */
export interface Filter {
  /** Any of these; an empty list is as none. */
  readonly outcomes?: ReadonlyArray<Outcome>
  readonly rule?: string
  /** `queue:ID` or `agent:ID`. */
  readonly target?: string
  readonly language?: string
  /** The exact id, as the sender has it: it is looked for as it is stored. */
  readonly userId?: string
  readonly sessionId?: string
  readonly correlationId?: string
  /** The handover that the entries are copies of. */
  readonly firstId?: string
  /** The failed handover that the entries did again. */
  readonly againOf?: string
  /** From this time on, in milliseconds since 1970. */
  readonly from?: number
  /** Before this time, in milliseconds since 1970. */
  readonly to?: number
}

/** A part of a selection. */
export interface Page {
  /** At most so many entries. */
  readonly limit: number
  /** Only those that came before this one, by its id; newest first. */
  readonly before?: string
  /** Only those next after this one, by its id: the previous page of a list that is newest first. Not together with `before`. */
  readonly after?: string
}

/** The number of handovers in one minute with the same outcome, rule and target, and about the same time to the answer. */
export interface MinuteCount {
  /** The start of the minute, in milliseconds since 1970. */
  readonly minute: number
  readonly outcome: Outcome
  readonly rule: string | null
  /** `queue:ID` or `agent:ID`. */
  readonly target: string | null
  /** About how long they took, in milliseconds: see `latencyBucket`. */
  readonly took: number
  readonly count: number
}

/** The number of handovers in several minutes with the same outcome and rule; `minute` is the last one. */
export type DecisionCount = Pick<MinuteCount, "count" | "minute" | "outcome" | "rule">

/** A request that is kept whole, so that it can be handed over again. */
export interface KeptRequest {
  readonly request: HandoverRequest
  readonly idempotencyKey: string | undefined
  /** In milliseconds since 1970. */
  readonly keptUntil: number
}

type Read<A> = Effect.Effect<A, HistoryUnavailable>

/** The history. */
export class History extends Context.Service<
  History,
  {
    /** Entries, newest first. */
    readonly find: (filter: Filter, page: Page) => Read<ReadonlyArray<Entry>>
    /** One entry with its rest. */
    readonly get: (id: string) => Read<Option.Option<Entry & Detail>>
    /** All entries of a selection with their rests, newest first, read page by page. */
    readonly stream: (filter: Filter) => Stream.Stream<Entry & Detail, HistoryUnavailable>
    /** The counts of the minutes from one time until before another, in milliseconds since 1970, the oldest first. */
    readonly minutes: (from: number, to: number) => Read<ReadonlyArray<MinuteCount>>
    /** The same counts summed by rule and outcome, each with its last minute: for `ruleUsage` over days. */
    readonly decisions: (from: number, to: number) => Read<ReadonlyArray<DecisionCount>>
    /** The values that filters can have, from the entries of the last week: for lists of choices. */
    readonly choices: Read<{
      readonly rules: ReadonlyArray<string>
      readonly targets: ReadonlyArray<string>
      readonly languages: ReadonlyArray<string>
    }>
    /** The table of a version, as it was recorded when it was live. */
    readonly routes: (version: string) => Read<Option.Option<RoutesFile>>
    /** The whole request of a failed handover, while it is kept. */
    readonly kept: (id: string) => Read<Option.Option<KeptRequest>>
    /** Removes all of a user: entries and kept requests. Returns the number of entries. The exact id, as the sender has it. */
    readonly erase: (userId: string) => Read<number>
    /**
     * The last entries, at most `last` and oldest first, then new ones in the order in which they are written: the entry of a slow handover comes after those of
     * later ones. Each comes once. It waits a minute for a database that is away.
     */
    readonly follow: (filter: Filter, last: number) => Stream.Stream<Entry, HistoryUnavailable>
    /** One element after entries were written, at most every 500 ms. */
    readonly changes: Stream.Stream<void>
  }
>()("cognigy-cxone-router/history/History") {}

/** The version under which the built-in table, which has none, is recorded. */
export const BUILT_IN = "built-in"
