/** Ids that no provider has seen yet. */
import { randomUUID } from "node:crypto"
import { Effect } from "effect"
import type { StateChange } from "../support/front.ts"

/** A user whom nobody has seen yet. What the example ends with stays: an interaction may be about its characters. */
export const freshUser = ({ userId }: StateChange["params"]): Effect.Effect<string> =>
  Effect.sync(() => `cognigy_pact-${randomUUID()}-${typeof userId === "string" ? userId.replace(/^cognigy_/, "") : ""}`)

/** A message that nobody has sent yet. */
export const freshMessage: Effect.Effect<string> = Effect.sync(() => `cognigy-pact-${randomUUID()}`)
