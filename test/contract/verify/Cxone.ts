/** A CXone that is verified, whatever its dialect. */
import type { Duration, Effect, Scope } from "effect"
import type { HttpClient } from "effect/http"
import type { CXoneError } from "../../../src/cxone/CXoneError.ts"
import type { AccessToken } from "../../../src/cxone/transport/AccessToken.ts"
import type { Values } from "./Arrangement.ts"
import type { OwnStates } from "./OwnStates.ts"

/** A URL that is asked to see whether anybody is there; any answer will do. */
export interface Place {
  readonly start: string
  readonly path: string
  /** The setting that has its start. */
  readonly setting: string
}

/** Calls with an access token of their own. */
export interface Connection {
  readonly accessToken: AccessToken["Service"]
  /** Some call that needs nothing but a token. */
  readonly ask: Effect.Effect<unknown, CXoneError>
}

/** A CXone that is verified. */
export interface Cxone {
  /** The start of its URLs, as reports name it. */
  readonly url: string
  /** Where a request goes; `undefined` for an API whose start comes with the token. */
  readonly startFor: (path: string) => string | undefined
  /** The path of the token endpoint. */
  readonly tokenPath: string
  readonly places: readonly [Place, ...ReadonlyArray<Place>]
  /** How long anybody may take for one answer. */
  readonly patience: Duration.Duration
  /** The real credentials, by the names of the parameters of states. */
  readonly credentials: Values
  /** Advice where the token endpoint refuses the credentials, answers something else, or grants tokens that the API refuses. */
  readonly advice: { readonly refused: string; readonly unexpected: string; readonly notTaken: string }
  readonly connect: Effect.Effect<Connection, never, HttpClient.HttpClient | Scope.Scope>
  /** The states that its own API can bring about. */
  readonly states: Effect.Effect<OwnStates, never, HttpClient.HttpClient | Scope.Scope>
}
