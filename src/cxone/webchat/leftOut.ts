/** Says what the webchat API cannot carry, so that nobody waits for it at an agent's desk. */
import { Effect } from "effect"
import { makeTellOnce } from "../../std/tellOnce.ts"
import type { Placement } from "../ContactCentre.ts"
import { isLabelName } from "./labels.ts"

/** What is left out, by the words for it in the log, and whether a placement has it. */
const kinds: ReadonlyArray<readonly [what: string, isIn: (placement: Placement) => boolean]> = [
  ["transcript", ({ request }) => request.transcript !== undefined],
  ["summary", ({ request }) => request.summary !== undefined],
  ["customer.email", ({ request }) => request.customer?.email !== undefined],
  ["customer.phone", ({ request }) => request.customer?.phone !== undefined],
  [
    "a member of context whose name no label can have",
    ({ request }) => Object.keys(request.context ?? {}).some((name) => !isLabelName(name))
  ],
  ["a rule's priority", ({ priority }) => priority !== undefined]
]

/** Makes what logs each kind of thing the first time that it is left out. The lines hold nothing of the request. */
export const makeTellLeftOut = Effect.map(
  makeTellOnce(),
  (tellOnce) =>
    (placement: Placement): Effect.Effect<void> =>
      Effect.forEach(
        kinds.filter(([, isIn]) => isIn(placement)),
        ([what]) => tellOnce(what, `CXone's webchat API cannot carry ${what}: it is left out (this is said once)`),
        { discard: true }
      )
)
