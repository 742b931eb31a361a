/** A router whose database hangs. */

import { PgClient } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Redacted } from "effect"
import * as Reactivity from "effect/reactivity/Reactivity"
import { pause, postgres } from "../support/postgres.ts"
import { assertSuccess } from "./support/answers.ts"
import { sales } from "./support/bodies.ts"
import { Router, withRouter } from "./support/router.ts"

const handovers = (url: string) =>
  PgClient.make({ url: Redacted.make(url), maxConnections: 1 }).pipe(
    Effect.flatMap((sql) => sql<{ n: number }>`SELECT count(*)::int AS n FROM handovers`),
    Effect.map(([row]) => row?.n),
    Effect.scoped,
    Effect.provide(Reactivity.layer)
  )

describe("a router whose Postgres hangs", () => {
  it.live("answers webhooks, ends within its time, and counts what it could not record", () =>
    Effect.gen(function* () {
      const server = yield* postgres
      yield* Effect.gen(function* () {
        const { close, log, post } = yield* Router
        assertSuccess(yield* post(sales("anna")))
        while ((yield* handovers(server.url)) !== 1) yield* Effect.sleep("50 millis")
        yield* Effect.scoped(
          Effect.gen(function* () {
            yield* pause(server)
            for (let user = 0; user < 20; user++) assertSuccess(yield* post(sales(`user-${user}`)))
            const closing = yield* Effect.forkDetach(close)
            yield* Effect.timeout(Fiber.join(closing), "10 seconds")
          })
        )
        const lost = log.filter((line) => line.includes("before the database has taken all entries"))
        assert.lengthOf(lost, 1)
      }).pipe(withRouter({ settings: { database: { kind: "postgres", url: Redacted.make(server.url) } } }))
    }).pipe(Effect.scoped)
  )
})
