import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { CXoneSimulator } from "../../src/simulator/CXoneSimulator.ts"
import { DigitalSimulator } from "../../src/simulator/DigitalSimulator.ts"
import type { DigitalSimulatorOptions } from "../../src/simulator/digital/DigitalOptions.ts"
import * as webchat from "./support/cxoneInteractions.ts"
import * as digital from "./support/digital/interactions.ts"
import type { Interaction } from "./support/mock.ts"
import { failures, PactVerifier } from "./support/PactVerifier.ts"
import { cxonePact, digitalPact } from "./support/pacts.ts"
import { partOf } from "./support/partOf.ts"

/** Replays a pact against a simulator, which must keep all of it. */
const replay = Effect.fnUntraced(function* (
  pact: string,
  { baseUrl }: { readonly baseUrl: string },
  written: ReadonlyArray<Interaction>
) {
  const { verify } = yield* PactVerifier
  const outcomes = yield* verify({ pact, baseUrl, statesUrl: `${baseUrl}/__simulator/provider-states` })
  assert.deepStrictEqual(failures(outcomes), {})
  assert.sameMembers(
    outcomes.map(({ description }) => description),
    written.map(({ uponReceiving }) => uponReceiving)
  )
})

/** Where nobody knows what CXone answers: the interactions that take any of it. */
const isOpen = (description: string) => /, perhaps |, refused as /.test(description)

/** Other answers than those by default. */
const others: Readonly<Record<string, DigitalSimulatorOptions>> = {
  "conflicts, and successes for later": {
    refusedStatus: 400,
    messageStatus: 202,
    successStatus: 202,
    invalidStatus: 422,
    repeatedMessage: 409,
    closedPut: 409,
    unknownTarget: 422,
    alreadyThere: 409
  },
  "successes for what has no effect": {
    messageStatus: 201,
    successStatus: 200,
    repeatedMessage: 422,
    closedPut: 200,
    unknownTarget: 400
  }
}

const platform = Layer.provideMerge(PactVerifier.layer, NodeServices.layer)

layer(platform, { excludeTestServices: true })("the simulator", (it) => {
  it.effect("is what the pact says CXone is", () =>
    Effect.flatMap(CXoneSimulator, (simulator) => replay(cxonePact.committed, simulator, webchat.all)).pipe(
      Effect.provide(CXoneSimulator.layer())
    )
  )

  it.effect("is what the pact says a CXone with the Digital Engagement API is", () =>
    Effect.flatMap(DigitalSimulator, (simulator) => replay(digitalPact.committed, simulator, digital.all)).pipe(
      Effect.provide(DigitalSimulator.layer())
    )
  )

  for (const [answers, options] of Object.entries(others)) {
    it.effect(`is it with other answers too: ${answers}`, () =>
      Effect.gen(function* () {
        const part = yield* partOf(digitalPact.committed, (one) => (isOpen(one.description) ? [one] : []))
        const written = digital.all.filter(({ uponReceiving }) => isOpen(uponReceiving))
        yield* replay(part, yield* DigitalSimulator, written)
      }).pipe(Effect.provide(DigitalSimulator.layer(options)))
    )
  }
})
