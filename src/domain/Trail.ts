/** The trail of a handover: each call, wait and target, with times and outcomes. The journal's event holds it. */
import { Context, Effect, Schema } from "effect"
import { nowMillis } from "../std/clock.ts"

/** One step of a handover. */
export const Step = Schema.Struct({
  /** A call to the contact centre, a wait before the next one, or a target that was tried. */
  kind: Schema.Literals(["call", "wait", "target"]),
  /** The call's operation, the reason for the wait, or the target's type and id. */
  name: Schema.String,
  /** When it began, in milliseconds after the handover did. */
  after: Schema.Finite,
  /** How long it took, in milliseconds; for a planned wait, how long it will take. */
  took: Schema.Finite,
  /** How it ended: a status, `timeout`, `connection`, `not_tried`, `interrupted`, `planned` or `over` for waits, and `accepted`, `refused` or `failed` for targets. */
  outcome: Schema.String
})

/** One step of a handover. */
export type Step = typeof Step.Type

/** The steps so far. */
export interface Trail {
  /** When the handover began, in milliseconds on the monotonic clock. */
  readonly startedAt: number
  /** In the order in which they ended. */
  readonly steps: Array<Step>
}

/** The trail of the handover in progress, if there is one. */
export const CurrentTrail = Context.Reference<Trail | undefined>("cognigy-cxone-router/domain/Trail", {
  defaultValue: () => undefined
})

/** The most steps that a trail keeps: a handover with every retry has fewer. */
const MAX_STEPS = 100

/** Starts a trail. */
export const make: Effect.Effect<Trail> = Effect.map(nowMillis, (startedAt) => ({ startedAt, steps: [] }))

/** Adds a step that began at `startedAt` and ends now, or takes as long as `took` says (both in milliseconds). */
export const add = (step: {
  /** As in `Step`. */
  readonly kind: Step["kind"]
  /** As in `Step`. */
  readonly name: string
  /** In milliseconds on the monotonic clock. Default now. */
  readonly startedAt?: number
  /** In milliseconds. Default until now. */
  readonly took?: number
  /** As in `Step`. */
  readonly outcome: string
}): Effect.Effect<void> =>
  Effect.flatMap(CurrentTrail, (trail) => {
    if (trail === undefined || trail.steps.length >= MAX_STEPS) return Effect.void
    const { kind, name, outcome, startedAt, took } = step
    const push = (startedAt: number, took: number) => {
      trail.steps.push({ kind, name, after: round(startedAt - trail.startedAt), took: round(took), outcome })
    }
    if (startedAt !== undefined && took !== undefined) return Effect.sync(() => push(startedAt, took))
    return Effect.map(nowMillis, (now) => push(startedAt ?? now, took ?? now - (startedAt ?? now)))
  })

/** Milliseconds, exact to the microsecond. */
export const round = (millis: number) => Math.round(millis * 1000) / 1000
