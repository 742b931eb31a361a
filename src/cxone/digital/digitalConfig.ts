/** The settings of the Digital Engagement API. */
import { Config, Option, Schema } from "effect"
import { hasUnsafeCharacters, isShort } from "../../std/text.ts"
import { secretConfig, textConfig, wordConfig } from "../../std/valueConfigs.ts"
import { BaseUrl, toBaseUrl } from "../baseUrl.ts"
import { clientConfig } from "../OAuthClient.ts"
import { type Read, toTransportOptions, transportConfig } from "../transport/transportConfig.ts"
import type { DigitalSettings } from "./DigitalSettings.ts"

/** The issuer of tokens by default: that of all tenants but those of governments. */
export const DEFAULT_ISSUER = "https://cxone.niceincontact.com"

/** The custom field that gets the intent by default. */
export const DEFAULT_INTENT_FIELD = "cognigy_intent"

/** The version of the ACD's API by default. */
export const DEFAULT_ACD_VERSION = "v30.0"

/** The start of the API's URLs, without the `/dfo/3.0` that calls append. */
export const toApiStart = (url: string): string => toBaseUrl(url).replace(/\/dfo\/3\.0$/i, "")

const Id = Schema.String.check(
  Schema.makeFilter(
    (id: string) => /\S/.test(id) && !/\s/.test(id.trim()) && isShort(id.trim()) && !hasUnsafeCharacters(id.trim()),
    { message: "not an id: one to 256 characters without spaces" }
  )
)

const idConfig = (name: string) => Config.map(Config.schema(Id, name), (id) => id.trim())

const AcdVersion = Schema.String.check(
  Schema.isPattern(/^v\d{1,4}\.\d{1,4}$/, { message: "not a version such as v30.0" })
)

const channelId = idConfig("CXONE_CHANNEL_ID")

/** Each setting of the Digital Engagement API as a `Config` of its own, for programs that report all problems at once. */
export const digitalConfig = {
  issuer: Config.schema(BaseUrl, "CXONE_ISSUER").pipe(Config.map(toBaseUrl), Config.withDefault(DEFAULT_ISSUER)),
  ...clientConfig,
  accessKeyId: textConfig("CXONE_ACCESS_KEY_ID"),
  accessKeySecret: secretConfig("CXONE_ACCESS_KEY_SECRET"),
  /** `CXONE_CHANNEL_ID`, which only `find` can do without. */
  channelId: (contact: "open" | "find"): Config.Config<Option.Option<string>> =>
    contact === "find" ? Config.option(channelId) : Config.map(channelId, Option.some),
  contact: wordConfig("CXONE_CONTACT", ["open", "find"]).pipe(Config.withDefault("open" as const)),
  tenantId: Config.option(idConfig("CXONE_TENANT_ID")),
  /** `CXONE_BASE_URL`, which skips the discovery. `/dfo/3.0` at its end is cut off. */
  url: Config.schema(BaseUrl, "CXONE_BASE_URL").pipe(Config.map(toApiStart), Config.option),
  intentField: idConfig("CXONE_INTENT_FIELD").pipe(Config.withDefault(DEFAULT_INTENT_FIELD)),
  acdVersion: Config.schema(AcdVersion, "CXONE_ACD_VERSION").pipe(Config.withDefault(DEFAULT_ACD_VERSION)),
  ...transportConfig
}

/** The settings from what `digitalConfig` read. */
export const fromDigitalConfig = ({
  attemptTimeout,
  channelId,
  rateLimit,
  retryFloor,
  retryShare,
  tenantId,
  url,
  ...rest
}: Read<Omit<typeof digitalConfig, "channelId">> & {
  readonly channelId: Option.Option<string>
}): DigitalSettings["Service"] => ({
  ...rest,
  ...toTransportOptions({ attemptTimeout, rateLimit, retryFloor, retryShare }),
  credentialsFrom: {
    client: "CXONE_CLIENT_ID and CXONE_CLIENT_SECRET",
    accessKey: "CXONE_ACCESS_KEY_ID and CXONE_ACCESS_KEY_SECRET"
  },
  baseUrlFrom: "CXONE_ISSUER or CXONE_BASE_URL",
  ...(Option.isSome(channelId) ? { channelId: channelId.value } : {}),
  ...(Option.isSome(tenantId) ? { tenantId: tenantId.value } : {}),
  ...(Option.isSome(url) ? { baseUrl: url.value } : {})
})
