/** How a dialect gets an access token, and where calls then go. */
import type { Duration, Effect, Redacted } from "effect"
import type { HttpClientRequest } from "effect/http"
import type { SendError, Unauthorized, UnexpectedResponse } from "../CXoneError.ts"
import type { Answer } from "./Call.ts"

/** An access token, as CXone granted it. */
export interface Granted {
  /** Calls carry it as `Authorization: Bearer`. */
  readonly token: Redacted.Redacted
  /** How long it lives from now. */
  readonly life: Duration.Duration
  /** The start of the URLs that it is valid for, without a slash at the end. */
  readonly baseUrl: string
}

/** The errors of a grant. */
export type GrantError = Exclude<SendError, { readonly _tag: "DeadlineExceeded" }> | Unauthorized

/** A way to get tokens. */
export interface Grant {
  /**
   * Gets one, with as many requests as that takes. `send` retries them by `tokenSchedule`; its answers are CXone's, with any status but 408, 429 and 5xx.
   * Errors, metrics and spans name a request by its `operation`, `token` by default. Fails with `GrantError`.
   */
  readonly get: (
    send: (request: HttpClientRequest.HttpClientRequest, operation?: string) => Effect.Effect<Answer, GrantError>
  ) => Effect.Effect<Granted, GrantError | UnexpectedResponse>
  /** Advice for when CXone refuses a fresh token: `Unauthorized` has it. */
  readonly remedy: string
}
