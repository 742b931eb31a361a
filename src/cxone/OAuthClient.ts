/** A client that CXone knows, and the settings of its id and secret. */
import type { Redacted } from "effect"
import { secretConfig, textConfig } from "../std/valueConfigs.ts"

/** The id of an OAuth client, and its secret. */
export interface OAuthClient {
  /** Its id. */
  readonly clientId: string
  /** Its secret. */
  readonly clientSecret: Redacted.Redacted
}

/** Each setting of a client as a `Config` of its own. */
export const clientConfig = {
  clientId: textConfig("CXONE_CLIENT_ID"),
  clientSecret: secretConfig("CXONE_CLIENT_SECRET")
}
