/** The checks of `doctor`, and their findings. */
import { Duration, Effect } from "effect"

/** The default time limit for one answer: longer than CXone or a router may ever take. */
export const PATIENCE = Duration.seconds(10)

/** The result of a check. */
export interface Finding {
  readonly status: "ok" | "warned" | "failed" | "skipped"
  /** The observation, or the reason for skipping the check, in one line. It holds no secret. */
  readonly detail: string
  /** The remedies, one a line; for all but `ok`. */
  readonly instead?: string
}

/** One check. It never fails: a problem is a finding. */
export interface Check<R = never> {
  readonly name: string
  readonly run: Effect.Effect<Finding, never, R>
  /** An earlier check that must be ok; otherwise this one is skipped. */
  readonly needs?: Prerequisite
}

/** An earlier check by its name, and its product, such as `an access token`. */
export interface Prerequisite {
  readonly check: string
  readonly what: string
}

/** A finding without a problem. */
export const ok = (detail: string): Finding => ({ status: "ok", detail })

/** A problem, and its remedy. */
export const failed = (detail: string, instead: string): Finding => ({ status: "failed", detail, instead })

/** Something that works and looks wrong, and its remedy. */
export const warned = (detail: string, instead: string): Finding => ({ status: "warned", detail, instead })

/** A finding for a check that was not run. */
export const skipped = (detail: string, instead?: string): Finding =>
  instead === undefined ? { status: "skipped", detail } : { status: "skipped", detail, instead }

/** A check with a finding that exists already. */
export const ready = (name: string, finding: Finding): Check => ({ name, run: Effect.succeed(finding) })
