import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect } from "effect"
import type { Dialect } from "./dialects/Dialect.ts"
import { digital } from "./dialects/digital.ts"
import { webchat } from "./dialects/webchat.ts"
import { toFailures } from "./Report.ts"
import { defaultSeed, play, type Scenario } from "./Scenario.ts"
import { scenariosOf } from "./scenarios.ts"

// Most of the time is spent waiting, but each has a process of its own.
vi.setConfig({ maxConcurrency: 3 })

const played = (scenario: Scenario, dialect: Dialect) =>
  Effect.gen(function* () {
    const result = yield* play(scenario, dialect, { isShort: true, seed: defaultSeed })
    assert.strictEqual(toFailures([result]), "")
  }).pipe(Effect.provide(NodeServices.layer))

// The rest is played by hand: in what it plays here, the dialects differ most.
const ofDigital = ["messages-lost"]

describe.concurrent("what must hold does, with", () => {
  it.live.each(scenariosOf(webchat))("$name: $about", (scenario) => played(scenario, webchat))

  it.live.each(scenariosOf(digital).filter(({ name }) => ofDigital.includes(name)))(
    "$name in the Digital Engagement API: $about",
    (scenario) => played(scenario, digital)
  )
})
