/** The settings of the webhook's credentials. */
import { Effect } from "effect"
import type { WebhookCredentials } from "../cognigy/door/Credentials.ts"
import { webhookConfig } from "../cognigy/WebhookConfig.ts"
import { type Problems, setting, together } from "../std/Setting.ts"

/** The webhook's credentials: `WEBHOOK_AUTH`, and what belongs to it. */
export const credentials: Effect.Effect<WebhookCredentials, Problems> = Effect.flatMap(
  setting(
    "WEBHOOK_AUTH",
    webhookConfig.mode,
    "api-key (with WEBHOOK_API_KEYS), basic (with WEBHOOK_BASIC_USER and WEBHOOK_BASIC_PASSWORD), signature (with WEBHOOK_SIGNING_SECRETS), or none to let everyone in"
  ),
  (mode): Effect.Effect<WebhookCredentials, Problems> => {
    switch (mode) {
      case "none":
        return Effect.succeed({ mode })
      case "api-key":
        return Effect.map(
          setting(
            "WEBHOOK_API_KEYS",
            webhookConfig.keys,
            "the keys that Cognigy may send, separated by commas: a long random text each, such as `openssl rand -hex 32` prints"
          ),
          (keys) => ({ mode, keys })
        )
      case "signature":
        return Effect.map(
          setting(
            "WEBHOOK_SIGNING_SECRETS",
            webhookConfig.secrets,
            'the secrets that requests may be signed with, separated by commas: whsec_ and the base64 of 24 to 64 random bytes each, such as `echo "whsec_$(openssl rand -base64 32)"` prints'
          ),
          (secrets) => ({ mode, secrets })
        )
      case "basic":
        return together({
          mode: Effect.succeed(mode),
          user: setting("WEBHOOK_BASIC_USER", webhookConfig.user, "the user that Cognigy sends"),
          password: setting("WEBHOOK_BASIC_PASSWORD", webhookConfig.password, "the password that Cognigy sends")
        })
    }
  }
)
