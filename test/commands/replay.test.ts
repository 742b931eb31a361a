/** `replay`, as the owner of a table calls it before it goes live. */
import { join } from "node:path"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Predicate } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { localTime, localZone } from "../../src/commands/localTime.ts"
import type { Detail, Entry } from "../../src/history/Entry.ts"
import { idsFrom } from "../../src/history/idTimes.ts"
import * as Store from "../../src/store/Store.ts"
import { temporaryFolder } from "../support/database.ts"
import { entry } from "../support/entry.ts"
import { insertEntries } from "../support/history.ts"
import { platform, run } from "./support.ts"

const NOW = Date.UTC(2026, 10, 25, 12)

const MINUTE = 60_000

const live = {
  queues: { sales: "4001", support: "4002" },
  rules: [
    { name: "rule 0", when: { intent: "sales" }, to: { queue: "sales" } },
    { name: "help", when: { intent: "help" }, to: { queue: "support" } }
  ]
}

const table = `
queues: { new sales: "4001", support: "4002", vip: "4003" }
hours: { office: { zone: Europe/Berlin, weekly: { daily: "08:00-18:00" } } }
rules:
  - name: gold
    when: { intent: sales, entities: { tier: gold } }
    to: { queue: vip }
  - name: sales
    when: { intent: sales }
    to: { queue: new sales }
  - name: help
    when: { intent: help, open: office }
    to: { queue: support }
  - name: night
    when: { intent: help }
    to: { reject: Call again in the morning. }
`

const sales = { targets: [{ type: "queue", id: "4001" }] } as const

const tier = (tier: string | null) => ({ ...sales, facts: { entities: { tier } } })

const help = { ...tier(null), intent: "help", rule: "help", targets: [{ type: "queue", id: "4002" }] } as const

/** A history of the last days, the newest first, by the minutes before now. */
const recorded: ReadonlyArray<readonly [minutes: number, members: Partial<Entry & Detail>]> = [
  [1, tier("gold")],
  [2, tier(null)],
  [3, tier("gold")],
  [4, { outcome: "repeated", firstId: "x", ...tier("gold") }],
  [5, sales],
  [6, { outcome: "refused", reason: "invalid_payload", intent: null, rule: null, targets: [] }],
  [7, help],
  // 21:00 in Berlin, the day before.
  [16 * 60, help],
  [8 * 24 * 60, help]
]

/** The URL of a file of SQLite with this history. */
class Url extends Context.Service<Url, string>()("test/Url") {}

const database = Effect.gen(function* () {
  const path = join(yield* temporaryFolder, "router.db")
  yield* Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`INSERT INTO routing_tables ${sql.insert({ version: "3f9c1a7be204", first_seen: 0, file: JSON.stringify(live) })}`
    yield* insertEntries(
      recorded.map(([minutes, members], index) => {
        const at = NOW - minutes * MINUTE
        return entry({ id: `${idsFrom(at)}-7000-8000-${String(index).padStart(12, "0")}`, at, ...members })
      })
    )
  }).pipe(Effect.provide(Store.layer({ kind: "sqlite", path })))
  return `sqlite:${path}`
})

const DIGITAL = { CXONE_DIALECT: "digital" }

const replay = (flags: ReadonlyArray<string> = [], file = table, url?: string) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(NOW)
    const env = { ...DIGITAL, DATABASE_URL: url ?? (yield* Url) }
    return yield* run(["replay", "@/new.yaml", ...flags], { files: { "new.yaml": file }, env })
  })

