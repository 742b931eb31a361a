/** The CXone tenant and our credentials. */
import { Config, Context, Duration, Effect, Layer, Option, Schema, type SubscriptionRef } from "effect"
import { BaseUrl, isBaseUrl, NO_BASE_URL, toBaseUrl } from "../baseUrl.ts"
import { clientConfig, type OAuthClient } from "../OAuthClient.ts"
import type { Remedies } from "../transport/CXoneClient.ts"
import { DEFAULT_ATTEMPT_TIMEOUT, type TransportOptions } from "../transport/Transport.ts"
import { type Read, toTransportOptions, transportConfig } from "../transport/transportConfig.ts"

/** The region by default. */
export const DEFAULT_REGION = "mypurecloud.com"

/** How to reach one CXone tenant. */
export class CXoneSettings extends Context.Service<
  CXoneSettings,
  Omit<TransportOptions, "attemptTimeout" | "dialect" | "operations"> &
    OAuthClient & {
      /** `https://` and the region's host, or any other origin (with or without a path prefix), no slash at the end. */
      readonly baseUrl: string
      /** The client where it changes while the router runs, instead of `clientId` and `clientSecret`: these name the first one. */
      readonly client?: SubscriptionRef.SubscriptionRef<OAuthClient>
      /** For one attempt of one call, its answer's body included; retries come on top, within the deadline. */
      readonly attemptTimeout: Duration.Duration
      /** How the client's id and secret are named where they were set, for errors. Default `clientId` and `clientSecret`. */
      readonly credentialsFrom?: string
    }
>()("cognigy-cxone-router/cxone/CXoneSettings") {
  /** The settings by value. Dies when `baseUrl` is not an http or https URL, or has credentials, a query or a fragment. */
  static readonly layer = (settings: CXoneOptions): Layer.Layer<CXoneSettings> =>
    Layer.sync(CXoneSettings, () => {
      const { attemptTimeout = DEFAULT_ATTEMPT_TIMEOUT, baseUrl } = settings
      if (!isBaseUrl(baseUrl)) throw new TypeError(`CXoneSettings: baseUrl is ${NO_BASE_URL}`)
      return {
        ...settings,
        baseUrl: toBaseUrl(baseUrl),
        attemptTimeout: Duration.fromInputUnsafe(attemptTimeout)
      }
    })

  /**
   * The settings as a `Config`: `CXONE_BASE_URL` or `CXONE_REGION`, `CXONE_CLIENT_ID`, `CXONE_CLIENT_SECRET`,
   * `CXONE_ATTEMPT_TIMEOUT`, `CXONE_RATE_LIMIT`, `CXONE_RETRY_SHARE`, `CXONE_RETRY_FLOOR`. With `Config.nested`, the same names after a prefix.
   */
  static get config(): Config.Config<CXoneSettings["Service"]> {
    return Config.map(Config.all(cxoneConfig), fromConfig)
  }

  /** The settings from `Config`: by default those of `config`. Fails with the first setting that is missing or wrong. */
  static readonly layerConfig = (
    options: Config.Wrap<CXoneOptions> = CXoneSettings.config
  ): Layer.Layer<CXoneSettings, Config.ConfigError> =>
    Layer.unwrap(Effect.map(Config.unwrap(options), CXoneSettings.layer))
}

/** How to reach one CXone tenant, by value: an attempt's time may be left out (2 s), and may be written as text. */
export interface CXoneOptions extends Omit<CXoneSettings["Service"], "attemptTimeout"> {
  /** For one attempt of one call, its answer's body included. Default 2 s. */
  readonly attemptTimeout?: Duration.Input
}

/** Advice about refused credentials and missing scopes. It names where the credentials were set, and nothing that strangers must not see. */
export const remediesOf = ({ credentialsFrom = "clientId and clientSecret" }: CXoneSettings["Service"]): Remedies => ({
  unauthorized: `check ${credentialsFrom}, and that the client is active in CXone Admin`,
  permissionMissing: "add it to the client in CXone Admin > Security > Applications"
})

const Host = Schema.String.check(
  Schema.isPattern(/^(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/i, { message: "not a host name such as mypurecloud.com" })
)

/** Each setting of CXone as a `Config` of its own, for programs that report all problems at once. */
export const cxoneConfig = {
  /** `CXONE_BASE_URL`, which wins over the region. */
  url: Config.schema(BaseUrl, "CXONE_BASE_URL").pipe(Config.map(toBaseUrl), Config.option),
  region: Config.schema(Host, "CXONE_REGION").pipe(Config.withDefault(DEFAULT_REGION)),
  ...clientConfig,
  ...transportConfig
}

/** The settings from what `cxoneConfig` read. */
export const fromConfig = ({
  clientId,
  clientSecret,
  region,
  url,
  ...transport
}: Read<typeof cxoneConfig>): CXoneSettings["Service"] => ({
  ...toTransportOptions(transport),
  clientId,
  clientSecret,
  credentialsFrom: "CXONE_CLIENT_ID and CXONE_CLIENT_SECRET",
  baseUrlFrom: "CXONE_BASE_URL or CXONE_REGION",
  baseUrl: Option.getOrElse(url, () => `https://${region}`)
})
