/** Credentials that work and protect little, or that do not look like what was meant. Nothing of them is shown. */
import { Effect, Redacted } from "effect"
import type { WebhookCredentials } from "../cognigy/door/Credentials.ts"
import { fileOf } from "../std/SecretFiles.ts"
import { given, type Problems } from "../std/Setting.ts"
import { whereDigitalCredentialsAre } from "./DialectSettings.ts"
import { isLoopback } from "./isLoopback.ts"
import type { SettingValues } from "./Settings.ts"

/** The fewest characters of a key, and of a password, without a warning. */
const LEAST_KEY = 16
const LEAST_PASSWORD = 12

/** The fewest different characters of a random text. */
const LEAST_VARIETY = 5

const PLACEHOLDER =
  /placeholder|change.?me|x{4}|^(?:your|my|the)?[-_ ]?(?:api|client|webhook|basic|access)?[-_ ]?(?:keys?|secrets?|id|password|passwd|test|todo|example|default|admin)\d*$|^your\b|^your[-_]|^[<{[].*[>}\]]$/i

/** Why a text does not look like the secret that was meant. */
const slipOf = (text: string): string | undefined => {
  if (/^(?:CXONE|WEBHOOK|CONSOLE)_\w+\s*=/.test(text)) return "begins with the name of a setting"
  if (/^[^;]{8,};[^;]{8,}$/.test(text)) return "has a semicolon in it: a comma separates two"
  if (/^(["'`]).*\1$|^[“”„‘’]/.test(text)) return "is in quotes, which count"
  if (/\$\{\w+\}|\$\(\w+\)/.test(text)) return "names a variable, which is not expanded"
  return PLACEHOLDER.test(text) ? "looks like a placeholder" : undefined
}

const weaknessOf = (text: string, least: number): string | undefined => {
  if (text.length < least) return `has fewer than ${least} characters`
  return new Set(text).size < LEAST_VARIETY ? "repeats a few characters" : undefined
}

const RANDOM = "a long random text, such as `openssl rand -hex 32` prints"

const eachOf = (
  name: string,
  what: string,
  secrets: ReadonlyArray<Redacted.Redacted>,
  problemOf: (text: string) => string | undefined,
  instead: string
): Problems =>
  secrets.flatMap((secret, index) => {
    const problem = problemOf(Redacted.value(secret))
    const which = secrets.length === 1 ? "" : `${what} ${index + 1} of ${secrets.length} `
    return problem === undefined ? [] : [{ name, problem: `may be wrong: ${which}${problem}`, instead }]
  })

/** Credentials of the webhook that are easily guessed, or look like a slip. */
export const weak = (credentials: WebhookCredentials): Problems => {
  switch (credentials.mode) {
    case "none":
      return []
    case "api-key": {
      const problemOf = (key: string) => slipOf(key) ?? weaknessOf(key, LEAST_KEY)
      return eachOf("WEBHOOK_API_KEYS", "key", credentials.keys, problemOf, RANDOM)
    }
    case "signature": {
      const problemOf = (secret: string) => weaknessOf(secret.replace(/^whsec_/, ""), LEAST_KEY)
      const instead = 'random bytes, as `echo "whsec_$(openssl rand -base64 32)"` prints'
      return eachOf("WEBHOOK_SIGNING_SECRETS", "secret", credentials.secrets, problemOf, instead)
    }
    case "basic": {
      const problemOf = (password: string) =>
        /^\s|\s$/.test(password)
          ? "begins or ends with a space or a line break, which counts"
          : (slipOf(password) ?? weaknessOf(password, LEAST_PASSWORD))
      return eachOf("WEBHOOK_BASIC_PASSWORD", "password", [credentials.password], problemOf, RANDOM)
    }
  }
}

const pair = (
  [idName, id]: readonly [name: string, id: string],
  [secretName, secret]: readonly [name: string, secret: Redacted.Redacted],
  where: string
): Problems => {
  const copy = `copy it from ${where}, without quotes`
  const isSame = id === Redacted.value(secret)
  return [
    ...eachOf(idName, "id", [Redacted.make(id)], slipOf, copy),
    ...eachOf(
      secretName,
      "secret",
      [secret],
      (secret) => slipOf(secret) ?? (isSame ? `is the same as ${idName}` : undefined),
      copy
    )
  ]
}

const ofCXone = (cxone: SettingValues["cxone"]): Problems => {
  const client = (where: string) =>
    pair(["CXONE_CLIENT_ID", cxone.clientId], ["CXONE_CLIENT_SECRET", cxone.clientSecret], where)
  if (cxone.dialect === "webchat") return client("CXone Admin > Security > Applications")
  const { accessKeyId, accessKeySecret } = cxone
  return [
    ...client(whereDigitalCredentialsAre.client),
    ...pair(
      ["CXONE_ACCESS_KEY_ID", accessKeyId],
      ["CXONE_ACCESS_KEY_SECRET", accessKeySecret],
      whereDigitalCredentialsAre.accessKey
    )
  ]
}

/** The console's password, which is guessed at over the network. */
const ofConsole = ({ console, host }: SettingValues): Problems => {
  if (console === undefined || console.access === "open") return []
  const problemOf = (password: string) =>
    /^\s|\s$/.test(password)
      ? "begins or ends with a space or a line break, which counts"
      : (slipOf(password) ?? weaknessOf(password, LEAST_PASSWORD))
  const at = console.listen?.host ?? host
  const name = console.listen === undefined ? "HOST" : "CONSOLE_HOST"
  return [
    ...eachOf("CONSOLE_PASSWORD", "password", [console.access.password], problemOf, RANDOM),
    ...(isLoopback(at)
      ? []
      : [
          {
            name,
            problem: `is ${at}, and the console has no TLS of its own: its password can be read on the way`,
            instead:
              "CONSOLE_PORT with CONSOLE_HOST=127.0.0.1 and a reverse proxy with TLS before it; in a container, a port that only that proxy reaches"
          }
        ])
  ]
}

const open = ({ credentials, host }: SettingValues): Problems =>
  credentials.mode === "none" && !isLoopback(host)
    ? [
        {
          name: "WEBHOOK_AUTH",
          problem: `is none, and HOST is ${host}: everyone who reaches the port can hand over`,
          instead: "api-key, basic or signature; or HOST=127.0.0.1 behind something that checks"
        }
      ]
    : []

/** The settings of each kind of credentials. */
const SETTINGS_OF: Readonly<Record<WebhookCredentials["mode"], ReadonlyArray<string>>> = {
  "api-key": ["WEBHOOK_API_KEYS"],
  basic: ["WEBHOOK_BASIC_USER", "WEBHOOK_BASIC_PASSWORD"],
  signature: ["WEBHOOK_SIGNING_SECRETS"],
  none: []
}

/** The name under which a setting is given, as a value or as a file. */
const nameOf = Effect.fnUntraced(function* (name: string) {
  for (const one of [fileOf(name), name]) if ((yield* given(one)) !== undefined) return [one]
  return []
})

const unused = Effect.fnUntraced(function* ({ mode }: WebhookCredentials): Effect.fn.Return<Problems> {
  const others = Object.entries(SETTINGS_OF).filter(([other]) => other !== mode)
  const found = yield* Effect.forEach(others, ([other, names]) =>
    Effect.map(Effect.forEach(names, nameOf), (names) => names.flat().map((name) => ({ name, other })))
  )
  return found.flat().map(({ name, other }) => ({
    name,
    problem: `is set and not used: WEBHOOK_AUTH is ${mode}`,
    instead: `set WEBHOOK_AUTH=${other}, or remove ${name}`
  }))
})

/** All of them. */
export const credentialsWarnings = (settings: SettingValues): Effect.Effect<Problems> =>
  Effect.map(unused(settings.credentials), (unused) => [
    ...open(settings),
    ...weak(settings.credentials),
    ...ofCXone(settings.cxone),
    ...ofConsole(settings),
    ...unused
  ])
