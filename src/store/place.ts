/** Where the database is, for people: never with a password. */
import { Redacted } from "effect"
import type { DatabaseSettings } from "./DatabaseSettings.ts"

const decoded = (text: string) => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Such as `SQLite, ./data/router.db` or `Postgres, router at db.example.com:5432 as anna`. */
export const placeOf = (settings: DatabaseSettings): string => {
  if (settings.kind === "memory") return "memory"
  if (settings.kind === "sqlite") return `SQLite, ${settings.path}`
  const url = URL.parse(Redacted.value(settings.url))
  if (url === null) return "Postgres"
  const { searchParams } = url
  const host = searchParams.get("host") ?? url.hostname
  const port = searchParams.get("port") ?? (url.port === "" ? "5432" : url.port)
  const user = decoded(searchParams.get("user") ?? url.username)
  const database = decoded(searchParams.get("dbname") ?? url.pathname.slice(1))
  return `Postgres, ${database === "" ? "" : `${database} `}at ${host}:${port}${user === "" ? "" : ` as ${user}`}`
}