layer(Layer.provideMerge(Layer.effect(Url, database), platform))("replay", (it) => {
  it.effect("shows what would change, with examples and names, and what cannot be told", () =>
    Effect.gen(function* () {
      const { failure, printed } = yield* replay()
      assert.isUndefined(failure)
      assert.deepStrictEqual(printed.split("\n"), [
        "3 of 6 would change with @/new.yaml (version 4c1519907322).",
        `Recorded from ${localTime(NOW - 16 * 60 * MINUTE)} to ${localTime(NOW - MINUTE)} (${localZone()}).`,
        "",
        "   2  queue sales → queue vip  (rule rule 0 → gold)",
        `        ${localTime(NOW - MINUTE)}  01a21292-cba0-7000-8000-000000000000  sales`,
        `        ${localTime(NOW - 3 * MINUTE)}  01a21290-f6e0-7000-8000-000000000002  sales`,
        "   1  queue support → rejected (403)  (rule help → night)",
        `        ${localTime(NOW - 16 * 60 * MINUTE)}  01a20f24-ce00-7000-8000-000000000007  help`,
        "",
        "2 would go where they went, 1 of them by a rule of another name.",
        "1 cannot be told: the new table looks at something that was not recorded.",
        "",
        "   1  entities.tier, in rule gold",
        "        kept only while the live table looks at it too, with HISTORY_REQUESTS=rules",
        "",
        "Left out: 1 copy of another request, 1 request without a decision."
      ])
    })
  )

  it.effect("prints JSON, with names and ids", () =>
    Effect.gen(function* () {
      const { printed } = yield* replay(["--json", "--limit", "1"])
      const { changes, decided, missing, period, table } = JSON.parse(printed)
      assert.deepStrictEqual([decided, table.path], [6, "@/new.yaml"])
      assert.deepStrictEqual(period, { from: "2026-11-24T20:00:00.000Z", to: "2026-11-25T11:59:00.000Z" })
      const example = { id: "01a21292-cba0-7000-8000-000000000000", intent: "sales", at: "2026-11-25T11:59:00.000Z" }
      assert.deepStrictEqual(changes[0], {
        count: 2,
        from: { type: "queue", id: "4001", name: "sales", rule: "rule 0", table: "3f9c1a7be204" },
        to: { type: "queue", id: "4003", name: "vip", rules: ["gold"] },
        examples: [example]
      })
      assert.strictEqual(missing[0].member, "entities.tier")
    })
  )

  it.effect("takes the handovers of a time", () =>
    Effect.gen(function* () {
      const first = (flags: ReadonlyArray<string>) =>
        Effect.map(replay(flags), ({ failure, printed }) => failure ?? printed.split("\n")[0] ?? "")
      const version = "with @/new.yaml (version 4c1519907322)."
      assert.strictEqual(yield* first(["--since", "150s"]), `1 of 2 would change ${version}`)
      assert.strictEqual(
        yield* first(["--since", "2026-11-24T20:00:00Z", "--until", "1h"]),
        `1 of 1 would change ${version}`
      )
      assert.strictEqual(yield* first(["--since", "30d"]), `3 of 7 would change ${version}`)
      assert.strictEqual(
        yield* first(["--since", "30s"]),
        "The history has no handovers of this time that came to a decision."
      )
      assert.match(yield* first(["--since", "yesterday"]), /^--since yesterday: expected /)
      assert.match(yield* first(["--since", "1h", "--until", "2h"]), /--since/)
    })
  )

  it.effect("ends with 1 for a check that nothing changes", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* replay(["--fail-on-change"])).failure, "")
      const same = JSON.stringify(live)
      const { failure, printed } = yield* replay(["--fail-on-change"], same)
      assert.isUndefined(failure)
      assert.match(printed, /^0 of 6 would change/)
    })
  )

  it.effect("tells two places of the same name apart", () =>
    Effect.gen(function* () {
      const moved = { ...live, queues: { ...live.queues, sales: "4009" } }
      const { printed } = yield* replay([], JSON.stringify(moved))
      assert.include(printed, "   4  queue sales (4001) → queue sales (4009)  (rule rule 0)")
    })
  )

  it.effect("lists the problems of a table, as test-routes does", () =>
    Effect.gen(function* () {
      const wrong = table.replace("open: office", "open: offcie")
      const files = { "new.yaml": wrong, "new.tests.yaml": "tests: []" }
      const { failure: tests } = yield* run(["test-routes", "@/new.yaml"], { files, env: DIGITAL })
      const { failure: problems } = yield* replay([], wrong)
      assert.include(problems ?? "", 'no opening hours are named "offcie"')
      assert.strictEqual(problems, tests)
    })
  )

  it.effect("says where the history is while it is in memory", () =>
    Effect.gen(function* () {
      const { failure } = yield* replay([], table, "memory:")
      assert.isTrue(Predicate.isString(failure))
      assert.include(failure, "memory")
      assert.include(failure, "console")
    })
  )
})
