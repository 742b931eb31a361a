/** Numbers of the process, from the registry of metrics. */
import { Effect, Metric } from "effect"

/** The numbers of CXone and of the history, for people. */
export interface Numbers {
  /** The worst state of each circuit that is not closed. */
  readonly circuits: ReadonlyArray<{ readonly circuit: string; readonly state: "half open" | "open" }>
  /** In seconds; `undefined` without a token. */
  readonly tokenAge: number | undefined
  /** Conversations whose labels wait to be sent. */
  readonly labelsWaiting: number
  /** Calls that waited under our own rate limit, since the start. */
  readonly ownLimit: number
  /** Answers 429 of CXone, since the start. */
  readonly theirLimit: number
  /** Entries of the history that were dropped, since the start. */
  readonly dropped: number
  /** Entries of the history that wait to be written. */
  readonly waiting: number
  /** Whether the database answers; `undefined` where nothing says so. */
  readonly isDatabaseUp: boolean | undefined
}

const numberOf = (metric: Metric.Metric.Snapshot): number =>
  metric.type === "Counter" ? Number(metric.state.count) : metric.type === "Gauge" ? Number(metric.state.value) : 0

const attributeOf = ({ attributes }: Metric.Metric.Snapshot, name: string): string | undefined =>
  (attributes as Readonly<Record<string, string>> | undefined)?.[name]

/** The numbers now. */
export const numbers: Effect.Effect<Numbers> = Effect.map(Metric.snapshot, (snapshot) => {
  const series = Map.groupBy(snapshot, ({ id }) => id)
  const of = (id: string) => series.get(id) ?? []
  const sum = (id: string) => of(id).reduce((sum, metric) => sum + numberOf(metric), 0)
  const [tokenAge] = of("cxone_token_age_seconds").map(numberOf)
  const [database] = of("router_database_up").map(numberOf)
  return {
    circuits: of("cxone_circuit_state").flatMap((metric) => {
      const value = numberOf(metric)
      if (value === 0) return []
      return [{ circuit: attributeOf(metric, "circuit") ?? "", state: value === 1 ? "half open" : "open" } as const]
    }),
    tokenAge: tokenAge === undefined || tokenAge < 0 ? undefined : tokenAge,
    labelsWaiting: sum("cxone_labels_pending"),
    ownLimit: sum("cxone_rate_limit_waits_total"),
    theirLimit: of("cxone_calls_total")
      .filter((metric) => attributeOf(metric, "status") === "429")
      .reduce((sum, metric) => sum + numberOf(metric), 0),
    dropped: sum("router_history_dropped_total"),
    waiting: sum("router_history_queue"),
    isDatabaseUp: database === undefined ? undefined : database > 0
  }
})
