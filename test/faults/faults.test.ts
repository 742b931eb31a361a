import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect } from "effect"
import { toFailures } from "./Report.ts"
import { defaultSeed, play } from "./Scenario.ts"
import { scenarios } from "./scenarios.ts"

// Most of the time is spent waiting, but each has a process of its own.
vi.setConfig({ maxConcurrency: 3 })

describe.concurrent("what must hold does, with", () => {
  it.live.each(scenarios)("$name: $about", (scenario) =>
    Effect.gen(function* () {
      const result = yield* play(scenario, { isShort: true, seed: defaultSeed })
      assert.strictEqual(toFailures([result]), "")
    }).pipe(Effect.provide(NodeServices.layer))
  )
})
