/** `DATABASE_URL`, and the settings of the history. */
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Duration, Effect, Redacted } from "effect"
import { database, history } from "../../src/app/StoreSettings.ts"
import type { Problems } from "../../src/std/Setting.ts"
import { placeOf } from "../../src/store/place.ts"

const given =
  (env: Readonly<Record<string, string>>) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.provideService(effect, ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env: { ...env } }))

const read = (DATABASE_URL: string) => database.pipe(given({ DATABASE_URL }))

const shown = (problems: Problems) => problems.map(({ name, problem }) => `${name} ${problem}`)

describe("DATABASE_URL", () => {
  it.effect.each([
    ["", { kind: "memory" }],
    ["memory:", { kind: "memory" }],
    ["Memory", { kind: "memory" }],
    ["sqlite::memory:", { kind: "memory" }],
    ["sqlite:./data/router.db", { kind: "sqlite", path: "./data/router.db" }],
    ["sqlite:/var/lib/router.db", { kind: "sqlite", path: "/var/lib/router.db" }],
    ["sqlite:///var/lib/router.db", { kind: "sqlite", path: "/var/lib/router.db" }],
    [" sqlite:a b.db ", { kind: "sqlite", path: "a b.db" }]
  ] as const)("%s", ([text, settings]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* read(text), settings)
    })
  )

  it.effect.each([
    ["postgres://anna:s3cret@db.test/router", "Postgres, router at db.test:5432 as anna"],
    ["postgresql://db.test:5433/router?sslmode=verify-full", "Postgres, router at db.test:5433"],
    ["postgres://anna:s3cret@db.test", "Postgres, at db.test:5432 as anna"],
    [
      "postgres:///?host=/run/postgresql&user=anna&dbname=router&password=s3cret",
      "Postgres, router at /run/postgresql:5432 as anna"
    ]
  ] as const)("%s is shown without its password", ([text, place]) =>
    Effect.gen(function* () {
      const settings = yield* read(text)
      assert.ok(settings.kind === "postgres")
      assert.equal(Redacted.value(settings.url), text)
      assert.equal(placeOf(settings), place)
      assert.notInclude(JSON.stringify(settings), "s3cret")
    })
  )

  it.effect.each([
    ["mysql://anna:s3cret@db.test/router", "not a URL of a database that the router knows"],
    ["./data/router.db", "not a URL of a database that the router knows"],
    ["sqlite:", "a database of SQLite without the path of its file"],
    ["sqlite://data/router.db", "not a path: one from the working directory is written sqlite:./data/router.db"],
    ["sqlite:router.db?mode=ro", "not a path: ?, # and what follows them are not known here"],
    ["postgres://anna:s3cret/x@db.test:x/router", "not a URL: in a user or a password"],
    ["postgres:///router", "a URL without a host"],
    ["postgres://db.test/router?sslmode=on", "a URL whose sslmode is not one of disable, allow"]
  ] as const)("%s is refused, and not shown", ([text, why]) =>
    Effect.gen(function* () {
      const problems = yield* Effect.flip(read(text))
      assert.equal(problems.length, 1)
      const [problem] = shown(problems)
      assert.include(problem, `DATABASE_URL is wrong: ${why}`)
      assert.notInclude(JSON.stringify(problems), "s3cret")
    })
  )
})

describe("the history", () => {
  it.effect("is kept as its settings say", () =>
    Effect.gen(function* () {
      const settings = {
        HISTORY_RETENTION: "7d",
        HISTORY_USER_IDS: "Hashed",
        HISTORY_REQUESTS: "off",
        KEEP_FAILED: "0"
      }
      assert.deepStrictEqual(yield* history.pipe(given(settings)), {
        retention: Duration.days(7),
        userIds: "hashed",
        requests: "off",
        keepFailed: Duration.zero
      })
      const { keepFailed } = yield* history.pipe(given({ KEEP_FAILED: "12h" }))
      assert.deepStrictEqual(keepFailed, Duration.hours(12))
    })
  )

  it.effect("is refused with each setting that is wrong", () =>
    Effect.gen(function* () {
      const problems = yield* Effect.flip(
        history.pipe(
          given({ HISTORY_RETENTION: "0", HISTORY_USER_IDS: "yes", HISTORY_REQUESTS: "all", KEEP_FAILED: "24" })
        )
      )
      assert.deepStrictEqual(
        problems.map(({ name }) => name),
        ["HISTORY_RETENTION", "HISTORY_USER_IDS", "HISTORY_REQUESTS", "KEEP_FAILED"]
      )
      assert.include(shown(problems).at(-1), 'KEEP_FAILED is wrong: "24" is not a length of time')
    })
  )
})
