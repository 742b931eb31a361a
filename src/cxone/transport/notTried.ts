import { type Duration, Effect, Metric } from "effect"
import * as Trail from "../../domain/Trail.ts"
import { Unavailable } from "../CXoneError.ts"
import { callsTotal } from "./metrics.ts"

/** Reports a call for which no attempt is made, and fails with the reason. */
export const notTried = (
  dialect: string,
  operation: string,
  detail: string,
  retryAfter?: Duration.Duration
): Effect.Effect<never, Unavailable> =>
  Metric.update(Metric.withAttributes(callsTotal, { dialect, operation, status: "not_tried" }), 1).pipe(
    Effect.andThen(Trail.add({ kind: "call", name: operation, outcome: "not_tried" })),
    Effect.andThen(Effect.fail(new Unavailable({ operation, reason: "NotTried", detail, retryAfter })))
  )
