/** How metrics are counted and measured. */
import { Effect, type Fiber, Metric, References } from "effect"

export { boundedNames } from "./boundedNames.ts"
export { count, declare, observe } from "./metrics.ts"
export { snakeCase } from "./snakeCase.ts"

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

/** Whether spans are made at a fiber. */
export const isTraced = (fiber: Fiber.Fiber<unknown, unknown>): boolean => fiber.getRef(References.TracerEnabled)

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
