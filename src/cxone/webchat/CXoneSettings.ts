/** The CXone tenant and our credentials. */
import { Config, Context, Duration, Effect, Layer, Option, Redacted, Schema, type SubscriptionRef } from "effect"
import { durationConfig, rateConfig } from "../../std/DurationConfig.ts"
import { numberConfig } from "../../std/valueConfigs.ts"
import type { Remedies } from "../transport/CXoneClient.ts"
import { DEFAULT_RETRY_BUDGET } from "../transport/RetryBudget.ts"
import { DEFAULT_ATTEMPT_TIMEOUT, type TransportOptions } from "../transport/Transport.ts"

/** The region by default. */
export const DEFAULT_REGION = "mypurecloud.com"

/** The id of an OAuth client with the client credentials grant, and its secret. */
export interface OAuthClient {
  /** Its id. */
  readonly clientId: string
  /** Its secret. */
  readonly clientSecret: Redacted.Redacted
}

/** How to reach one CXone tenant. */
export class CXoneSettings extends Context.Service<
  CXoneSettings,
  Omit<TransportOptions, "attemptTimeout" | "operations"> & {
    /** `https://` and the region's host, or any other origin (with or without a path prefix), no slash at the end. */
    readonly baseUrl: string
    /** The id of an OAuth client with the client credentials grant. */
    readonly clientId: string
    /** The secret of the same client. */
    readonly clientSecret: Redacted.Redacted
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

const NO_BASE_URL = "not an http or https URL without credentials, query or fragment"

const isBaseUrl = (text: string): boolean => {
  const url = URL.parse(text)
  return (
    url !== null &&
    (url.protocol === "https:" || url.protocol === "http:") &&
    url.username === "" &&
    url.password === "" &&
    url.search === "" &&
    url.hash === ""
  )
}

/** The URL as its parser reads it, with nothing after the path, and no slash at the end. */
const toBaseUrl = (text: string): string => {
  const { origin, pathname } = new URL(text)
  return (origin + pathname).replace(/\/+$/, "")
}

const BaseUrl = Schema.String.check(Schema.makeFilter(isBaseUrl, { message: NO_BASE_URL }))

const Host = Schema.String.check(
  Schema.isPattern(/^(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/i, { message: "not a host name such as mypurecloud.com" })
)

/** Text with something in it. */
const NotBlank = Schema.String.check(Schema.makeFilter((value: string) => value.trim() !== "", { message: "empty" }))

/** Space around a text is a slip of the one who pasted it. */
const text = (name: string) => Config.schema(NotBlank, name).pipe(Config.map((value) => value.trim()))

/** Each setting of CXone as a `Config` of its own, for programs that report all problems at once. */
export const cxoneConfig = {
  /** `CXONE_BASE_URL`, which wins over the region. */
  url: Config.schema(BaseUrl, "CXONE_BASE_URL").pipe(Config.map(toBaseUrl), Config.option),
  region: Config.schema(Host, "CXONE_REGION").pipe(Config.withDefault(DEFAULT_REGION)),
  clientId: text("CXONE_CLIENT_ID"),
  clientSecret: text("CXONE_CLIENT_SECRET").pipe(Config.map((secret) => Redacted.make(secret))),
  attemptTimeout: durationConfig("CXONE_ATTEMPT_TIMEOUT").pipe(Config.withDefault(DEFAULT_ATTEMPT_TIMEOUT)),
  /** `CXONE_RATE_LIMIT`; none where it is not set. */
  rateLimit: Config.option(rateConfig("CXONE_RATE_LIMIT")),
  retryShare: numberConfig("CXONE_RETRY_SHARE", "not a number from 0 to 1", (share) => share >= 0 && share <= 1).pipe(
    Config.withDefault(DEFAULT_RETRY_BUDGET.share)
  ),
  retryFloor: numberConfig(
    "CXONE_RETRY_FLOOR",
    "not a whole number",
    (count) => Number.isSafeInteger(count) && count >= 0
  ).pipe(Config.withDefault(DEFAULT_RETRY_BUDGET.floor))
}

/** The settings from what `cxoneConfig` read. */
export const fromConfig = ({
  rateLimit,
  region,
  retryFloor,
  retryShare,
  url,
  ...rest
}: {
  readonly [K in keyof typeof cxoneConfig]: Config.Success<(typeof cxoneConfig)[K]>
}): CXoneSettings["Service"] => ({
  ...rest,
  credentialsFrom: "CXONE_CLIENT_ID and CXONE_CLIENT_SECRET",
  baseUrlFrom: "CXONE_BASE_URL or CXONE_REGION",
  baseUrl: Option.getOrElse(url, () => `https://${region}`),
  retryBudget: { share: retryShare, floor: retryFloor },
  ...(Option.isSome(rateLimit) ? { rateLimit: rateLimit.value } : {})
})
