/** The webhook's settings from `Config`. */
import { Config } from "effect"
import { numberConfig } from "../std/valueConfigs.ts"
import { credentialsSettings } from "./door/Credentials.ts"
import { DEFAULT_CAPACITY } from "./Webhook.ts"

/** A `Config` for a number of things: a whole number above 0. */
export const positiveConfig = (name: string): Config.Config<number> =>
  numberConfig(name, "not a whole number above 0", (count) => Number.isSafeInteger(count) && count > 0)

/** Each setting of the webhook as a `Config` of its own, for programs that report all problems at once. */
export const webhookConfig = {
  ...credentialsSettings,
  capacity: positiveConfig("MAX_HANDOVERS").pipe(Config.withDefault(DEFAULT_CAPACITY))
}
