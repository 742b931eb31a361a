import { makeNewest, retained } from "./Newest.ts"
import type { CalledOperation } from "./Operation.ts"
import type { RecordedCall } from "./SimulatorState.ts"

/** The calls received so far. */
export interface CallLog {
  /** Records a call that has no answer yet, and gives back how to record the status of its answer. */
  readonly begin: (call: Omit<RecordedCall, "status">) => (status: number) => void
  /** The newest 10,000 calls, oldest first. */
  readonly calls: () => ReadonlyArray<RecordedCall>
  /** How many calls of each operation arrived since the start or reset. */
  readonly counts: () => Readonly<Record<CalledOperation, number>>
  readonly reset: () => void
}

const noCalls: Readonly<Record<CalledOperation, number>> = {
  token: 0,
  whoami: 0,
  queue: 0,
  agent: 0,
  open: 0,
  findActive: 0,
  action: 0,
  label: 0,
  unknown: 0
}

/** Makes an empty log. */
export const makeCallLog = (): CallLog => {
  const newest = makeNewest<{ -readonly [K in keyof RecordedCall]: RecordedCall[K] }>(retained)
  let counts = { ...noCalls }
  return {
    begin: ({ operation, method, path, body, at }) => {
      const call = { operation, method, path, status: null as number | null, body, at }
      newest.push(call)
      counts[operation]++
      return (status) => {
        call.status = status
      }
    },
    calls: () => newest.values().map((call) => ({ ...call })),
    counts: () => ({ ...counts }),
    reset: () => {
      newest.clear()
      counts = { ...noCalls }
    }
  }
}
