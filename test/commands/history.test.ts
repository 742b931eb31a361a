/** `history`, as people call it who are asked what happened. */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Sink, Stdio } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import type { Detail, Entry } from "../../src/history/Entry.ts"
import { idsFrom } from "../../src/history/idTimes.ts"
import * as Store from "../../src/store/Store.ts"
import { temporaryFolder } from "../support/database.ts"
import { entry } from "../support/entry.ts"
import { insertEntries } from "../support/history.ts"
import { platform, run } from "./support.ts"

const NOW = Date.UTC(2026, 10, 25, 12)

const MINUTE = 60_000

const idOf = (minutes: number) => `${idsFrom(NOW - minutes * MINUTE)}-7000-8000-000000000001`

const at = (minutes: number, members: Partial<Entry & Detail>) =>
  entry({ id: idOf(minutes), at: NOW - minutes * MINUTE, userId: "anna", ...members })

const failed: Partial<Entry & Detail> = {
  took: 5200,
  outcome: "failed",
  reason: "unavailable",
  status: 503,
  userId: "ben",
  correlationId: "c0ffee",
  conversationId: null,
  steps: [
    { kind: "call", name: "open", after: 0.5, took: 200, outcome: "503" },
    { kind: "wait", name: "before open again", after: 200.5, took: 120, outcome: "planned" },
    { kind: "call", name: "open", after: 320.5, took: 180, outcome: "503" }
  ],
  targets: [
    { type: "queue", id: "id-q1" },
    { type: "agent", id: "id-a1" }
  ],
  answer: { status: 503, error: "CXone unavailable", detail: "CXone answered 503 to open" }
}

const ENTRIES = [
  at(1, { intent: "=cmd()", language: 'de "DE", x' }),
  at(30, failed),
  at(20, { outcome: "repeated", reason: "repeated", firstId: idOf(30) }),
  at(90, { userId: "carla", rule: "other" })
]

/** A standard output whose texts are collected. */
const collecting = (texts: Array<string>) =>
  // biome-ignore lint/suspicious/useIterableCallbackReturn: this is a sink, not an array
  Sink.forEach((text: string | Uint8Array) => Effect.sync(() => texts.push(String(text))))

/** Runs `history` on a file of SQLite with these entries. */
const recorded = Effect.gen(function* () {
  yield* TestClock.setTime(NOW)
  const path = join(yield* temporaryFolder, "router.db")
  yield* Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const file = JSON.stringify({
      // The first name counts.
      queues: { Sales: "id-q1", "Old sales": "id-q1" },
      agents: { Alex: "id-a1" },
      rules: [{ name: "rule 0", to: { queue: "Sales" } }]
    })
    yield* sql`INSERT INTO routing_tables ${sql.insert({ version: "3f9c1a7be204", first_seen: 0, file })}`
    const request = JSON.stringify({ request: { intent: "sales", userId: "ben", entities: [] } })
    yield* sql`INSERT INTO kept_requests ${sql.insert({ handover_id: idOf(30), kept_until: NOW + MINUTE, request })}`
    yield* insertEntries(ENTRIES)
  }).pipe(Effect.provide(Store.layer({ kind: "sqlite", path })))
  const { stdin } = yield* Stdio.Stdio
  return Effect.fnUntraced(function* (...args: ReadonlyArray<string>) {
    const out: Array<string> = []
    const stdio = { args: Effect.succeed([]), stdin, stdout: () => collecting(out), stderr: () => Sink.drain }
    const result = yield* run(["history", ...args], { env: { DATABASE_URL: `sqlite:${path}` } }).pipe(
      Effect.provideService(Stdio.Stdio, Stdio.make(stdio))
    )
    return { ...result, out: out.join("") }
  })
})

const ids = (printed: string): ReadonlyArray<string> =>
  (JSON.parse(printed) as ReadonlyArray<{ readonly id: string }>).map(({ id }) => id)

