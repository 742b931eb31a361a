import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { salesQueueId } from "../../../src/simulator/webchat/SimulatorOptions.ts"
import { assertSafe, assertSuccess } from "./answers.ts"
import { sales } from "./bodies.ts"
import { Router } from "./router.ts"

/** Holds the router to its promise after something bad: it logged no defect, and takes good webhooks as before. */
export const stillWorks = Effect.gen(function* () {
  const { log, post } = yield* Router
  assert.deepInclude(assertSuccess(yield* post(sales("somebody good"))), {
    target: { type: "queue", id: salesQueueId }
  })
  assert.notInclude(log.join("\n"), "defect")
  assertSafe(log.join("\n"))
})
