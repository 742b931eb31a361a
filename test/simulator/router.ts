import { Effect, Layer } from "effect"
import * as Webchat from "../../src/cxone/webchat/Webchat.ts"
import type { HandoverRequest } from "../../src/domain/HandoverRequest.ts"
import { Handover } from "../../src/handover/Handover.ts"
import * as TablePolicy from "../../src/routing/policy/TablePolicy.ts"
import { salesQueueId, supportQueueId } from "../../src/simulator/webchat/SimulatorOptions.ts"
import { layerSimulatedInProcess } from "../../src/testing.ts"

/** Asks for a handover to Sales. */
export const sales = (userId: string): HandoverRequest => ({ intent: "transfer_to_sales", userId, entities: [] })

/** Provides a test with the handover and the CXone layers, over a simulator without sockets. */
export const withRouter = Effect.provide(
  Handover.layer().pipe(
    Layer.provide([Webchat.layer(), TablePolicy.layerBuiltIn({ salesQueueId, supportQueueId })]),
    Layer.provideMerge(layerSimulatedInProcess())
  )
)
