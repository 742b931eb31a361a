/** How metrics are counted and measured. */
import { Context, Effect, type Fiber, Metric, References, type Scope, Tracer } from "effect"

type Attributes = Readonly<Record<string, string>>

interface Node<M> {
  readonly next: Map<string | undefined, Node<M>>
  series: M | undefined
}

/**
 * A metric's series, by their labels: each is made once, with its labels, so that to count means no more than that. The values of labels must be few, and
 * their order the same.
 */
const seriesBy = <M>(make: (attributes: Attributes) => M) => {
  const known: Node<M> = { next: new Map(), series: undefined }
  return (attributes: Attributes): M => {
    let node = known
    // Value by value: to join them costs more than to count.
    for (const name in attributes) {
      let next = node.next.get(attributes[name])
      if (next === undefined) {
        next = { next: new Map(), series: undefined }
        node.next.set(attributes[name], next)
      }
      node = next
    }
    node.series ??= make(attributes)
    return node.series
  }
}

/** The series of a counter. */
export const counters = ({ description, id }: Metric.Counter<number>) =>
  seriesBy((attributes) => Metric.counter(id, { ...told(description), incremental: true, attributes }))

/** The series of a gauge. */
export const gauges = ({ description, id }: Metric.Gauge<number>) =>
  seriesBy((attributes) => Metric.gauge(id, { ...told(description), attributes }))

/** The series of a histogram whose ranges end at these numbers. */
export const histograms = ({ description, id }: Metric.Histogram<number>, boundaries: ReadonlyArray<number>) =>
  seriesBy((attributes) => Metric.histogram(id, { ...told(description), boundaries, attributes }))

const told = (description: string | undefined) => (description === undefined ? {} : { description })

/** Counts one, or so many. What is on the path of every handover counts in the step that it is in, rather than in one more. */
export const add = (fiber: Fiber.Fiber<unknown, unknown>, metric: Metric.Metric<number, unknown>, number = 1): void =>
  metric.updateUnsafe(number, fiber.context)

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

/** Whether a span that is not sampled has none within it: so where it is known that nobody looks at such ones. Default false: other tracers may do with them what they like. */
export const OnlySampled = Context.Reference<boolean>("cognigy-cxone-router/OnlySampled", { defaultValue: () => false })

/** Whether spans are made at a fiber. */
export const isTraced = (fiber: Fiber.Fiber<unknown, unknown>): boolean => {
  if (!fiber.getRef(References.TracerEnabled)) return false
  if (!fiber.getRef(OnlySampled)) return true
  const parent = Context.getOrUndefined(fiber.context, Tracer.ParentSpan)
  return parent?._tag !== "Span" || parent.sampled
}

/** A span around an effect where spans are made; where they are not, nothing. */
export const spanned =
  (name: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.withFiber(
      (fiber): Effect.Effect<A, E, R> =>
        isTraced(fiber)
          ? (Effect.withSpan(effect, name, { captureStackTrace: false }) as Effect.Effect<A, E, R>)
          : effect
    )

/** Says something of a fiber's span; `undefined` where no spans are made. */
export const described = (
  fiber: Fiber.Fiber<unknown, unknown>,
  attributes: Readonly<Record<string, unknown>>
): Effect.Effect<void> | undefined => (isTraced(fiber) ? Effect.annotateCurrentSpan(attributes) : undefined)
