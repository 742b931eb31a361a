/** The webhook's body in either of its shapes, for the API's description. */
import { Schema } from "effect"
import { FlowPayload } from "./FlowPayload.ts"
import { InputPayload } from "./InputPayload.ts"

/** The webhook's body in either of its shapes, for the API's description. */
export const WebhookPayload = Schema.Union([FlowPayload, InputPayload])
