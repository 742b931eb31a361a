/** The settings of the database, and of the history that is kept in it. */
import { Config, Duration, Effect, Redacted, Schema, SchemaGetter, SchemaIssue } from "effect"
import { DEFAULT_HISTORY } from "../history/HistorySettings.ts"
import { durationConfig } from "../std/DurationConfig.ts"
import { setting, together } from "../std/Setting.ts"
import { wordConfig } from "../std/valueConfigs.ts"
import { type DatabaseSettings, MEMORY } from "../store/DatabaseSettings.ts"

const SSL_MODES = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]

/** A problem holds no part of the URL: it may be the password. */
const wrong = (message: string) => Effect.fail(new SchemaIssue.InvalidValue({ message }))

const file = (rest: string) => {
  // As other programs write absolute paths: sqlite:///var/lib/router.db.
  const path = rest.replace(/^\/\/(?=\/)/, "")
  if (path === ":memory:") return Effect.succeed(MEMORY)
  if (path === "") return wrong("a database of SQLite without the path of its file")
  if (path.startsWith("//"))
    return wrong("not a path: one from the working directory is written sqlite:./data/router.db")
  if (/[?#\0]/.test(path)) return wrong("not a path: ?, # and what follows them are not known here")
  return Effect.succeed<DatabaseSettings>({ kind: "sqlite", path })
}

const postgres = (text: string) => {
  const url = URL.parse(text)
  if (url === null) {
    return wrong("not a URL: in a user or a password, characters such as @ : / ? # and % are written percent-encoded")
  }
  if (url.hostname === "" && !url.searchParams.has("host")) return wrong("a URL without a host")
  const mode = url.searchParams.get("sslmode")
  if (mode !== null && !SSL_MODES.includes(mode))
    return wrong(`a URL whose sslmode is not one of ${SSL_MODES.join(", ")}`)
  return Effect.succeed<DatabaseSettings>({ kind: "postgres", url: Redacted.make(text) })
}

const decode = (value: string): Effect.Effect<DatabaseSettings, SchemaIssue.Issue> => {
  const text = value.trim()
  if (/^memory:?$/i.test(text)) return Effect.succeed(MEMORY)
  if (/^sqlite:/i.test(text)) return file(text.slice("sqlite:".length))
  return /^postgres(?:ql)?:\/\//i.test(text) ? postgres(text) : wrong("not a URL of a database that the router knows")
}

/** A `Config` for a database: `memory:`, `sqlite:PATH` or `postgres://…`. */
const databaseConfig: Config.Config<DatabaseSettings> = Config.schema(
  Schema.String.pipe(
    Schema.decodeTo(Schema.Unknown as Schema.Codec<DatabaseSettings>, {
      decode: SchemaGetter.transformEffect(decode),
      encode: SchemaGetter.forbidden(() => "a database has a password")
    })
  ),
  "DATABASE_URL"
)

/** The database. */
export const database = setting(
  "DATABASE_URL",
  Config.withDefault(databaseConfig, MEMORY),
  "memory: (what is in it ends with the process), sqlite: and the path of a file, such as sqlite:./data/router.db, or postgres://USER:PASSWORD@HOST:5432/DATABASE"
)

/** Zero has no unit. */
const durationOrNone = (name: string) =>
  Config.orElse(
    Config.map(wordConfig(name, ["0"], { off: "0", none: "0", "0s": "0", "0h": "0", "0d": "0" }), () => Duration.zero),
    () => durationConfig(name)
  )

/** The settings of the history. */
export const history = together({
  retention: setting(
    "HISTORY_RETENTION",
    durationConfig("HISTORY_RETENTION").pipe(Config.withDefault(DEFAULT_HISTORY.retention)),
    "how long the history of a handover is kept, such as 30d"
  ),
  userIds: setting(
    "HISTORY_USER_IDS",
    wordConfig("HISTORY_USER_IDS", ["plain", "hashed", "off"]).pipe(Config.withDefault(DEFAULT_HISTORY.userIds)),
    "plain, hashed (a user is still found by the exact id) or off"
  ),
  requests: setting(
    "HISTORY_REQUESTS",
    wordConfig("HISTORY_REQUESTS", ["rules", "off"]).pipe(Config.withDefault(DEFAULT_HISTORY.requests)),
    "rules (what the routing table's rules look at is kept) or off"
  ),
  keepFailed: setting(
    "KEEP_FAILED",
    durationOrNone("KEEP_FAILED").pipe(Config.withDefault(DEFAULT_HISTORY.keepFailed)),
    "how long the whole request of a failed handover is kept, so that it can be handed over again, such as 24h; 0 keeps none"
  )
})
