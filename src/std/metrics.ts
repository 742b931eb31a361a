/** Effect's metrics with labels: counters, durations, and gauges that are read on demand. */
import { Duration, Effect, Metric, type Scope } from "effect"

/** Values of labels by name. They must be few: each combination is a series of its own. */
export type Labels = Readonly<Record<string, string>>

/** The series of each metric, by their labels. Effect computes the name of a series again for each new object. */
const series = new WeakMap<object, Map<string, unknown>>()

/** The series of a metric that these labels name. */
const seriesOf = <M extends Metric.Metric<number, unknown>>(metric: M, labels: Labels): M => {
  const known = series.get(metric) ?? new Map<string, unknown>()
  series.set(metric, known)
  const key = JSON.stringify(labels)
  const one = known.get(key) ?? Metric.withAttributes(metric, labels)
  known.set(key, one)
  return one as M
}

/** Adds `by`, 1 if left out, to the series of a counter that these labels name. */
export const count = (metric: Metric.Metric<number, unknown>, labels: Labels = {}, by = 1): Effect.Effect<void> =>
  Metric.update(seriesOf(metric, labels), by)

/** Adds a duration, in seconds, to the series of a histogram that these labels name. */
export const recordDuration = (
  metric: Metric.Histogram<number>,
  duration: Duration.Duration,
  labels: Labels = {}
): Effect.Effect<void> => Metric.update(seriesOf(metric, labels), Duration.toSeconds(duration))

/** Shows series at 0 from the start: Prometheus sees no increase in a series whose first value is above 0. */
export const declare = (metrics: ReadonlyArray<Metric.Metric<number, unknown>>): Effect.Effect<void> =>
  Effect.forEach(metrics, (metric) => Metric.update(metric, 0), { discard: true })

const ignore = () => undefined

/** Shows the number that `read` returns, each time that metrics are read, until the scope closes. */
export const observe = (
  metric: Metric.Metric<number, Metric.GaugeState<number>>,
  read: () => number
): Effect.Effect<void, never, Scope.Scope> => {
  const hooks = { get: () => ({ value: read() }), update: ignore, modify: ignore }
  return Effect.context<never>().pipe(
    // Effect has no safe form of this.
    Effect.map((context) => Metric.registerUnsafe(metric, context, hooks)),
    (registration) => Effect.acquireRelease(registration, ({ remove }) => Effect.sync(remove)),
    Effect.asVoid
  )
}
