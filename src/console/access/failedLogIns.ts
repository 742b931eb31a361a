/** Failed log-ins in the audit list: a stranger who guesses must not fill a disk. */
import { Clock, Duration, Effect } from "effect"
import { Audit } from "../../history/Audit.ts"

/** The most failed log-ins in one hour that are recorded each on its own. */
const MAX_RECORDED = 10

const WINDOW = Duration.toMillis("1 hour")

/** Makes an effect that records a failed log-in. Those beyond the limit are counted, and told with the next one that is recorded. */
export const makeRecordFailure = Effect.map(Audit, (audit) => {
  let since = Number.NEGATIVE_INFINITY
  let recorded = 0
  let untold = 0
  return Effect.fnUntraced(function* (from: string | null) {
    const now = yield* Clock.currentTimeMillis
    if (now - since >= WINDOW) {
      since = now
      recorded = 0
    }
    if (recorded >= MAX_RECORDED) {
      untold += 1
      return
    }
    recorded += 1
    const more = untold === 0 ? "" : `${untold} more before it were not recorded`
    untold = 0
    const subject = [from, more].filter((part) => part).join("; ") || null
    // The name that was given is not kept: people type passwords there.
    yield* Effect.catch(audit.record({ who: "unknown", what: "log_in_failed", subject }), ({ message }) =>
      Effect.logWarning(`a failed log-in of the console is not in the audit list: ${message}`)
    )
  })
})
