/** Recorded traffic under another table. */
import type { Detail, Entry } from "../Entry.ts"
import { recordedOf } from "./Recorded.ts"
import type { ReplayTable } from "./ReplayTable.ts"
import { type Routed, recordedRoute, routedKey } from "./Routed.ts"

/** A recorded handover, as an example. */
export interface Example {
  readonly id: string
  /** When its request came, in milliseconds since 1970. */
  readonly at: number
  readonly intent: string | null
}

/** Handovers that would go from one place to the same other one. */
export interface Change {
  readonly from: {
    readonly routed: Routed
    readonly rule: string | null
    /** The version of the table that decided, in the newest of them. */
    readonly table: string | null
  }
  readonly to: {
    readonly routed: Routed
    /** Several if any of them may decide; none if no rule does. */
    readonly rules: ReadonlyArray<string>
  }
  readonly count: number
  /** The newest ones. */
  readonly examples: ReadonlyArray<Example>
}

/** Handovers that cannot be decided, since the same member was not recorded. A handover that lacks several counts for each. */
export interface Untold {
  /** Its path in conditions: `entities.tier`, `data.customer.tier`, `confidence`, `percentage`; `hours.NAME` for hours that changed while it was handled. */
  readonly member: string
  /** The rules that look at it. */
  readonly rules: ReadonlyArray<string>
  readonly count: number
  /** The newest ones. */
  readonly examples: ReadonlyArray<Example>
}

/** Recorded traffic under another table. */
export interface ReplaySummary {
  /** Handovers that came to a decision, without copies. */
  readonly decided: number
  /** Those of them that would go elsewhere. */
  readonly changed: number
  /** Those of them that cannot be told. */
  readonly untold: number
  /** Those of them that would go to the same place, by a rule of another name. */
  readonly renamed: number
  /** Copies of other requests: left out. */
  readonly copies: number
  /** Requests that came to no decision: left out. */
  readonly undecided: number
  /** The oldest and the newest handover that came to a decision, in milliseconds since 1970. */
  readonly period: { readonly from: number; readonly to: number } | undefined
  /** By the places and the rules, the most frequent first. */
  readonly changes: ReadonlyArray<Change>
  /** Changed handovers that `changes` does not list, because there are too many different ones. */
  readonly unlisted: number
  /** The most frequent first. */
  readonly missing: ReadonlyArray<Untold>
}

/** The most different changes that are listed: where entities name agents there may be as many as agents. */
const MAX_CHANGES = 1000

interface Counted<A> {
  readonly what: A
  count: number
  readonly examples: Array<Example>
}

const byCount = (one: Counted<unknown>, other: Counted<unknown>) => other.count - one.count

/** Adds up a replay. Entries come newest first. */
export interface Tally {
  readonly add: (entry: Entry & Detail) => void
  readonly summary: () => ReplaySummary
}

/** Starts to add up what a table would have done, with at most so many examples of each change. */
export const makeTally = (table: ReplayTable, examples: number): Tally => {
  const totals = { decided: 0, changed: 0, untold: 0, renamed: 0, copies: 0, undecided: 0, unlisted: 0 }
  const changes = new Map<string, Counted<Pick<Change, "from" | "to">>>()
  const missing = new Map<string, Counted<Set<string>>>()
  let period: ReplaySummary["period"]

  const count = <A>(counted: Counted<A>, { at, id, intent }: Entry) => {
    counted.count++
    if (counted.examples.length < examples) counted.examples.push({ id, at, intent })
  }

  const addChange = (entry: Entry, from: Routed, to: Change["to"]) => {
    const { rule, table } = entry
    const key = JSON.stringify([routedKey(from), rule, routedKey(to.routed), to.rules])
    const known = changes.get(key)
    if (known === undefined && changes.size >= MAX_CHANGES) {
      totals.unlisted++
      return
    }
    const change = known ?? { what: { from: { routed: from, rule, table }, to }, count: 0, examples: [] }
    changes.set(key, change)
    count(change, entry)
  }

  return {
    add: (entry) => {
      const from = recordedRoute(entry)
      if (from === "copy") totals.copies++
      else if (from === undefined) totals.undecided++
      if (from === "copy" || from === undefined) return
      totals.decided++
      period = { from: Math.min(entry.at, period?.from ?? entry.at), to: Math.max(entry.at, period?.to ?? entry.at) }
      const replayed = table.decide(recordedOf(entry))
      if ("missing" in replayed) {
        totals.untold++
        const counted = new Set<string>()
        for (const { member, rule } of replayed.missing) {
          const untold = missing.get(member) ?? { what: new Set(), count: 0, examples: [] }
          missing.set(member, untold)
          untold.what.add(rule)
          if (!counted.has(member)) count(untold, entry)
          counted.add(member)
        }
      } else if (routedKey(replayed.routed) !== routedKey(from)) {
        totals.changed++
        addChange(entry, from, replayed)
      } else if (!replayed.rules.some((rule) => rule === entry.rule) && entry.rule !== null) totals.renamed++
    },
    summary: () => ({
      ...totals,
      period,
      changes: [...changes.values()]
        .toSorted(byCount)
        .map(({ count, examples, what: { from, to } }) => ({ from, to, count, examples })),
      missing: [...missing.entries()]
        .toSorted(([, one], [, other]) => byCount(one, other))
        .map(([member, { count, examples, what }]) => ({ member, rules: [...what], count, examples }))
    })
  }
}
