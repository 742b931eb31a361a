/** What `npm run verify:cxone` runs with. */
import { Config, Duration, Effect, Option, Schema } from "effect"
import { whereCredentialsAre } from "../../../src/app/DialectSettings.ts"
import { proxies } from "../../../src/app/ProxySettings.ts"
import { Id } from "../../../src/cxone/Id.ts"
import { type CXoneSettings, cxoneConfig } from "../../../src/cxone/webchat/CXoneSettings.ts"
import type { ProxySettings } from "../../../src/std/Proxies.ts"
import { type Problems, SettingsError, setting, together } from "../../../src/std/Setting.ts"

/** Which CXone is verified, and how its states come about. */
export interface Settings {
  /** Its `attemptTimeout` is how long anybody may take for one answer. */
  readonly cxone: CXoneSettings["Service"]
  /** Who arranges provider states; where there is nobody, they are arranged through CXone's own API. */
  readonly statesUrl: string | undefined
  /** A queue and an agent that are there, for states that are arranged through CXone's own API. */
  readonly queueId: string | undefined
  readonly agentId: string | undefined
}

/** How long CXone and whoever arranges its states may take for one answer. */
export const PATIENCE = Duration.seconds(10)

/** CI passes a secret or variable that is not set as an empty text: the same as none. */
const optional = (name: string, schema: Schema.Codec<string, string>, instead: string) =>
  Effect.flatMap(
    Effect.orElseSucceed(Config.String(name).pipe(Config.withDefault("")), () => ""),
    (text): Effect.Effect<string | undefined, Problems> =>
      text.trim() === "" ? Effect.undefined : setting(name, Config.schema(schema, name), instead)
  )

const HttpUrl = Schema.String.check(
  Schema.makeFilter((text: string) => /^https?:$/.test(URL.parse(text)?.protocol ?? ""), {
    message: "not an http or https URL"
  })
)

const start = "the start of CXone's URLs, such as http://127.0.0.1:4010 or https://mypurecloud.com"

const baseUrl = Effect.flatMap(
  setting("CXONE_BASE_URL", cxoneConfig.url, start),
  Option.match({
    onNone: () => Effect.fail<Problems>([{ name: "CXONE_BASE_URL", problem: "is missing", instead: start }]),
    onSome: (url) => Effect.succeed(url)
  })
)

/** The proxies on the way to it. */
export const proxySettings: Effect.Effect<ProxySettings, SettingsError> = Effect.mapError(
  proxies,
  (problems) => new SettingsError({ problems })
)

/** All settings, or every problem that they have. */
export const settings: Effect.Effect<Settings, SettingsError> = together({
  cxone: together({
    baseUrl,
    clientId: setting("CXONE_CLIENT_ID", cxoneConfig.clientId, `the client id (${whereCredentialsAre})`),
    clientSecret: setting(
      "CXONE_CLIENT_SECRET",
      cxoneConfig.clientSecret,
      `the client secret (${whereCredentialsAre})`
    ),
    credentialsFrom: Effect.succeed("CXONE_CLIENT_ID and CXONE_CLIENT_SECRET"),
    baseUrlFrom: Effect.succeed("CXONE_BASE_URL"),
    attemptTimeout: Effect.succeed(PATIENCE)
  }),
  statesUrl: optional(
    "CXONE_PROVIDER_STATES_URL",
    HttpUrl,
    "the URL that takes POST {action, state, params}, or leave it out"
  ),
  queueId: optional("CXONE_QUEUE_ID", Id, "the id of a queue that is there, or leave it out"),
  agentId: optional("CXONE_AGENT_ID", Id, "the id of an agent who is there, or leave it out")
}).pipe(Effect.mapError((problems) => new SettingsError({ problems })))
