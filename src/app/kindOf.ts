import type { WebhookCredentials } from "../cognigy/door/Credentials.ts"

/** The kind of the webhook's credentials, and their number where several are possible. */
export const kindOf = (credentials: WebhookCredentials): string => {
  switch (credentials.mode) {
    case "api-key":
      return `api-key (${credentials.keys.length})`
    case "signature":
      return `signature (${credentials.secrets.length})`
    default:
      return credentials.mode
  }
}
