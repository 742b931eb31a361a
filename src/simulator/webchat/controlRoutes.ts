/** The control over HTTP of a simulated web chat API. */
import { Effect } from "effect"
import { noContent } from "../core/Answer.ts"
import { controlPrefix, makeControlRoutes } from "../core/ControlRoutes.ts"
import type { Handler, Paths } from "../core/Dialect.ts"
import { jsonBody, param } from "../core/Incoming.ts"
import { Lock, noConversation } from "./Conversations.ts"
import { Fault } from "./Operation.ts"
import { makeProviderStates } from "./ProviderStates.ts"
import { SimulatorState } from "./SimulatorState.ts"
import type { Webchat } from "./Webchat.ts"
import type { WebchatControls } from "./WebchatControls.ts"

const lockBody = jsonBody(Lock)

/** Makes the control over HTTP of a simulated web chat API. */
export const makeWebchatControlRoutes = (webchat: Webchat, controls: WebchatControls): Paths<Handler> => {
  const end: Handler = (incoming) => {
    const id = param(incoming, "conversationId")
    return controls.endConversation(id).pipe(
      Effect.filterOrFail(
        (ended) => ended,
        () => noConversation(id)
      ),
      Effect.as(noContent)
    )
  }

  const lock: Handler = (incoming) =>
    lockBody(incoming).pipe(
      Effect.flatMap((lock) => controls.lockUser(param(incoming, "userId"), lock)),
      Effect.as(noContent)
    )

  return {
    ...makeControlRoutes(controls, { fault: Fault, state: SimulatorState }),
    [`${controlPrefix}conversations/:conversationId/end`]: { POST: end },
    [`${controlPrefix}users/:userId/lock`]: { POST: lock },
    [`${controlPrefix}provider-states`]: { POST: makeProviderStates(webchat, controls) }
  }
}
