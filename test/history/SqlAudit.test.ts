import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { Audit } from "../../src/history/Audit.ts"
import * as SqlAudit from "../../src/history/read/SqlAudit.ts"
import { memoryDatabase } from "../support/database.ts"

describe("the audit list over SQL", () => {
  it.effect("has actions, newest first, page by page", () =>
    Effect.gen(function* () {
      const { list, record } = yield* Audit
      yield* TestClock.setTime(Date.UTC(2026, 5, 1))
      yield* record({ who: "operator", what: "log_in", subject: null })
      yield* TestClock.adjust("1 second")
      yield* record({ who: "operator", what: "hand_over_again", subject: "id-1" })
      const [last] = yield* list({ limit: 1 })
      assert.include(last, {
        at: Date.UTC(2026, 5, 1) + 1000,
        who: "operator",
        what: "hand_over_again",
        subject: "id-1"
      })
      const rest = yield* list({ limit: 10, before: last?.id ?? "" })
      assert.deepStrictEqual(
        rest.map(({ subject, what }) => ({ subject, what })),
        [{ subject: null, what: "log_in" }]
      )
    }).pipe(Effect.provide(Layer.provide(SqlAudit.layer, memoryDatabase)))
  )
})
