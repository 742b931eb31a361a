import { Context } from "effect"

/** The deadline of the work in progress, in milliseconds on the monotonic clock; infinite by default. */
export const CurrentDeadline = Context.Reference<number>("cognigy-cxone-router/domain/Deadline", {
  defaultValue: () => Number.POSITIVE_INFINITY
})
