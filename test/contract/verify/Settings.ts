/** What `npm run verify:cxone` runs with. */
import { Config, Duration, Effect, Option, Schema } from "effect"
import * as DialectSettings from "../../../src/app/DialectSettings.ts"
import { proxies } from "../../../src/app/ProxySettings.ts"
import type { Dialect } from "../../../src/cxone/Dialect.ts"
import type { DigitalSettings } from "../../../src/cxone/digital/DigitalSettings.ts"
import { isNumber, isUuid } from "../../../src/cxone/digital/ids.ts"
import { Id } from "../../../src/cxone/Id.ts"
import { type CXoneSettings, cxoneConfig } from "../../../src/cxone/webchat/CXoneSettings.ts"
import type { ProxySettings } from "../../../src/std/Proxies.ts"
import { type Problems, SettingsError, setting, together } from "../../../src/std/Setting.ts"

/** How the states of a CXone come about. */
interface Arranging {
  /** Who arranges provider states; where there is nobody, they are arranged through CXone's own API. */
  readonly statesUrl: string | undefined
  /** A queue and an agent that are there, for states that are arranged through CXone's own API. */
  readonly queueId: string | undefined
  readonly agentId: string | undefined
}

/** A CXone with the webchat API that is verified. */
export interface Settings extends Arranging {
  /** Its `attemptTimeout` is how long anybody may take for one answer. */
  readonly cxone: CXoneSettings["Service"]
}

/** A CXone with the Digital Engagement API that is verified. Its queue is a routing queue, by its UUID, and its agent has a UUID. */
export interface DigitalVerification extends Arranging {
  /** Its `attemptTimeout` is how long anybody may take for one answer. */
  readonly digital: DigitalSettings["Service"]
  /** The number of a skill that is there. */
  readonly skillId: string | undefined
  /** The number of an agent who is there. */
  readonly agentNumber: string | undefined
}

/** A CXone that is verified. */
export type AnySettings = Settings | DigitalVerification

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

const statesUrl = optional(
  "CXONE_PROVIDER_STATES_URL",
  HttpUrl,
  "the URL that takes POST {action, state, params}, or leave it out"
)

const webchat: Effect.Effect<Settings, Problems> = together({
  cxone: together({
    baseUrl,
    client: DialectSettings.webchatClient,
    credentialsFrom: Effect.succeed("CXONE_CLIENT_ID and CXONE_CLIENT_SECRET"),
    baseUrlFrom: Effect.succeed("CXONE_BASE_URL"),
    attemptTimeout: Effect.succeed(PATIENCE)
  }).pipe(Effect.map(({ client, ...rest }) => ({ ...client, ...rest }))),
  statesUrl,
  queueId: optional("CXONE_QUEUE_ID", Id, "the id of a queue that is there, or leave it out"),
  agentId: optional("CXONE_AGENT_ID", Id, "the id of an agent who is there, or leave it out")
})

const Uuid = Schema.String.check(Schema.makeFilter(isUuid, { message: "not a UUID" }))
const Digits = Schema.String.check(Schema.makeFilter(isNumber, { message: "not a number" }))

const noChannel: Problems = [
  { name: "CXONE_CHANNEL_ID", problem: "is missing", instead: "the id of a digital channel of a sandbox" }
]

const digital: Effect.Effect<DigitalVerification, Problems> = together({
  digital: Effect.flatMap(DialectSettings.digital, (settings) =>
    settings.channelId === undefined
      ? Effect.fail(noChannel)
      : Effect.succeed({ ...settings, attemptTimeout: PATIENCE })
  ),
  statesUrl,
  skillId: optional("CXONE_SKILL_ID", Digits, "the number of a skill that is there, or leave it out"),
  queueId: optional("CXONE_QUEUE_ID", Uuid, "the UUID of a routing queue that is there, or leave it out"),
  agentId: optional("CXONE_AGENT_ID", Uuid, "the UUID of an agent who is there, or leave it out"),
  agentNumber: optional("CXONE_AGENT_NUMBER", Digits, "the number of an agent who is there, or leave it out")
})

/** The dialect: the given one, else that of `CXONE_DIALECT`. */
export const dialectOf = (given: Option.Option<Dialect>): Effect.Effect<Dialect, SettingsError> =>
  Option.isSome(given)
    ? Effect.succeed(given.value)
    : Effect.mapError(DialectSettings.dialect, (problems) => new SettingsError({ problems }))

/** All settings of a dialect, or every problem that they have. */
export const settingsOf = (dialect: Dialect): Effect.Effect<AnySettings, SettingsError> => {
  const read: Effect.Effect<AnySettings, Problems> = dialect === "digital" ? digital : webchat
  return Effect.mapError(read, (problems) => new SettingsError({ problems }))
}
