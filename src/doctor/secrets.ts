/** Secrets are kept out of findings. */
import { Redacted } from "effect"
import type { WebhookCredentials } from "../cognigy/door/Credentials.ts"

/** The secrets among the webhook's credentials. */
export const secretsOf = (credentials: WebhookCredentials): ReadonlyArray<Redacted.Redacted> => {
  switch (credentials.mode) {
    case "none":
      return []
    case "api-key":
      return credentials.keys
    case "basic":
      return [credentials.password]
    case "signature":
      return credentials.secrets
  }
}

/** Replaces each of these secrets in a text by `***`. */
export const withoutSecrets = (secrets: ReadonlyArray<Redacted.Redacted>): ((text: string) => string) => {
  const values = secrets.map((secret) => Redacted.value(secret)).filter((value) => value !== "")
  return (text) => values.reduce((shown, value) => shown.replaceAll(value, "***"), text)
}
