/** Requests that are refused before any handover: each is one event of the journal. */
import { Clock, Effect } from "effect"
import { HttpServerRequest } from "effect/http"
import type { Journal } from "../../handover/Journal.ts"
import { nowMillis } from "../../std/clock.ts"
import { snakeCase } from "../../std/snakeCase.ts"
import { correlated, correlationId } from "../problem/correlation.ts"
import { problemBody } from "../problem/problemBody.ts"
import type { Problem } from "../problem/wire.ts"
import { DOCTOR_REASON, saysDoctor } from "./doctorProbe.ts"

/** Why credentials were refused: there were none, they were wrong, or their time had passed. */
export type CredentialsReason = "missing" | "wrong" | "expired"

/** When a request came, and its id. */
export interface Arrival {
  /** In milliseconds since 1970. */
  readonly at: number
  /** In milliseconds on the monotonic clock. */
  readonly startedAt: number
  readonly correlationId: string
  /** It says that it is one of `doctor`'s. */
  readonly saysDoctor: boolean
}

/** Notes the arrival of the current request. */
export const arrive: Effect.Effect<Arrival, never, HttpServerRequest.HttpServerRequest> = Effect.all({
  at: Clock.currentTimeMillis,
  startedAt: nowMillis,
  correlationId,
  saysDoctor: Effect.map(HttpServerRequest.HttpServerRequest, ({ headers }) => saysDoctor(headers))
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
  { at, correlationId, saysDoctor, startedAt }: Arrival,
  problem: Problem,
  { credentials = "wrong", detail = problem.detail, isStranger }: RefusalOptions
) {
  const { _tag, error, status } = problem
  const isRefused = _tag === "CredentialsRefused"
  // With wrong credentials it may be a guess, and any other problem is one whoever has it.
  const isDoctor =
    saysDoctor && (isRefused ? credentials === "missing" : !isStranger && error === "Missing required fields")
  const reason = isRefused ? `credentials_${credentials}` : snakeCase(error)
  yield* journal.record({
    _tag: "Refusal",
    at,
    took: (yield* nowMillis) - startedAt,
    correlationId,
    reason: isDoctor ? DOCTOR_REASON : reason,
    status,
    error,
    detail,
    isStranger,
    ...(isStranger ? {} : { answer: problemBody(correlated(problem, correlationId)) })
  })
})