describe("history", () => {
  it.effect("lists handovers, newest first, with names", () =>
    Effect.gen(function* () {
      const history = yield* recorded
      const { failure, printed } = yield* history("--since", "1h", "--limit", "2")
      assert.isUndefined(failure)
      const [header, first, second, ...more] = printed.split("\n")
      assert.match(header ?? "", /^time \(.+\) +outcome +took +rule +target +user +id$/)
      assert.match(first ?? "", /success +0\.0 ms +rule 0 +queue Sales +anna +/)
      assert.include(first, idOf(1))
      assert.include(second, idOf(20))
      assert.deepStrictEqual(more, ["and more: --limit 20, or a shorter time"])
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.effect("selects by all flags that are given, and prints an array", () =>
    Effect.gen(function* () {
      const history = yield* recorded
      const selected = (...args: ReadonlyArray<string>) =>
        Effect.map(history("--json", ...args), ({ printed }) => ids(printed))
      assert.deepStrictEqual(yield* selected("--failed"), [idOf(30)])
      assert.deepStrictEqual(yield* selected("--user", "anna", "--since", "10m"), [idOf(1)])
      assert.deepStrictEqual(yield* selected("--rule", "other"), [idOf(90)])
      assert.deepStrictEqual(yield* selected("--outcome", "repeated", "--outcome", "failed"), [idOf(20), idOf(30)])
      assert.deepStrictEqual(yield* selected("--correlation", "c0ffee"), [idOf(30)])
      assert.deepStrictEqual(yield* selected("--until", "2026-11-25T11:00:00Z"), [idOf(90)])
      assert.deepStrictEqual(yield* selected("--target", "queue:nobody's"), [])
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.effect("says what it looked at when there is nothing", () =>
    Effect.gen(function* () {
      const history = yield* recorded
      const { failure, printed } = yield* history("--rule", "sails", "--failed")
      assert.isUndefined(failure)
      assert.strictEqual(
        printed,
        "No handovers with outcome failed, rule sails.\n  no rule sails in the last week; there were: other, rule 0"
      )
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.effect("says what is wrong with a flag, or with the database", () =>
    Effect.gen(function* () {
      const history = yield* recorded
      assert.match((yield* history("--since", "soon")).failure ?? "", /^--since soon: expected how long ago/)
      assert.match((yield* history("--target", "Sales")).failure ?? "", /^--target Sales: expected queue:ID/)
      assert.match((yield* history("--since", "1h", "--until", "2h")).failure ?? "", /no time between them/)
      assert.match((yield* history("--limit", "0")).failure ?? "", /^--limit 0/)
      assert.match((yield* history("export")).failure ?? "", /^say how: --csv/)
      const inMemory = yield* run(["history"], { env: { DATABASE_URL: "memory:" } })
      assert.match(inMemory.failure ?? "", /history is in the router's process/)
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.effect("shows one handover as a timeline, by its id or its correlation id", () =>
    Effect.gen(function* () {
      const history = yield* recorded
      const { printed } = yield* history("show", "c0ffee")
      const lines = printed.split("\n").map((line) => line.replace(/ +/g, " ").trim())
      assert.includeMembers(lines, [
        `Handover ${idOf(30)}`,
        "failed: unavailable, answered 503 after 5200 ms",
        "intent sales",
        "rule rule 0, table 3f9c1a7be204: queue Sales, else agent Alex",
        "+0.5 ms call open 503 200 ms",
        "+201 ms wait before open again planned 120 ms",
        "+5200 ms answer 503",
        "503 CXone unavailable: CXone answered 503 to open",
        "copies",
        "its request is still kept: the console can hand it over again",
        "the log has its lines by correlationId=c0ffee"
      ])
      assert.include(printed, idOf(20))
      assert.strictEqual((yield* history("show", idOf(30))).printed, printed)
      assert.match((yield* history("show", "nobody")).failure ?? "", /^The history has no handover nobody/)
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.effect("exports CSV without formulas, and JSON lines with every step", () =>
    Effect.gen(function* () {
      const history = yield* recorded
      const { out } = yield* history("export", "--csv", "--since", "10m")
      const [header, line, ...more] = out.split("\n")
      assert.match(header ?? "", /^id,at,took,tenant,outcome/)
      assert.include(line, `${idOf(1)},2026-11-25T11:59:00.000Z,0,acme,success`)
      assert.include(line, `queue,id-q1,Sales,c-1,'=cmd(),"de ""DE"", x",`)
      assert.deepStrictEqual(more, [""])
      const json = yield* history("export", "--jsonl", "--failed")
      assert.deepInclude(JSON.parse(json.out), { id: idOf(30), at: "2026-11-25T11:30:00.000Z", steps: failed.steps })
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.effect("asks before it erases", () =>
    Effect.gen(function* () {
      const history = yield* recorded
      const { failure } = yield* history("erase", "--user", "anna")
      assert.match(failure ?? "", /^The history has 2 entries, the last of .* Nothing was erased: --yes/)
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.live("erases all of a user, and says how much", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "router.db")
      const env = { DATABASE_URL: `sqlite:${path}` }
      yield* Effect.provide(insertEntries(ENTRIES), Store.layer({ kind: "sqlite", path }))
      assert.match(
        (yield* run(["history", "erase", "--user", "anna", "--yes"], { env })).printed,
        /^Erased 2 entries\./
      )
      const bytes = [path, `${path}-wal`].filter((file) => existsSync(file)).map((file) => readFileSync(file, "latin1"))
      assert.notInclude(bytes.join(""), "anna")
      const left = yield* run(["history", "--json"], { env })
      assert.deepStrictEqual(ids(left.printed), [idOf(30), idOf(90)])
      const actions = yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        return yield* sql`SELECT what, subject FROM audit`
      }).pipe(Effect.provide(Store.layerBeside({ kind: "sqlite", path })))
      assert.deepStrictEqual(actions, [{ what: "erase", subject: null }])
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.live("follows: the last entries, oldest first, and then those that are written", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "router.db")
      const router = Store.layer({ kind: "sqlite", path })
      yield* Effect.provide(insertEntries(ENTRIES), router)
      const lines: Array<string> = []
      const { stdin } = yield* Stdio.Stdio
      const following = yield* run(["history", "--follow", "--json", "--limit", "2"], {
        env: { DATABASE_URL: `sqlite:${path}` }
      }).pipe(
        Effect.provideService(
          Stdio.Stdio,
          Stdio.make({ args: Effect.succeed([]), stdin, stdout: () => collecting(lines), stderr: () => Sink.drain })
        ),
        Effect.forkChild
      )
      while (lines.length < 2) yield* Effect.sleep("50 millis")
      yield* Effect.provide(insertEntries([at(50, {})]), router)
      while (lines.length < 3) yield* Effect.sleep("50 millis")
      yield* Fiber.interrupt(following)
      assert.deepStrictEqual(ids(`[${lines.join(",")}]`), [idOf(20), idOf(1), idOf(50)])
    }).pipe(Effect.scoped, Effect.provide(platform))
  )
})
