import type { Random } from "effect"
import type { Fault, PendingFault } from "./Fault.ts"

type Delay = Extract<Fault, { readonly kind: "delay" }>

/** The faults that strike one call: at most one delay and at most one other. */
export interface Strike {
  readonly delay: Delay | undefined
  readonly fault: Exclude<Fault, Delay> | undefined
}

type Ordered<F> = { -readonly [K in keyof PendingFault<F>]: PendingFault<F>[K] }

const nothing: Strike = { delay: undefined, fault: undefined }

/** Makes an empty plan. Shares are drawn from `random`. */
export const makeFaultPlan = <Operation extends string>(random: Random.Random) => {
  let ordered: ReadonlyArray<Ordered<Fault<Operation>>> = []

  const strikes = (entry: Ordered<Fault<Operation>>): boolean => {
    if (entry.fault.share !== undefined && random.nextDoubleUnsafe() >= entry.fault.share) return false
    if (entry.timesLeft !== null) entry.timesLeft--
    if (entry.fault.every !== undefined) entry.skipLeft = entry.fault.every - 1
    return true
  }

  return {
    order: (fault: Fault<Operation>): void => {
      const { every, share, skip = 0, times = 1 } = fault
      const runsOut = share === undefined && every === undefined
      ordered = [...ordered, { fault, skipLeft: skip + (every ?? 1) - 1, timesLeft: runsOut ? times : null }]
    },
    clear: (): void => {
      ordered = []
    },
    /** Takes the faults that strike the next call of an operation, and uses them up. */
    next: (operation: string): Strike => {
      if (ordered.length === 0) return nothing
      let delay: Strike["delay"]
      let other: Strike["fault"]
      for (const entry of ordered) {
        const fault: Fault = entry.fault
        if (fault.operation !== "any" && fault.operation !== operation) continue
        if (entry.skipLeft > 0) {
          // Skips count calls, whether or not another fault strikes them.
          entry.skipLeft--
        } else if (fault.kind === "delay") {
          if (delay === undefined && strikes(entry)) delay = fault
        } else if (other === undefined && strikes(entry)) {
          other = fault
        }
      }
      ordered = ordered.filter((entry) => entry.timesLeft !== 0)
      return { delay, fault: other }
    },
    pending: (): ReadonlyArray<PendingFault<Fault<Operation>>> => ordered.map((entry) => ({ ...entry }))
  }
}
