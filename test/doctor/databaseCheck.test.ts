/** The check of the database. */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { NodeFileSystem } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import * as Reactivity from "effect/reactivity/Reactivity"
import { SqlClient } from "effect/sql"
import { databaseCheck } from "../../src/doctor/databaseCheck.ts"
import { type DatabaseSettings, MEMORY } from "../../src/store/DatabaseSettings.ts"
import * as Store from "../../src/store/Store.ts"
import { temporaryFolder } from "../support/database.ts"
import { newDatabase, PASSWORD, postgres } from "../support/postgres.ts"
import { assertFinding } from "./support.ts"

const findingOf = (settings: DatabaseSettings) =>
  Effect.flatMap(databaseCheck(settings), ({ run }) => run).pipe(Effect.provide(NodeFileSystem.layer))

const file = (path: string): DatabaseSettings => ({ kind: "sqlite", path })

const changed = (url: string, change: (url: URL) => void) => {
  const other = new URL(url)
  change(other)
  return { kind: "postgres", url: Redacted.make(other.href) } as const
}

/** As a later release leaves it. */
const later = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql`INSERT INTO router_migrations (migration_id, name) VALUES (999, 'later')`
)

describe("the check of the database", () => {
  it.live("has nothing to look at in memory", () =>
    Effect.gen(function* () {
      assertFinding(yield* findingOf(MEMORY), { status: "ok", detail: /^memory: the history ends with/ })
    })
  )

  it.live("makes no file and no folder", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "data", "router.db")
      assertFinding(yield* findingOf(file(path)), { status: "ok", detail: /: no such file yet, the router's start/ })
      assert.isFalse(existsSync(join(path, "..")))
    }).pipe(Effect.scoped)
  )

  it.live("tells the version of the tables of a file, and the router that has it", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "router.db")
      writeFileSync(path, "", { mode: 0o600 })
      assertFinding(yield* findingOf(file(path)), { status: "ok", detail: /: no tables yet, the router's start/ })
      yield* Effect.gen(function* () {
        yield* Layer.build(Store.layer(file(path)))
        assertFinding(yield* findingOf(file(path)), {
          status: "ok",
          detail: new RegExp(`: version 1 of the tables; in use by a router: process ${process.pid} on .+, since .+Z$`)
        })
      }).pipe(Effect.scoped)
      assertFinding(yield* findingOf(file(path)), { status: "ok", detail: /^SQLite, .+: version 1 of the tables$/ })
    }).pipe(Effect.scoped)
  )

  it.live("fails for a file that cannot be used, or that a newer release has changed", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const text = join(folder, "text")
      writeFileSync(text, "no database at all, but a text of some length".repeat(50))
      assertFinding(yield* findingOf(file(text)), {
        status: "failed",
        detail: /it is not a database of SQLite$/,
        instead: /DATABASE_URL/
      })
      assertFinding(yield* findingOf(file(folder)), { status: "failed", detail: /a folder/, instead: /DATABASE_URL/ })
      const newer = join(folder, "newer.db")
      yield* Effect.provide(later, Store.layer(file(newer)))
      assertFinding(yield* findingOf(file(newer)), {
        status: "failed",
        detail: /it has version 999, and this release knows versions up to 1/,
        instead: /newest release/
      })
      if (process.getuid?.() !== 0) {
        const closed = join(folder, "closed")
        mkdirSync(closed, { mode: 0o500 })
        assertFinding(yield* findingOf(file(join(closed, "router.db"))), {
          status: "failed",
          detail: /this user may not write the folder/,
          instead: /give the router's user the folder/
        })
      }
    }).pipe(Effect.scoped)
  )

  it.live("warns of a file that other users may read", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "router.db")
      yield* Effect.scoped(Layer.build(Store.layer(file(path))))
      chmodSync(path, 0o644)
      assertFinding(yield* findingOf(file(path)), {
        status: "warned",
        detail: /version 1 of the tables; other users of this machine may read or write the file \(mode 644\)/,
        instead: /^chmod 600 /
      })
    }).pipe(Effect.scoped)
  )

  it.live("tells the version of the tables of a Postgres, and its place without the password", () =>
    Effect.gen(function* () {
      const url = yield* newDatabase
      const settings = { kind: "postgres", url } as const
      assertFinding(yield* findingOf(settings), {
        status: "ok",
        detail: /^Postgres, test_\d+ at 127\.0\.0\.1:\d+ as router: no tables yet, the router's start makes them$/
      })
      yield* Effect.scoped(Layer.build(Store.layer(settings)))
      assertFinding(yield* findingOf(settings), { status: "ok", detail: /as router: version 1 of the tables$/ })
      yield* Effect.provide(later, Store.layer(settings))
      assertFinding(yield* findingOf(settings), {
        status: "failed",
        detail: /as router: it has version 999/,
        instead: /newest release/
      })
    })
  )

  it.live("fails for a Postgres that refuses the user or allows it no tables, and warns of one that is away", () =>
    Effect.gen(function* () {
      const gone = yield* Effect.scoped(
        Effect.gen(function* () {
          const { url } = yield* postgres
          assertFinding(yield* findingOf(changed(url, (url) => (url.password = "wr0ngpassword"))), {
            status: "failed",
            detail: /as router: .*password authentication failed/,
            instead: /the password and the database of DATABASE_URL/
          })
          const sql = yield* PgClient.make({ url: Redacted.make(url) }).pipe(Effect.provide(Reactivity.layer))
          yield* sql`CREATE USER visitor PASSWORD 'v1s1t0r'`
          const visitor = changed(url, (url) => Object.assign(url, { username: "visitor", password: "v1s1t0r" }))
          assertFinding(yield* findingOf(visitor), {
            status: "failed",
            detail: /as visitor: its user may not make tables in the schema public$/,
            instead: /^GRANT CREATE ON SCHEMA public TO visitor/
          })
          return url
        })
      )
      const finding = yield* findingOf(changed(gone, () => {}))
      assertFinding(finding, { status: "warned", detail: /as router: .*ECONNREFUSED/, instead: /whether it runs/ })
      assert.notInclude(finding.detail, PASSWORD)
    })
  )
})
