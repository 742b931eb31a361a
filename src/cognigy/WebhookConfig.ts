/** The webhook's settings from `Config`. */
import { Config, Schema } from "effect"
import { credentialsSettings } from "./door/Credentials.ts"
import { DEFAULT_CAPACITY } from "./Webhook.ts"

const Positive = Schema.FiniteFromString.check(
  Schema.makeFilter((count: number) => Number.isSafeInteger(count) && count > 0, {
    message: "not a whole number above 0"
  })
)

/** A `Config` for a number of things: a whole number above 0. */
export const positiveConfig = (name: string): Config.Config<number> => Config.schema(Positive, name)

/** Each setting of the webhook as a `Config` of its own, for programs that report all problems at once. */
export const webhookConfig = {
  ...credentialsSettings,
  capacity: positiveConfig("MAX_HANDOVERS").pipe(Config.withDefault(DEFAULT_CAPACITY))
}
