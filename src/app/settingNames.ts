/** The names of all settings, and names that look like misspelt ones. */
import { fileOf } from "../std/SecretFiles.ts"
import type { Problems } from "../std/Setting.ts"
import { isGiven, type Sources } from "../std/Sources.ts"
import { closest, suggestion } from "../std/suggest.ts"

/** Secrets. Each may be given by a file, too, whose path is the setting with `_FILE` after its name. */
export const SECRETS = [
  "CXONE_CLIENT_ID",
  "CXONE_CLIENT_SECRET",
  "CXONE_ACCESS_KEY_ID",
  "CXONE_ACCESS_KEY_SECRET",
  "WEBHOOK_API_KEYS",
  "WEBHOOK_BASIC_USER",
  "WEBHOOK_BASIC_PASSWORD",
  "WEBHOOK_SIGNING_SECRETS",
  "CONSOLE_PASSWORD",
  "OTEL_EXPORTER_OTLP_HEADERS",
  "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
  // Their URLs may hold a password.
  "DATABASE_URL",
  "HTTPS_PROXY",
  "HTTP_PROXY",
  "ALL_PROXY"
] as const

/** The settings of proxies, which have two names each. */
export const PROXIES: ReadonlyArray<string> = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"].flatMap((name) => [
  name,
  name.toLowerCase()
])

/** The other settings of the router. */
export const SETTINGS = [
  "CXONE_DIALECT",
  "CXONE_REGION",
  "CXONE_BASE_URL",
  "CXONE_ISSUER",
  "CXONE_CHANNEL_ID",
  "CXONE_CONTACT",
  "CXONE_TENANT_ID",
  "CXONE_INTENT_FIELD",
  "CXONE_ACD_VERSION",
  "CXONE_ATTEMPT_TIMEOUT",
  "CXONE_RATE_LIMIT",
  "CXONE_RETRY_SHARE",
  "CXONE_RETRY_FLOOR",
  "CXONE_CONNECTIONS",
  "CXONE_KEEP_ALIVE",
  "ROUTES_FILE",
  "SALES_QUEUE_ID",
  "SUPPORT_QUEUE_ID",
  "WEBHOOK_AUTH",
  "HOST",
  "PORT",
  "HTTP_KEEP_ALIVE",
  "HANDOVER_DEADLINE",
  "MAX_HANDOVERS",
  "IDEMPOTENCY_WINDOW",
  "HISTORY_RETENTION",
  "HISTORY_USER_IDS",
  "HISTORY_REQUESTS",
  "KEEP_FAILED",
  "METRICS",
  "METRICS_PORT",
  "METRICS_HOST",
  "CONSOLE_USER",
  "CONSOLE_PORT",
  "CONSOLE_HOST",
  "OTEL_SDK_DISABLED",
  "OTEL_SERVICE_NAME",
  "OTEL_RESOURCE_ATTRIBUTES",
  "OTEL_TRACES_EXPORTER",
  "OTEL_TRACES_SAMPLER",
  "OTEL_TRACES_SAMPLER_ARG",
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
  "OTEL_EXPORTER_OTLP_PROTOCOL",
  "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
  "OTEL_EXPORTER_OTLP_TIMEOUT",
  "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
  "OTEL_EXPORTER_OTLP_COMPRESSION",
  "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION",
  "OTEL_BSP_SCHEDULE_DELAY",
  "OTEL_BSP_EXPORT_TIMEOUT",
  "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
  "LOG_LEVEL",
  "LOG_FORMAT"
] as const

const FILES = SECRETS.map(fileOf)

const NAMES: ReadonlyArray<string> = [...SECRETS, ...SETTINGS]

/** Every name that a setting of the router can have. */
const OURS: ReadonlyArray<string> = [...NAMES, ...FILES]

/** Names that other programs read from the same file or environment: `verify:cxone`, and everything that calls out or prints. */
const OTHERS: ReadonlySet<string> = new Set([
  ...["CXONE_PROVIDER_STATES_URL", "CXONE_QUEUE_ID", "CXONE_AGENT_ID"],
  ...PROXIES,
  ...["NO_COLOR", "FORCE_COLOR", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR"]
])

/** The beginnings of names that hardly another program has. */
const PREFIX = /^(?:CXONE|WEBHOOK|CONSOLE|HANDOVER|IDEMPOTENCY|ROUTES|SALES_QUEUE|SUPPORT_QUEUE)_/

/** Variables that Kubernetes and Docker make for a service with such a name. */
const SERVICE = /_SERVICE_(?:HOST|PORT)|_PORT_\d+_|_PORT$/

const isKnown = (name: string) => OURS.includes(name) || OTHERS.has(name) || /^(?:NODE|OTEL_BLRP)_/.test(name)

/** True for a name that differs by a letter or two from a setting's; short names are often somebody else's. */
const isNear = (name: string) => {
  const most = name.length < 6 ? 0 : name.length < 10 ? 1 : 2
  return closest(name, OURS, most) !== undefined
}

/** Every other name in `.env` is a slip, but for those that OpenTelemetry defines for other programs. */
const isWrongInFile = (name: string) => !isKnown(name) && (!name.startsWith("OTEL_") || isNear(name))

const isWrongInEnvironment = (name: string) =>
  !isKnown(name) && (isNear(name) || (PREFIX.test(name) && !SERVICE.test(name)))

/** The setting that was meant, or those that begin in the same way. A setting that is there already is less likely. */
const insteadOf = (name: string, given: ReadonlySet<string>) => {
  const names = name.endsWith("_FILE") ? OURS : NAMES
  const absent = names.filter((ours) => !given.has(ours))
  const meant = closest(name, absent) ?? closest(name, names)
  if (meant !== undefined) return `did you mean ${meant}?`
  const [prefix] = /^[A-Z]+_/.exec(name) ?? []
  const alike = prefix === undefined ? [] : NAMES.filter((ours) => ours.startsWith(prefix))
  return suggestion(name, alike, "remove it, or look the name up in .env.example")
}

/** The most names of `.env` that are listed. */
const MAX_LISTED = 10

/** Names that no setting has: in `.env` all of them, in the environment those that look like a setting's. Values are not shown. */
export const misspelt = ({ environment, file }: Sources): Problems => {
  const lines = new Map(file?.entries.map(({ line, name }) => [name, line]))
  const variables = Object.keys(environment).filter((name) => isGiven(environment[name]))
  const given = new Set([...lines.keys(), ...variables])
  const problemOf = (name: string, where: string) => ({
    name,
    problem: `is not a setting of the router (${where})`,
    instead: insteadOf(name, given)
  })
  const inEnvironment = variables.filter((name) => !lines.has(name) && isWrongInEnvironment(name))
  const inFile = [...lines].filter(([name]) => isWrongInFile(name))
  const rest = inFile.length - MAX_LISTED
  return [
    ...inEnvironment.map((name) => problemOf(name, "from the environment")),
    ...inFile.slice(0, MAX_LISTED).map(([name, line]) => problemOf(name, `.env, line ${line}`)),
    ...(rest > 0
      ? [
          {
            name: ".env",
            problem: `has ${rest} more names that no setting has`,
            instead: "look them up in .env.example"
          }
        ]
      : [])
  ]
}
