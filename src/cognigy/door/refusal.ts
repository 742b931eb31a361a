/** Requests that are refused before any handover: each is one event of the journal. */
import { Clock, Effect } from "effect"
import type { HttpServerRequest } from "effect/http"
import type { Journal } from "../../handover/Journal.ts"
import { nowMillis } from "../../std/clock.ts"
import { snakeCase } from "../../std/snakeCase.ts"
import { correlationId } from "../problem/correlation.ts"
import type { Problem } from "../problem/wire.ts"

/** Why credentials were refused: there were none, they were wrong, or their time had passed. */
export type CredentialsReason = "missing" | "wrong" | "expired"

/** When a request came, and its id. */
export interface Arrival {
  /** In milliseconds since 1970. */
  readonly at: number
  /** In milliseconds on the monotonic clock. */
  readonly startedAt: number
  readonly correlationId: string
}

/** Notes the arrival of the current request. */
export const arrive: Effect.Effect<Arrival, never, HttpServerRequest.HttpServerRequest> = Effect.all({
  at: Clock.currentTimeMillis,
  startedAt: nowMillis,
  correlationId
})

/** Facts about the sender, and details that the answer does not have. */
export interface RefusalOptions {
  /** The sender has not shown who they are. */
  readonly isStranger: boolean
  /** Why the credentials were refused. Default: they were wrong. */
  readonly credentials?: CredentialsReason
  /** Default: the problem's. */
  readonly detail?: string
}

/** Tells the journal that a request was refused. */
export const recordRefusal = Effect.fnUntraced(function* (
  journal: Journal["Service"],
  { at, correlationId, startedAt }: Arrival,
  problem: Problem,
  { credentials = "wrong", detail = problem.detail, isStranger }: RefusalOptions
) {
  const { _tag, error, status } = problem
  yield* journal.record({
    _tag: "Refusal",
    at,
    took: (yield* nowMillis) - startedAt,
    correlationId,
    reason: _tag === "CredentialsRefused" ? `credentials_${credentials}` : snakeCase(error),
    status,
    error,
    detail,
    isStranger
  })
})
