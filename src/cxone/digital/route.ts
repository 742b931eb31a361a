/** Routes a contact to the first target that CXone accepts, and makes sure that it still lives then. */
import { Duration, Effect, Option } from "effect"
import { type Target, targetInWords } from "../../domain/Target.ts"
import * as Trail from "../../domain/Trail.ts"
import type { Placement } from "../ContactCentre.ts"
import type { CallError, InvalidTarget } from "../CXoneError.ts"
import { type Contact, isOver } from "./Contact.ts"
import { Contacts } from "./Contacts.ts"

/** The last look at a contact may take so long, 1.5 s, less than an attempt has: it is there in nearly all cases, and its user waits. */
export const CONFIRM_PATIENCE = Duration.millis(1500)

/** The end of a routing: the target that CXone accepted, with the contact as it is then where CXone told; or, when the contact is over, the targets that are left. */
export type Routed = { readonly target: Target; readonly contact?: Contact } | { readonly left: Placement["targets"] }

/** Makes the routing. It fails with the errors of calls, and with `InvalidTarget` when CXone accepts none of the targets. */
export const makeRoute = Effect.gen(function* () {
  const contacts = yield* Contacts

  /** True when the contact is over. One that CXone does not know is. */
  const isGone = (id: string) =>
    contacts.get(id).pipe(
      Effect.map(isOver),
      Effect.catchTag("ResourceNotFound", () => Effect.succeed(true))
    )

  /**
   * The end of an accepted routing: CXone may accept that of a closed contact too. What cannot be told counts as accepted. A look that takes too long is
   * interrupted, which the circuit does not count: a CXone that is slower than our patience works.
   */
  const confirmed = (id: string, left: Placement["targets"]): Effect.Effect<Routed> =>
    contacts.get(id, true).pipe(
      Effect.timeoutOption(CONFIRM_PATIENCE),
      Effect.match({
        onFailure: (error): Routed => (error._tag === "ResourceNotFound" ? { left } : { target: left[0] }),
        onSuccess: (seen): Routed => {
          if (Option.isNone(seen)) return { target: left[0] }
          return isOver(seen.value) ? { left } : { target: left[0], contact: seen.value }
        }
      })
    )

  const told = (target: Target, outcome: "accepted" | "refused" | "failed") =>
    Trail.add({ kind: "target", name: `${target.type} ${target.id}`, outcome })

  const route = (id: string, left: Placement["targets"]): Effect.Effect<Routed, CallError | InvalidTarget> =>
    Effect.gen(function* () {
      const [target, next, ...rest] = left
      const refusal = yield* Effect.tapError(contacts.route(id, target), () => told(target, "failed"))
      if (refusal === undefined) {
        yield* told(target, "accepted")
        return yield* confirmed(id, left)
      }
      if (yield* isGone(id)) {
        yield* told(target, "refused")
        return { left }
      }
      if (refusal.status === 409) {
        yield* told(target, "accepted")
        return { target }
      }
      yield* told(target, "refused")
      if (next === undefined) return yield* refusal.error
      yield* Effect.logWarning(
        `CXone does not accept ${targetInWords(target)} (it answered ${refusal.status}); falling back to ${targetInWords(next)}`
      )
      return yield* route(id, [next, ...rest])
    })

  return route
})
