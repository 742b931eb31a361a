/** Databases for tests. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Layer } from "effect"
import { MEMORY } from "../../src/store/DatabaseSettings.ts"
import * as Store from "../../src/store/Store.ts"

/** A folder that goes with the scope. */
export const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "router-store-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

/** A database in memory. */
export const memoryDatabase = Store.layer(MEMORY)

/** A new file of SQLite, which goes with the layer. */
export const sqliteDatabase = Layer.unwrap(
  Effect.map(temporaryFolder, (folder) => Store.layer({ kind: "sqlite", path: join(folder, "router.db") }))
)
