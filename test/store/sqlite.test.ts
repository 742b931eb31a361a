/** A file of SQLite: its owner, and files that cannot be used. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { chmodSync, mkdirSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { Database } from "../../src/store/Database.ts"
import * as Store from "../../src/store/Store.ts"
import { temporaryFolder } from "../support/database.ts"

const store = (path: string) => Layer.build(Store.layer({ kind: "sqlite", path }))

const refused = (path: string) => Effect.map(Effect.flip(store(path)), ({ message }) => message)

/** A process that owns a file until it is killed. */
const ownerProcess = (path: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const module = new URL("../../src/store/Store.ts", import.meta.url).href
      const code = `import { Effect, Layer } from "effect"
        import * as Store from ${JSON.stringify(module)}
        const layer = Store.layer({ kind: "sqlite", path: ${JSON.stringify(path)} })
        await Effect.runPromise(Effect.scoped(Effect.andThen(Layer.build(layer), Effect.andThen(Effect.sync(() => console.log("up")), Effect.never))))`
      const child = spawn(process.execPath, ["--input-type=module", "--eval", code], {
        cwd: new URL("../..", import.meta.url),
        stdio: ["ignore", "pipe", "inherit"]
      })
      await once(child.stdout, "data")
      return child
    }),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )

describe("a file of SQLite", () => {
  it.live("is made with its folder, for this user alone", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "data", "router.db")
      yield* store(path)
      assert.equal(statSync(path).mode & 0o077, 0)
    }).pipe(Effect.scoped)
  )

  it.live("has one owner: the second process is told which one, and comes after it was killed", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "router.db")
      const child = yield* ownerProcess(path)
      assert.match(
        yield* refused(path),
        new RegExp(
          `router.db is used by another router: process ${child.pid} on .+, since \\d{4}-.+Z\\n.*stop that one`
        )
      )
      const beside = yield* Layer.build(Store.layerBeside({ kind: "sqlite", path })).pipe(Effect.scoped, Effect.exit)
      assert.equal(beside._tag, "Success")
      const ended = once(child, "exit")
      child.kill("SIGKILL")
      yield* Effect.promise(() => ended)
      yield* store(path)
    }).pipe(Effect.scoped)
  )

  it.live("that cannot be used is refused in words", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      assert.include(yield* refused(folder), `${folder}: it is a folder`)
      const text = join(folder, "text")
      writeFileSync(text, "no database at all, but a text of some length".repeat(50))
      assert.include(yield* refused(text), "it is not a database of SQLite")
      assert.include(yield* refused(join(text, "router.db")), "its folder is a file")
      const absent = join(folder, "absent.db")
      const beside = yield* Effect.flip(Layer.build(Store.layerBeside({ kind: "sqlite", path: absent })))
      assert.include(beside.message, "there is no such file")
      if (process.getuid?.() !== 0) {
        const closed = join(folder, "closed")
        mkdirSync(closed)
        chmodSync(closed, 0o500)
        assert.include(yield* refused(join(closed, "router.db")), "this user may not write it")
      }
    }).pipe(Effect.scoped)
  )

  it.live("of a newer release is refused", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "router.db")
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* sql`INSERT INTO router_migrations (migration_id, name) VALUES (999, 'later')`
      }).pipe(Effect.provide(Store.layer({ kind: "sqlite", path })))
      assert.include(yield* refused(path), "it has version 999, and this release knows versions up to 1")
    }).pipe(Effect.scoped)
  )

  it.live("on a disk that is full goes down, and up again with the first change that is there", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "router.db")
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const { state } = yield* Database
        const insert = (version: string) =>
          sql`INSERT INTO routing_tables ${sql.insert({ version, first_seen: 1, file: "x".repeat(100_000) })}`
        yield* sql`PRAGMA max_page_count = 30`
        const error = yield* Effect.flip(insert("a"))
        assert.include(error.message, "full")
        assert.deepStrictEqual(yield* state, { isUp: false, reason: "the disk is full" })
        yield* sql`PRAGMA max_page_count = 100000`
        assert.isFalse((yield* state).isUp)
        yield* sql.withTransaction(insert("a"))
        assert.isTrue((yield* state).isUp)
      }).pipe(Effect.provide(Store.layer({ kind: "sqlite", path })))
    }).pipe(Effect.scoped)
  )
})
