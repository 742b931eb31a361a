/** Measures pages of the history over a million entries, each filter alone and with each other one: `node test/bench/historyPages.ts`, with `--postgres` on Postgres. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { type Filter, History } from "../../src/history/History.ts"
import * as SqlHistory from "../../src/history/read/SqlHistory.ts"
import type { DatabaseSettings } from "../../src/store/DatabaseSettings.ts"
import * as Store from "../../src/store/Store.ts"
import { fillHistory } from "../support/history.ts"
import { postgres } from "../support/postgres.ts"
import { median } from "./statistics.ts"
import { millis, table, whole } from "./table.ts"

const { values } = parseArgs({
  options: {
    entries: { type: "string", default: "1000000" },
    // A file that stays, to be measured again; a temporary one by default.
    sqlite: { type: "string" },
    // A server from npm instead.
    postgres: { type: "boolean", default: false }
  }
})

const DAY = 86_400_000

/** A page of the console, and one more entry that tells whether there is another page. */
const LIMIT = 51

const TIMES = 3

/** A page that takes longer, in milliseconds, is slow. */
const GOAL = 300

/** The slowest pages that are shown. */
const SHOWN = 25

const now = Date.now()
const count = Number(values.entries)

/** What filters have: common and rare values, those of nobody, and some that no entry has together. */
const choices = (some: { readonly sessionId: string; readonly correlationId: string; readonly firstId: string }) => {
  const filters: ReadonlyArray<readonly [name: string, filter: Filter]> = [
    ["all", {}],
    ["outcome common", { outcomes: ["success"] }],
    ["outcome rare", { outcomes: ["failed"] }],
    ["two outcomes", { outcomes: ["failed", "refused"] }],
    ["four outcomes", { outcomes: ["success", "repeated", "failed", "refused"] }],
    ["rule common", { rule: "support" }],
    ["rule rare", { rule: "night" }],
    ["rule rejects", { rule: "abuse" }],
    ["rule nobody's", { rule: "nobody's" }],
    ["target common", { target: "queue:7e8f9a0b-1c2d-4e3f-9a4b-5c6d7e8f9a0b" }],
    ["target German", { target: "queue:9d2e4f6a-1b3c-4d5e-8f70-a1b2c3d4e5f6" }],
    ["target rare", { target: "queue:1f2e3d4c-5b6a-4798-8a7b-6c5d4e3f2a1b" }],
    ["language common", { language: "en-US" }],
    ["language rare", { language: "fi-FI" }],
    ["user common", { userId: "user-0" }],
    ["user rare", { userId: "user-99999" }],
    ["session", { sessionId: some.sessionId }],
    ["correlation", { correlationId: some.correlationId }],
    ["copies", { firstId: some.firstId }],
    ["last 30 days", { from: now - 30 * DAY }],
    ["last hour", { from: now - DAY / 24 }],
    ["an old hour", { from: now - 20 * DAY, to: now - 20 * DAY + DAY / 24 }],
    ["a past time", { from: now - 90 * DAY, to: now - 60 * DAY }]
  ]
  return filters
}

const inMillis = Effect.fnUntraced(function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
  const times: Array<number> = []
  for (let time = 0; time < TIMES; time++) {
    const start = performance.now()
    yield* effect
    times.push(performance.now() - start)
  }
  return median(times)
})

const print = (text: string) => Effect.sync(() => process.stdout.write(`${text}\n`))

const measure = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const { choices: values, find, get, minutes } = yield* History
  const [last] = yield* find({}, { limit: 1 })
  if (last === undefined) {
    const start = performance.now()
    yield* fillHistory({ count, from: now - 30 * DAY, to: now })
    yield* print(`${whole((performance.now() - start) / 1000)} s for ${count} entries`)
    yield* sql`ANALYZE`.pipe(sql.onDialectOrElse({ pg: () => Effect.asVoid, orElse: () => () => Effect.void }))
  }
  const [copy] = yield* find({ outcomes: ["repeated"], to: now - 10 * DAY }, { limit: 1 })
  if (copy === undefined) return yield* Effect.die("no copies")
  const { correlationId, firstId, id, sessionId } = copy
  const filters = choices({
    sessionId: sessionId ?? "",
    correlationId: correlationId ?? "",
    firstId: firstId ?? ""
  })

  const pages: Array<readonly [string, number, number]> = []
  for (const [at, [name, filter]] of filters.entries()) {
    for (const [other, more] of filters.slice(at)) {
      for (const [where, page] of [
        ["", { limit: LIMIT }],
        [", deep", { limit: LIMIT, before: id }],
        [", back", { limit: LIMIT, after: id }]
      ] as const) {
        const wanted = { ...filter, ...more }
        let found = 0
        const took = yield* inMillis(
          Effect.map(find(wanted, page), ({ length }) => {
            found = length
          })
        )
        pages.push([`${name === other ? name : `${name}, ${other}`}${where}`, found, took])
      }
    }
  }
  const slowest = pages.toSorted(([, , one], [, , other]) => other - one)
  const rows = slowest.slice(0, SHOWN).map(([name, found, took]) => [name, whole(found), millis(took)])
  yield* print(table([`the slowest of ${pages.length} pages`, "entries", "ms"], rows))
  yield* print(`half of the pages: ${millis(median(pages.map(([, , took]) => took)))} ms`)
  yield* print(
    table(
      ["", "ms"],
      [
        ["one entry", millis(yield* inMillis(get(id)))],
        ["choices", millis(yield* inMillis(values))],
        ["minutes of an hour", millis(yield* inMillis(minutes(now - DAY / 24, now)))],
        ["minutes of a day", millis(yield* inMillis(minutes(now - DAY, now)))],
        ["minutes of a week", millis(yield* inMillis(minutes(now - 7 * DAY, now)))]
      ]
    )
  )
  const slow = pages.filter(([, , took]) => took > GOAL)
  if (slow.length > 0) {
    yield* print(`${slow.length} pages take longer than ${GOAL} ms`)
    process.exitCode = 1
  }
})

const folder = mkdtempSync(join(tmpdir(), "router-history-"))
const sqlite: DatabaseSettings = { kind: "sqlite", path: values.sqlite ?? join(folder, "router.db") }
const server = Layer.unwrap(
  Effect.map(postgres, ({ url }) => Store.layer({ kind: "postgres", url: Redacted.make(url) }))
)
const database = values.postgres ? server : Store.layer(sqlite)

try {
  await Effect.runPromise(Effect.provide(measure, Layer.provideMerge(SqlHistory.layer, database)))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
