/** The settings that may change while the router runs. */
import { Effect, type LogLevel, PubSub, References, SubscriptionRef } from "effect"
import type { WebhookCredentials } from "../cognigy/door/Credentials.ts"
import type { DigitalClient } from "../cxone/digital/DigitalSettings.ts"
import type { OAuthClient } from "../cxone/OAuthClient.ts"
import type { DialectSettings } from "./DialectSettings.ts"
import type { Settings } from "./Settings.ts"

/** The settings of CXone, with credentials that change. The dialect and the rest stay. */
export type ChangingDialectSettings =
  | (Extract<DialectSettings, { readonly dialect: "webchat" }> & {
      readonly client: SubscriptionRef.SubscriptionRef<OAuthClient>
    })
  | (Extract<DialectSettings, { readonly dialect: "digital" }> & {
      readonly client: SubscriptionRef.SubscriptionRef<DigitalClient>
    })

/** The settings that may change while the router runs. */
export interface Changing {
  /** The credentials that the webhook demands. Their kind cannot change. */
  readonly credentials: SubscriptionRef.SubscriptionRef<WebhookCredentials>
  /** CXone with our credentials. */
  readonly cxone: ChangingDialectSettings
  /** The least level that is logged. */
  readonly level: SubscriptionRef.SubscriptionRef<LogLevel.LogLevel>
  /** That level where `LOG_LEVEL` is not set: the command line's. */
  readonly defaultLevel: LogLevel.LogLevel
  /** Each asks to read the file of the routing table again. */
  readonly rereads: PubSub.PubSub<void>
}

const changing = (cxone: DialectSettings): Effect.Effect<ChangingDialectSettings> => {
  const { clientId, clientSecret } = cxone
  if (cxone.dialect === "webchat") {
    return Effect.map(SubscriptionRef.make<OAuthClient>({ clientId, clientSecret }), (client) => ({ ...cxone, client }))
  }
  const { accessKeyId, accessKeySecret } = cxone
  return Effect.map(
    SubscriptionRef.make<DigitalClient>({ clientId, clientSecret, accessKeyId, accessKeySecret }),
    (client) => ({ ...cxone, client })
  )
}

/** The same as they are at the start, before the log is set up. */
export const makeChanging = ({ credentials, cxone, log }: Settings): Effect.Effect<Changing> =>
  Effect.all({
    credentials: SubscriptionRef.make(credentials),
    cxone: changing(cxone),
    level: SubscriptionRef.make(log.level),
    defaultLevel: References.MinimumLogLevel,
    rereads: PubSub.sliding<void>(1)
  })
