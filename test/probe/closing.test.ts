/** What the probe opens it closes, however it ends. */
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { probe } from "../../src/probe/probe.ts"
import { DigitalSimulator } from "../../src/simulator/DigitalSimulator.ts"
import type { DigitalFault } from "../../src/simulator/digital/Operation.ts"
import { console, everything, probing, settings, withSimulator } from "./support.ts"

const order = (...faults: ReadonlyArray<DigitalFault>) =>
  Effect.flatMap(DigitalSimulator, ({ order }) => Effect.forEach(faults, order))

const open = (contacts: ReadonlyArray<{ readonly status: string; readonly number: string }>) =>
  contacts.filter(({ status }) => status !== "closed").map(({ number }) => number)

describe("the probe closes its contacts", () => {
  for (const operation of ["post", "routeToQueue", "status", "findActive"] as const) {
    it.live(`when it is interrupted while CXone hangs on ${operation}`, () =>
      Effect.gen(function* () {
        const simulator = yield* DigitalSimulator
        yield* order({ operation, kind: "hang", phase: "after", skip: operation === "post" ? 4 : 0 })
        const { layer, text } = console()
        const run = probe(settings(simulator.baseUrl), { ...everything, patience: "1 hour" })
        const fiber = yield* Effect.forkChild(Effect.provide(run, layer))
        let hangs = false
        yield* Effect.forkChild(
          Effect.andThen(
            simulator.awaitState(({ calls }) =>
              calls.some((call) => call.operation === operation && call.status === null)
            ),
            Effect.sync(() => {
              hangs = true
            })
          )
        )
        while (!hangs) yield* TestClock.adjust("100 millis")
        yield* Effect.forkChild(Fiber.interrupt(fiber))
        while (fiber.pollUnsafe() === undefined) yield* TestClock.adjust("100 millis")
        const exit = yield* Fiber.await(fiber)
        assert.isTrue(Exit.hasInterrupts(exit))
        const { contacts } = yield* simulator.state
        assert.isAbove(contacts.length, 0)
        assert.deepStrictEqual(open(contacts), [], text())
        assert.include(text(), "Interrupted: what is open is closed now.")
        assert.include(text(), `All ${contacts.length} contacts are closed.`)
      }).pipe(withSimulator({ messageLag: 1000, searchLag: 1000 }))
    )
  }

  it.live("after messages whose answers were lost", () =>
    Effect.gen(function* () {
      yield* order({ operation: "post", kind: "drop", phase: "after", times: 99 })
      const { contacts, isWell, text } = yield* probing()
      assert.isFalse(isWell)
      assert.isAbove(contacts.length, 0)
      assert.deepStrictEqual(open(contacts), [], text)
      assert.match(text, /\? message: no answer, since no answer came\./)
    }).pipe(withSimulator({ messageLag: 3000 }))
  )

  it.live("when CXone limits the closing, or fails for a while", () =>
    Effect.gen(function* () {
      yield* order(
        { operation: "status", kind: "status", status: 429, retryAfter: 20, times: 2 },
        { operation: "status", kind: "status", status: 503, times: 2 },
        { operation: "status", kind: "drop", times: 1 }
      )
      const { contacts, text } = yield* probing()
      assert.deepStrictEqual(open(contacts), [], text)
    }).pipe(withSimulator())
  )

  it.live("and names those that it may not close", () =>
    Effect.gen(function* () {
      yield* order({ operation: "status", kind: "status", status: 403, times: 999 })
      const { contacts, counts, isWell, report, text } = yield* probing()
      assert.isFalse(isWell)
      // It opens no more than it can close.
      assert.strictEqual(counts.post, 3)
      assert.deepStrictEqual(
        report.contacts.left.map(({ contact }) => contact),
        open(contacts)
      )
      for (const { authorId, number } of contacts) assert.include(text, `contact ${number} of the user ${authorId}`)
      assert.include(text, "Stopped: the first contacts could not be closed.")
      assert.lengthOf(report.questions, 2)
    }).pipe(withSimulator())
  )

  it.live("and says so when a message may have opened one that nobody finds", () =>
    Effect.gen(function* () {
      yield* order({ operation: "post", kind: "drop", times: 1 })
      const { isWell, report, text } = yield* probing()
      assert.isFalse(isWell)
      assert.lengthOf(report.contacts.left, 1)
      assert.match(
        text,
        /a contact of the user cognigy_probe-\w+-message, if there is one: its message was not answered/
      )
    }).pipe(withSimulator())
  )

  it.live("and those of nobody else, whatever lists hold", () =>
    Effect.gen(function* () {
      const { openContact, state } = yield* DigitalSimulator
      const number = yield* openContact({ authorId: "cognigy_anna" })
      const theirs = { contactNumber: number, id: number, threadIdOnExternalPlatform: "cognigy_anna" }
      const { threadIdOnExternalPlatform: _, ...unnamed } = theirs
      for (const operation of ["message", "findActive"] as const) {
        yield* order({ operation, kind: "body", status: 200, body: { hits: 2, data: [theirs, unnamed] }, times: 999 })
      }
      yield* order({ operation: "post", kind: "drop", phase: "after", times: 1 })
      const { report } = yield* probing()
      const anna = (yield* state).contacts.find((contact) => contact.number === number)
      assert.strictEqual(anna?.status, "new")
      assert.strictEqual(anna?.routedCount, 0)
      assert.deepStrictEqual(
        report.contacts.left.map(({ contact }) => contact),
        [undefined]
      )
    }).pipe(withSimulator())
  )

  it.live("when its report cannot be written, which it says before it opens any", () =>
    Effect.gen(function* () {
      const simulator = yield* DigitalSimulator
      const { layer, text } = console()
      const run = probe(settings(simulator.baseUrl), { ...everything, file: "/nowhere/at/all/probe.json" })
      assert.isTrue(Exit.isFailure(yield* Effect.exit(Effect.provide(run, layer))))
      assert.match(text(), /Stopped: the report cannot be written to \/nowhere\/at\/all\/probe\.json: /)
      const { counts } = yield* simulator.state
      assert.strictEqual(counts.token, 0)
    }).pipe(withSimulator(), Effect.provide(NodeServices.layer))
  )
})
