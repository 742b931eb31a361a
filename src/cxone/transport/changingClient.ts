/** Credentials at CXone that may change while the router runs, for any dialect. */
import { Effect, type Scope, Stream, type SubscriptionRef } from "effect"
import * as Live from "../../std/Live.ts"
import { AccessToken } from "./AccessToken.ts"
import type { Grant, GrantError, Granted } from "./Grant.ts"

/** The `get` of a grant. Where CXone refuses credentials that have changed, those before them are used for as long as CXone accepts them. */
export const latestAccepted = <C>(
  client: Live.Live<C>,
  tokenOf: (client: C, send: Parameters<Grant["get"]>[0]) => Effect.Effect<Granted, GrantError>
): Grant["get"] => {
  /** The credentials that got a token last. */
  let accepted: C | undefined
  return Effect.fnUntraced(function* (send) {
    const now = yield* Live.current(client)
    const before = accepted
    const get = (client: C) =>
      Effect.tap(tokenOf(client, send), () =>
        Effect.sync(() => {
          accepted = client
        })
      )
    if (before === undefined || before === now) return yield* get(now)
    return yield* Effect.catchTag(get(now), "Unauthorized", (refusal) =>
      get(before).pipe(
        Effect.tap(() => Effect.logWarning(`${refusal.message}. The credentials before the change are still used`)),
        Effect.catchTag("Unauthorized", () => Effect.fail(refusal))
      )
    )
  })
}

/** Gets a token for credentials that have changed at once: wrong ones show while the token of the old ones is still valid. */
export const followClient = <C>(
  client: SubscriptionRef.SubscriptionRef<C> | undefined
): Effect.Effect<void, never, AccessToken | Scope.Scope> =>
  Effect.gen(function* () {
    if (client === undefined) return
    const { replace } = yield* AccessToken
    const tell = Effect.matchEffect(replace, {
      onFailure: ({ message }) =>
        Effect.logWarning(
          `CXone gave no access token after a change of the credentials, so the old one stays in use: ${message}`
        ),
      onSuccess: () => Effect.logInfo("CXone gave an access token after a change of the credentials")
    })
    yield* Effect.forkScoped(
      Stream.runForEach(Live.changes(client), () => tell),
      { startImmediately: true }
    )
  })
