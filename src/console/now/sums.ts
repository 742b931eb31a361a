/** Counts of minutes, added up for the page. */
import type { Outcome } from "../../history/Entry.ts"
import type { MinuteCount } from "../../history/History.ts"
import { percentile } from "../../history/latency.ts"
import { firstMinute, MINUTE, MINUTES } from "./LastHour.ts"

type Counts = ReadonlyArray<MinuteCount>

/** Times to the answer that half, 95 % and 99 % do not exceed, in milliseconds; `undefined` without handovers. */
export interface Times {
  readonly p50: number | undefined
  readonly p95: number | undefined
  readonly p99: number | undefined
}

/** The outcomes for which CXone was called: the others are answered at once, and would make times look better than they are. */
const isTimed = ({ outcome }: MinuteCount) => outcome === "success" || outcome === "failed"

/** The number of handovers. */
export const total = (counts: Counts): number => counts.reduce((sum, { count }) => sum + count, 0)

/** The number of those with an outcome. */
export const totalOf = (counts: Counts, outcome: Outcome): number =>
  total(counts.filter((count) => count.outcome === outcome))

/** The times to the answer. */
export const timesOf = (counts: Counts): Times => {
  const timed = counts.filter(isTimed)
  const at = (share: number) => percentile(timed, share)
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}

/** The series of the charts: a number for each minute, the oldest first. */
export interface Charts {
  /** The starts of the minutes, in seconds since 1970. */
  readonly minutes: ReadonlyArray<number>
  readonly outcomes: Readonly<Record<Outcome, ReadonlyArray<number>>>
  /** In milliseconds; `null` without handovers. */
  readonly times: Readonly<Record<keyof Times, ReadonlyArray<number | null>>>
}

/** The series of the last hour. */
export const chartsOf = (counts: Counts, now: number): Charts => {
  const first = firstMinute(now)
  const minutes = Array.from({ length: MINUTES }, (_, index) => first + index * MINUTE)
  const byMinute = Map.groupBy(counts, ({ minute }) => minute)
  const each = minutes.map((minute) => byMinute.get(minute) ?? [])
  const countsOf = (outcome: Outcome) => each.map((counts) => totalOf(counts, outcome))
  const times = each.map(timesOf)
  const series = (name: keyof Times) =>
    times.map((times) => (times[name] === undefined ? null : Math.round(times[name])))
  return {
    minutes: minutes.map((minute) => minute / 1000),
    outcomes: {
      success: countsOf("success"),
      repeated: countsOf("repeated"),
      rejected: countsOf("rejected"),
      refused: countsOf("refused"),
      failed: countsOf("failed")
    },
    times: { p50: series("p50"), p95: series("p95"), p99: series("p99") }
  }
}

/** The handovers of one rule, or to one target. */
export interface Group extends Times {
  /** The rule's name, or `queue:ID` or `agent:ID`; `null` where there is none. */
  readonly key: string | null
  readonly count: number
  readonly failed: number
}

/** The handovers by rule or by target, most first. */
export const groupsOf = (counts: Counts, by: "rule" | "target"): ReadonlyArray<Group> =>
  [...Map.groupBy(counts, (count) => count[by])]
    .map(([key, counts]) => ({ key, count: total(counts), failed: totalOf(counts, "failed"), ...timesOf(counts) }))
    .toSorted((one, other) => other.count - one.count)
