/** A tenant with the Digital Engagement API, and our credentials. */
import { Config, Context, Duration, Effect, Layer, type Redacted, type SubscriptionRef } from "effect"
import { isBaseUrl, NO_BASE_URL, toBaseUrl } from "../baseUrl.ts"
import type { OAuthClient } from "../OAuthClient.ts"
import type { Remedies } from "../transport/CXoneClient.ts"
import { DEFAULT_ATTEMPT_TIMEOUT, type TransportOptions } from "../transport/Transport.ts"
import {
  DEFAULT_ACD_VERSION,
  DEFAULT_INTENT_FIELD,
  DEFAULT_ISSUER,
  digitalConfig,
  fromDigitalConfig,
  toApiStart
} from "./digitalConfig.ts"

/** An OAuth client and the access key of an employee: calls act as that employee. */
export interface DigitalClient extends OAuthClient {
  /** The access key's id. */
  readonly accessKeyId: string
  /** The access key's secret. */
  readonly accessKeySecret: Redacted.Redacted
}

/** How to reach one tenant with the Digital Engagement API. */
export class DigitalSettings extends Context.Service<
  DigitalSettings,
  Omit<TransportOptions, "attemptTimeout" | "dialect" | "operations"> &
    DigitalClient & {
      /** The client and access key where they change while the router runs, instead of the members: these name the first ones. */
      readonly client?: SubscriptionRef.SubscriptionRef<DigitalClient>
      /** The start of the token endpoint's URL, no slash at the end. */
      readonly issuer: string
      /** The start of the API's URLs without `/dfo/3.0`; without it, discovered at the issuer with the first token. */
      readonly baseUrl?: string
      /** The tenant's id, for the discovery; without it, that of the token. */
      readonly tenantId?: string
      /** The channel of messages. Only `find` can do without it. */
      readonly channelId?: string
      /** The contact of a request without `contactId`: `open` sends a message, `find` takes the user's newest active contact. */
      readonly contact: "open" | "find"
      /** The custom field that gets the intent. */
      readonly intentField: string
      /** The version of the ACD's API, such as `v30.0`. */
      readonly acdVersion: string
      /** For one attempt of one call, its answer's body included. */
      readonly attemptTimeout: Duration.Duration
      /** How both credentials are named where they were set, for errors. Default: the members' names. */
      readonly credentialsFrom?: {
        /** The client's id and secret. */
        readonly client: string
        /** The access key's id and secret. */
        readonly accessKey: string
      }
    }
>()("cognigy-cxone-router/cxone/DigitalSettings") {
  /**
   * The settings by value. `/dfo/3.0` at the end of `baseUrl` is cut off. Dies when `issuer` or `baseUrl` is not an http or https URL, or has
   * credentials, a query or a fragment, and without a `channelId` unless `contact` is `find`.
   */
  static readonly layer = (settings: DigitalOptions): Layer.Layer<DigitalSettings> =>
    Layer.sync(DigitalSettings, () => {
      const { acdVersion = DEFAULT_ACD_VERSION, attemptTimeout = DEFAULT_ATTEMPT_TIMEOUT, baseUrl } = settings
      const { contact = "open", intentField = DEFAULT_INTENT_FIELD, issuer = DEFAULT_ISSUER } = settings
      for (const [name, url] of Object.entries({ issuer, baseUrl })) {
        if (url !== undefined && !isBaseUrl(url)) throw new TypeError(`DigitalSettings: ${name} is ${NO_BASE_URL}`)
      }
      if (contact === "open" && settings.channelId === undefined) {
        throw new TypeError("DigitalSettings: channelId is missing, which only the contact `find` can do without")
      }
      return {
        ...settings,
        acdVersion,
        attemptTimeout: Duration.fromInputUnsafe(attemptTimeout),
        contact,
        intentField,
        issuer: toBaseUrl(issuer),
        ...(baseUrl === undefined ? {} : { baseUrl: toApiStart(baseUrl) })
      }
    })

  /**
   * The settings as a `Config`: `CXONE_ISSUER`, `CXONE_CLIENT_ID`, `CXONE_CLIENT_SECRET`, `CXONE_ACCESS_KEY_ID`, `CXONE_ACCESS_KEY_SECRET`,
   * `CXONE_CHANNEL_ID`, `CXONE_CONTACT`, `CXONE_TENANT_ID`, `CXONE_BASE_URL`, `CXONE_INTENT_FIELD`, `CXONE_ACD_VERSION`, `CXONE_ATTEMPT_TIMEOUT`,
   * `CXONE_RATE_LIMIT`, `CXONE_RETRY_SHARE`, `CXONE_RETRY_FLOOR`. With `Config.nested`, the same names after a prefix.
   */
  static get config(): Config.Config<DigitalSettings["Service"]> {
    const { channelId, ...rest } = digitalConfig
    return Config.flatMap(Config.all(rest), (read) =>
      Config.map(channelId(read.contact), (channelId) => fromDigitalConfig({ ...read, channelId }))
    )
  }

  /** The settings from `Config`: by default those of `config`. Fails with the first setting that is missing or wrong. */
  static readonly layerConfig = (
    options: Config.Wrap<DigitalOptions> = DigitalSettings.config
  ): Layer.Layer<DigitalSettings, Config.ConfigError> =>
    Layer.unwrap(Effect.map(Config.unwrap(options), DigitalSettings.layer))
}

/** How to reach one tenant, by value: what has a default may be left out, and an attempt's time may be written as text. */
export interface DigitalOptions
  extends Omit<DigitalSettings["Service"], "acdVersion" | "attemptTimeout" | "contact" | "intentField" | "issuer"> {
  /** The start of the token endpoint's URL. Default `https://cxone.niceincontact.com`. */
  readonly issuer?: string
  /** The contact of a request without `contactId`. Default `open`. */
  readonly contact?: "open" | "find"
  /** The custom field that gets the intent. Default `cognigy_intent`. */
  readonly intentField?: string
  /** The version of the ACD's API. Default `v30.0`. */
  readonly acdVersion?: string
  /** For one attempt of one call, its answer's body included. Default 2 s. */
  readonly attemptTimeout?: Duration.Input
}

/** Advice about refused credentials, by the part that is refused. */
export interface CredentialsAdvice {
  /** The token endpoint does not know the client, or does not let it ask. */
  readonly client: string
  /** The token endpoint does not accept the access key. */
  readonly accessKey: string
  /** Either of them. */
  readonly both: string
}

/** Advice about refused credentials. It names where they were set, and nothing that strangers must not see. */
export const adviceOf = ({ credentialsFrom: from = MEMBERS }: DigitalSettings["Service"]): CredentialsAdvice => ({
  client: `check ${from.client}, and that CXone has approved the client`,
  accessKey: `check ${from.accessKey}, and that the employee's access key is active in CXone Admin`,
  both: `check ${from.client}, and ${from.accessKey}: the client must be approved, and the employee and their access key active in CXone Admin`
})

const MEMBERS = { client: "clientId and clientSecret", accessKey: "accessKeyId and accessKeySecret" }

/** Advice about refused tokens and missing permissions. It names where the credentials were set, and nothing that strangers must not see. */
export const remediesOf = (settings: DigitalSettings["Service"]): Remedies => ({
  unauthorized: adviceOf(settings).both,
  permissionMissing: "add it to the role of the employee whose access key it is, in CXone Admin"
})
