/** The settings of CXone: the dialect of its API, the tenant, and our credentials. */
import { Effect, type Option } from "effect"
import { type Dialect, dialectConfig } from "../cxone/Dialect.ts"
import type { DigitalClient, DigitalSettings } from "../cxone/digital/DigitalSettings.ts"
import { digitalConfig, fromDigitalConfig } from "../cxone/digital/digitalConfig.ts"
import type { OAuthClient } from "../cxone/OAuthClient.ts"
import { transportConfig } from "../cxone/transport/transportConfig.ts"
import { type CXoneSettings, cxoneConfig, fromConfig } from "../cxone/webchat/CXoneSettings.ts"
import { type Problems, setting, together } from "../std/Setting.ts"

/** The tenant and our credentials, by the dialect of its API. */
export type DialectSettings =
  | ({ readonly dialect: "webchat" } & CXoneSettings["Service"])
  | ({ readonly dialect: "digital" } & DigitalSettings["Service"])

/** The page on which people find the credentials of their OAuth client. */
export const whereCredentialsAre =
  "CXone Admin > Security > Applications, your OAuth client with the client credentials grant"

/** The things at CXone that hold the credentials of the Digital Engagement API. */
export const whereDigitalCredentialsAre = {
  client: "your back-end application, which is registered with CXone",
  accessKey: "one of the access keys of the employee that the router acts as, in CXone Admin"
}

/** The dialect of CXone's API. */
export const dialect: Effect.Effect<Dialect, Problems> = setting(
  "CXONE_DIALECT",
  dialectConfig,
  "webchat (the default), or digital for the Digital Engagement API"
)

/** The client of the webchat API. */
export const webchatClient: Effect.Effect<OAuthClient, Problems> = together({
  clientId: setting("CXONE_CLIENT_ID", cxoneConfig.clientId, `the client id (${whereCredentialsAre})`),
  clientSecret: setting("CXONE_CLIENT_SECRET", cxoneConfig.clientSecret, `the client secret (${whereCredentialsAre})`)
})

/** The client and access key of the Digital Engagement API. */
export const digitalClient: Effect.Effect<DigitalClient, Problems> = together({
  clientId: setting("CXONE_CLIENT_ID", digitalConfig.clientId, `the client id (${whereDigitalCredentialsAre.client})`),
  clientSecret: setting(
    "CXONE_CLIENT_SECRET",
    digitalConfig.clientSecret,
    `the client secret (${whereDigitalCredentialsAre.client})`
  ),
  accessKeyId: setting(
    "CXONE_ACCESS_KEY_ID",
    digitalConfig.accessKeyId,
    `the access key's id (${whereDigitalCredentialsAre.accessKey})`
  ),
  accessKeySecret: setting(
    "CXONE_ACCESS_KEY_SECRET",
    digitalConfig.accessKeySecret,
    `the access key's secret, which CXone shows once (${whereDigitalCredentialsAre.accessKey})`
  )
})

const transport = {
  attemptTimeout: setting("CXONE_ATTEMPT_TIMEOUT", transportConfig.attemptTimeout, "a length of time, such as 2s"),
  rateLimit: setting(
    "CXONE_RATE_LIMIT",
    transportConfig.rateLimit,
    "how many calls CXone may get in how much time, such as 300/minute; or leave it out"
  ),
  retryShare: setting("CXONE_RETRY_SHARE", transportConfig.retryShare, "retries per call, 0 to 1, such as 0.2"),
  retryFloor: setting("CXONE_RETRY_FLOOR", transportConfig.retryFloor, "a whole number of retries, such as 20")
}

const webchat = together({
  url: setting(
    "CXONE_BASE_URL",
    cxoneConfig.url,
    "the start of CXone's URLs, such as https://mypurecloud.com; or leave it out and set CXONE_REGION"
  ),
  region: setting("CXONE_REGION", cxoneConfig.region, "your region's host, such as mypurecloud.com"),
  client: webchatClient,
  ...transport
}).pipe(Effect.map(({ client, ...rest }) => fromConfig({ ...client, ...rest })))

/** The contact, and the channel where the contact needs one. While the contact is wrong, a missing channel is no problem of its own. */
const contactAndChannel = Effect.gen(function* () {
  const contact = setting(
    "CXONE_CONTACT",
    digitalConfig.contact,
    "open (a message of the router's opens or joins one) or find (the user's newest active contact is routed)"
  )
  const needed = yield* Effect.orElseSucceed(contact, () => "find" as const)
  const channelId: Effect.Effect<Option.Option<string>, Problems> = setting(
    "CXONE_CHANNEL_ID",
    digitalConfig.channelId(needed),
    needed === "open"
      ? "the id of the digital channel on which the router opens contacts, in CXone Admin; or CXONE_CONTACT=find"
      : "the id of the digital channel whose contacts are routed, in CXone Admin; or leave it out for all channels"
  )
  return yield* together({ contact, channelId })
})

/** The Digital Engagement API. */
export const digital: Effect.Effect<DigitalSettings["Service"], Problems> = together({
  issuer: setting(
    "CXONE_ISSUER",
    digitalConfig.issuer,
    "the start of CXone's token URL, without /auth/token, such as https://cxone.niceincontact.com; or leave it out"
  ),
  url: setting(
    "CXONE_BASE_URL",
    digitalConfig.url,
    "the start of the API's URLs, without /dfo/3.0, such as https://api-na1.niceincontact.com; or leave it out: the router then finds it"
  ),
  client: digitalClient,
  contact: contactAndChannel,
  tenantId: setting("CXONE_TENANT_ID", digitalConfig.tenantId, "your tenant's id; or leave it out: the token tells it"),
  intentField: setting(
    "CXONE_INTENT_FIELD",
    digitalConfig.intentField,
    "the ident of the contact custom field for the intent, such as cognigy_intent"
  ),
  acdVersion: setting("CXONE_ACD_VERSION", digitalConfig.acdVersion, "a version of CXone's ACD API, such as v30.0"),
  ...transport
}).pipe(Effect.map(({ client, contact, ...rest }) => fromDigitalConfig({ ...client, ...contact, ...rest })))

/** The settings of CXone, by the dialect that is set. */
export const cxone: Effect.Effect<DialectSettings, Problems> = Effect.flatMap(
  dialect,
  (dialect): Effect.Effect<DialectSettings, Problems> =>
    dialect === "digital"
      ? Effect.map(digital, (settings) => ({ dialect, ...settings }))
      : Effect.map(webchat, (settings) => ({ dialect, ...settings }))
)
