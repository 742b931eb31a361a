import { Effect, Schema } from "effect"
import { jsonAnswer, noContent } from "./Answer.ts"
import type { CommonControls } from "./Controls.ts"
import type { Handler, Paths } from "./Dialect.ts"
import type { Fault } from "./Fault.ts"
import { jsonBody } from "./Incoming.ts"

/** The beginning of every path of the control over HTTP. */
export const controlPrefix = "/__simulator/"

/**
 * Makes the control over HTTP, for callers outside this process. It needs no credentials, so the simulator should
 * listen on loopback only.
 */
export const makeControlRoutes = <Operation extends string, State>(
  controls: CommonControls<Operation, State>,
  schemas: { readonly fault: Schema.Codec<Fault<Operation>>; readonly state: Schema.Codec<State, unknown> }
): Paths<Handler> => {
  const faultsBody = jsonBody(Schema.Union([Schema.Array(schemas.fault), schemas.fault]))
  const encodeState = Schema.encodeEffect(Schema.toCodecJson(schemas.state))

  const state: Handler = () =>
    controls.state.pipe(
      Effect.flatMap(encodeState),
      Effect.orDie,
      Effect.map((encoded) => jsonAnswer(200, encoded))
    )

  const order: Handler = (incoming) =>
    faultsBody(incoming).pipe(
      Effect.flatMap((faults) => Effect.forEach(Array.isArray(faults) ? faults : [faults], controls.order)),
      Effect.as(noContent)
    )

  const simply =
    (effect: Effect.Effect<void>): Handler =>
    () =>
      Effect.as(effect, noContent)

  return {
    [`${controlPrefix}state`]: { GET: state },
    [`${controlPrefix}faults`]: { POST: order, DELETE: simply(controls.clearFaults) },
    [`${controlPrefix}tokens/revoke`]: { POST: simply(controls.revokeTokens) },
    [`${controlPrefix}reset`]: { POST: simply(controls.reset) }
  }
}
