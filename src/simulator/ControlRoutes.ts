import { Effect, Schema } from "effect"
import { type Answer, jsonAnswer, noContent, Refusal } from "./Answer.ts"
import type { Controls } from "./Controls.ts"
import { Lock } from "./Conversations.ts"
import { Fault } from "./Fault.ts"
import { type Incoming, jsonBody, param } from "./Incoming.ts"
import { SimulatorState } from "./SimulatorState.ts"

/** What every path of the control over HTTP starts with. */
export const controlPrefix = "/__simulator/"

/** What a control path answers to one method. */
export type ControlHandler = (incoming: Incoming) => Effect.Effect<Answer, Refusal>

const faultsBody = jsonBody(Schema.Union([Schema.Array(Fault), Fault]))
const lockBody = jsonBody(Lock)
const encodeState = Schema.encodeEffect(SimulatorState)

/**
 * Makes the control over HTTP, by path and method, for callers outside this process. It asks for no credentials, so the
 * simulator should listen on loopback only.
 */
export const makeControlRoutes = (controls: Controls, providerStates: ControlHandler) => {
  const state: ControlHandler = () =>
    controls.state.pipe(
      Effect.flatMap(encodeState),
      Effect.orDie,
      Effect.map((encoded) => jsonAnswer(200, encoded))
    )

  const order: ControlHandler = (incoming) =>
    faultsBody(incoming).pipe(
      Effect.flatMap((faults) => Effect.forEach(Array.isArray(faults) ? faults : [faults], controls.order)),
      Effect.as(noContent)
    )

  const end: ControlHandler = (incoming) => {
    const id = param(incoming, "conversationId")
    return controls.endConversation(id).pipe(
      Effect.filterOrFail(
        (ended) => ended,
        () =>
          new Refusal({ status: 404, code: "conversation.not.found", message: `There is no active conversation ${id}` })
      ),
      Effect.as(noContent)
    )
  }

  const lock: ControlHandler = (incoming) =>
    lockBody(incoming).pipe(
      Effect.flatMap((lock) => controls.lockUser(param(incoming, "userId"), lock)),
      Effect.as(noContent)
    )

  const simply =
    (effect: Effect.Effect<void>): ControlHandler =>
    () =>
      Effect.as(effect, noContent)

  return {
    [`${controlPrefix}state`]: { GET: state },
    [`${controlPrefix}faults`]: { POST: order, DELETE: simply(controls.clearFaults) },
    [`${controlPrefix}tokens/revoke`]: { POST: simply(controls.revokeTokens) },
    [`${controlPrefix}conversations/:conversationId/end`]: { POST: end },
    [`${controlPrefix}users/:userId/lock`]: { POST: lock },
    [`${controlPrefix}provider-states`]: { POST: providerStates },
    [`${controlPrefix}reset`]: { POST: simply(controls.reset) }
  } satisfies Record<`/${string}`, Readonly<Record<string, ControlHandler>>>
}
