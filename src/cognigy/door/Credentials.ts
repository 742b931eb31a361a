/** The webhook's own credentials, and their settings. */
import { Config, Redacted, Result, Schema } from "effect"
import { wordConfig } from "../../std/valueConfigs.ts"
import { secretBytes } from "./Signature.ts"

/** The credentials that the webhook demands. `none` lets everyone in: only for loopback, or behind something that checks. */
export type WebhookCredentials =
  | { readonly mode: "none" }
  | {
      readonly mode: "api-key"
      /** Any of them is valid, so that they can be rotated. */
      readonly keys: ReadonlyArray<Redacted.Redacted>
    }
  | {
      readonly mode: "basic"
      /** The user's name. */
      readonly user: string
      /** The user's password. */
      readonly password: Redacted.Redacted
    }
  | {
      readonly mode: "signature"
      /** Standard Webhooks: `whsec_` and the base64 of 24 to 64 bytes. A signature with any of them is valid; other texts sign nothing. */
      readonly secrets: ReadonlyArray<Redacted.Redacted>
    }

/** By commas; a file may have one on each line. */
const splitList = (text: string): ReadonlyArray<string> =>
  text
    .split(/[,\r\n]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")

const redacted = (text: string): ReadonlyArray<Redacted.Redacted> =>
  splitList(text).map((entry) => Redacted.make(entry))

const Keys = Schema.String.check(
  Schema.makeFilter((text: string) => {
    const keys = splitList(text)
    if (keys.length === 0) return "no key in it"
    return keys.every((key) => /^[\x21-\x7e]+$/.test(key))
      ? undefined
      : "keys are ASCII without spaces: headers carry no more"
  })
)

const SigningSecrets = Schema.String.check(
  Schema.makeFilter((text: string) => {
    const secrets = splitList(text)
    if (secrets.length === 0) return "no secret in it"
    const problems = secrets.flatMap((secret, index) =>
      Result.match(secretBytes(secret), {
        onFailure: (problem) => [`secret ${index + 1} of ${secrets.length} ${problem}`],
        onSuccess: () => []
      })
    )
    return problems.length === 0 ? undefined : problems.join(", ")
  })
)

const UserName = Schema.NonEmptyString.check(
  Schema.makeFilter((user: string) => (user.includes(":") ? "a user name cannot hold a colon" : undefined))
)

/** Each setting of the credentials as a `Config` of its own, for programs that report all problems at once. */
export const credentialsSettings = {
  mode: wordConfig("WEBHOOK_AUTH", ["api-key", "basic", "signature", "none"]),
  keys: Config.schema(Keys, "WEBHOOK_API_KEYS").pipe(Config.map(redacted)),
  secrets: Config.schema(SigningSecrets, "WEBHOOK_SIGNING_SECRETS").pipe(Config.map(redacted)),
  user: Config.schema(UserName, "WEBHOOK_BASIC_USER"),
  password: Config.Redacted("WEBHOOK_BASIC_PASSWORD")
}

/**
 * The webhook's credentials as a `Config`: `WEBHOOK_AUTH`, and depending on it `WEBHOOK_API_KEYS`, `WEBHOOK_BASIC_USER` and `WEBHOOK_BASIC_PASSWORD`, or
 * `WEBHOOK_SIGNING_SECRETS`. Fails with the first setting that is missing or wrong.
 */
export const credentialsConfig: Config.Config<WebhookCredentials> = Config.flatMap(
  credentialsSettings.mode,
  (mode): Config.Config<WebhookCredentials> => {
    const { keys, password, secrets, user } = credentialsSettings
    switch (mode) {
      case "none":
        return Config.succeed({ mode })
      case "api-key":
        return Config.map(keys, (keys) => ({ mode, keys }))
      case "signature":
        return Config.map(secrets, (secrets) => ({ mode, secrets }))
      case "basic":
        return Config.map(Config.all({ user, password }), (basic) => ({ mode, ...basic }))
    }
  }
)
