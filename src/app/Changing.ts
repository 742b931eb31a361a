/** The settings that may change while the router runs. */
import { Effect, type LogLevel, PubSub, References, SubscriptionRef } from "effect"
import type { WebhookCredentials } from "../cognigy/door/Credentials.ts"
import type { OAuthClient } from "../cxone/OAuthClient.ts"
import type { Settings } from "./Settings.ts"

/** The settings that may change while the router runs. */
export interface Changing {
  /** The credentials that the webhook demands. Their kind cannot change. */
  readonly credentials: SubscriptionRef.SubscriptionRef<WebhookCredentials>
  /** Our client at CXone. */
  readonly client: SubscriptionRef.SubscriptionRef<OAuthClient>
  /** The least level that is logged. */
  readonly level: SubscriptionRef.SubscriptionRef<LogLevel.LogLevel>
  /** That level where `LOG_LEVEL` is not set: the command line's. */
  readonly defaultLevel: LogLevel.LogLevel
  /** Each asks to read the file of the routing table again. */
  readonly rereads: PubSub.PubSub<void>
}

/** The same as they are at the start, before the log is set up. */
export const makeChanging = ({ credentials, cxone, log }: Settings): Effect.Effect<Changing> =>
  Effect.all({
    credentials: SubscriptionRef.make(credentials),
    client: SubscriptionRef.make<OAuthClient>({ clientId: cxone.clientId, clientSecret: cxone.clientSecret }),
    level: SubscriptionRef.make(log.level),
    defaultLevel: References.MinimumLogLevel,
    rereads: PubSub.sliding<void>(1)
  })
