/** How metrics are counted and measured. */
import { Effect, Metric, type Scope } from "effect"

type Attributes = Readonly<Record<string, string>>

/** A metric's series, by their labels: each is made once. The values of labels must be few. */
export const series = <Input, State>(metric: Metric.Metric<Input, State>) => {
  const known = new Map<string, Metric.Metric<Input, State>>()
  return (attributes: Attributes): Metric.Metric<Input, State> => {
    const key = Object.values(attributes).join("\n")
    const one = known.get(key) ?? Metric.withAttributes(metric, attributes)
    known.set(key, one)
    return one
  }
}

/** Counts one. */
export const count = (metric: Metric.Metric<number, unknown>): Effect.Effect<void> => Metric.update(metric, 1)

/** Shows series at 0 from the start: what first comes with a value other than 0 does not count as an increase. */
export const declare = (metrics: ReadonlyArray<Metric.Metric<number, unknown>>): Effect.Effect<void> =>
  Effect.forEach(metrics, (metric) => Metric.update(metric, 0), { discard: true })

/** Shows a number as it is whenever somebody asks, until the scope closes. */
export const observe = (
  metric: Metric.Metric<number, Metric.GaugeState<number>>,
  read: () => number
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    const context = yield* Effect.context<never>()
    const nothing = () => undefined
    const hooks = { get: () => ({ value: read() }), update: nothing, modify: nothing }
    const registration = Metric.registerUnsafe(metric, context, hooks)
    yield* Effect.addFinalizer(() => Effect.sync(() => registration.remove()))
  })

/** A name such as `DeadlineExceeded` or `Invalid payload`, as values of labels are written: `deadline_exceeded`, `invalid_payload`. */
export const snakeCase = (name: string): string =>
  name
    .replace(/(?<=[a-z])(?=[A-Z])/g, "_")
    .replaceAll(" ", "_")
    .toLowerCase()

/** How many names a label may have; those that come later count as `other`. */
const MAX_NAMES = 200

/** Bounds the values of a label that others choose. */
export const boundedNames = () => {
  const known = new Set<string>()
  return (name: string): string => {
    if (known.size < MAX_NAMES) known.add(name)
    return known.has(name) ? name : "other"
  }
}
