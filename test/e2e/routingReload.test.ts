import { NodeFileSystem } from "@effect/platform-node"
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect, Fiber, FileSystem, Schedule, Schema } from "effect"
import { Explanation } from "../../src/routing/Explanation.ts"
import { salesQueueId, supportQueueId } from "../../src/simulator/webchat/SimulatorOptions.ts"
import { assertProblem, assertSafe, assertSuccess } from "./support/answers.ts"
import { flow } from "./support/bodies.ts"
import { Router, settled, started, withRouter } from "./support/router.ts"
import { routes, tableStatus, untilLive, untilRejected, untilTable, versionOf } from "./support/routing.ts"

// Most of the time here is spent waiting.
vi.setConfig({ maxConcurrency: 10 })

/** Two tables that differ in the rule's name, the place, and the labels; `$schema` makes each text one of its own. */
const tableA = (n = 0) =>
  routes([{ name: "A", to: { queue: "sales" }, labels: { table: "A" } }], { $schema: `./${n}.json` })
const tableB = (n = 0) =>
  routes(
    [
      { name: "nobody", when: { intent: "nobody" }, to: { queue: "sales" }, labels: { table: "none" } },
      {
        name: "B",
        to: { queue: "closed down", fallback: { queue: "support" } },
        labels: { table: "B", fellBack: "yes" }
      }
    ],
    { $schema: `./${n}.json` }
  )

const placeOf: Readonly<Record<string, string>> = { A: salesQueueId, B: supportQueueId }

const labelsOf: Readonly<Record<string, object>> = { A: { table: "A" }, B: { table: "B", fellBack: "yes" } }

/** With an unknown queue. */
const broken = tableA().replace('"queue": "sales"', '"queue": "slaes"')

/** The line and column of a part of a text. */
const placeIn = (text: string, part: string) => {
  const lines = text.slice(0, text.indexOf(part)).split("\n")
  return `${lines.length}:${(lines.at(-1) ?? "").length + 1}`
}

const write = (text: string) =>
  Effect.flatMap(Router, ({ routesPath }) =>
    Effect.flatMap(FileSystem.FileSystem, (fs) => fs.writeFileString(routesPath, text))
  )

/** Puts another file in its place, as careful programs do. */
const replace = (text: string) =>
  Effect.gen(function* () {
    const { routesPath } = yield* Router
    const fs = yield* FileSystem.FileSystem
    yield* fs.writeFileString(`${routesPath}.new`, text)
    yield* fs.rename(`${routesPath}.new`, routesPath)
  })

const remove = Effect.flatMap(Router, ({ routesPath }) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.remove(routesPath))
)

let users = 0

/** Hands a conversation of a new user over, and says by which rule. */
const handOver = Effect.flatMap(Router, ({ post }) =>
  Effect.map(post(flow({ intent: "help", userId: `user ${users++}` })), assertSuccess)
)

const ruleNow = Effect.map(handOver, ({ rule }) => rule)

const onDisk = Effect.provide(NodeFileSystem.layer)

describe.concurrent("a routing table whose file changes", () => {
  it.live("is the new one soon after, in the answers, in /readyz and in the log", () =>
    Effect.gen(function* () {
      const { log } = yield* started()
      assert.strictEqual(yield* ruleNow, "A")
      const before = yield* tableStatus
      yield* write(tableB())
      const after = yield* untilLive(tableB())
      assert.deepInclude(after, { version: versionOf(tableB()), rules: 2 })
      assert.notProperty(after, "rejected")
      assert.isAbove(Date.parse(after.since), Date.parse(before?.since ?? ""))
      const { rule, target } = yield* handOver
      assert.deepStrictEqual([rule, target.id], ["B", supportQueueId])
      const lines = log.filter((line) => line.includes("routing table"))
      assert.lengthOf(lines, 1)
      assert.include(lines[0], `routing table ${versionOf(tableB())} is live (2 rules)`)
      assert.include(lines[0], `in place of ${before?.version}`)
    }).pipe(withRouter({ routes: tableA() }), onDisk)
  )

  it.live("is the new one where another file takes its place", () =>
    Effect.gen(function* () {
      for (const [text, rule] of [
        [tableB(), "B"],
        [tableA(1), "A"]
      ] as const) {
        yield* replace(text)
        yield* untilLive(text)
        assert.strictEqual(yield* ruleNow, rule)
      }
    }).pipe(withRouter({ routes: tableA() }), onDisk)
  )

  it.live(
    "stays as it was where the file is broken, which the log says once with line and column; then it is mended",
    () =>
      Effect.gen(function* () {
        const { log, routesPath } = yield* started()
        const before = yield* tableStatus
        yield* write(broken)
        const { rejected, ...live } = yield* untilRejected
        assert.deepStrictEqual<object>(live, before ?? {})
        assert.deepInclude(rejected, { version: versionOf(broken), problems: 1 })
        assert.strictEqual(yield* ruleNow, "A")

        // Written again it is read again, and nothing is said of it that has been said.
        yield* replace(broken)
        yield* write(broken)
        yield* write(`${broken}\n`)
        yield* untilTable(({ rejected }) => rejected?.version === versionOf(`${broken}\n`))
        const errors = log.filter((line) => line.includes("is not used"))
        assert.lengthOf(errors, 2)
        assert.include(errors[0], `${before?.version} stays: 1 problem`)
        assert.include(errors[0], `${routesPath}:${placeIn(broken, '"slaes"')} no queue is named`)
        assert.include(errors[0], "did you mean sales?")
        assert.strictEqual(yield* ruleNow, "A")

        yield* write(tableB())
        assert.notProperty(yield* untilLive(tableB()), "rejected")
        assert.strictEqual(yield* ruleNow, "B")
        assertSafe(log.join("\n"))
      }).pipe(withRouter({ routes: tableA() }), onDisk)
  )

  it.live("stays as it was where the file is broken, and put back as it was", () =>
    Effect.gen(function* () {
      const before = yield* tableStatus
      yield* write(broken)
      yield* untilRejected
      yield* write(tableA())
      assert.deepStrictEqual(yield* untilTable(({ rejected }) => rejected === undefined), before)
      assert.strictEqual(yield* ruleNow, "A")
    }).pipe(withRouter({ routes: tableA() }), onDisk)
  )

  it.live("stays as it was where the file is gone, and is the new one when it is back", () =>
    Effect.gen(function* () {
      const { log } = yield* started()
      yield* remove
      const { rejected, version } = yield* untilRejected
      assert.strictEqual(rejected?.problems, 1)
      assert.notProperty(rejected, "version")
      assert.strictEqual(version, versionOf(tableA()))
      assert.strictEqual(yield* ruleNow, "A")
      yield* write(tableB())
      assert.notProperty(yield* untilLive(tableB()), "rejected")
      assert.strictEqual(yield* ruleNow, "B")
      assert.lengthOf(
        log.filter((line) => line.includes("is not there")),
        1
      )
    }).pipe(withRouter({ routes: tableA() }), onDisk)
  )

  it.live("is not loaded anew where the same is written again", () =>
    Effect.gen(function* () {
      const { log } = yield* started()
      const before = yield* tableStatus
      yield* write(tableA())
      yield* replace(tableA())
      // Once another one is live, these have been looked at or passed over.
      yield* write(tableB())
      yield* untilLive(tableB())
      const lines = log.filter((line) => line.includes("routing table"))
      assert.lengthOf(lines, 1)
      assert.include(lines[0], `in place of ${before?.version}`)
    }).pipe(withRouter({ routes: tableA() }), onDisk)
  )

  it.live("is the whole new one where the file is written in two halves", () =>
    Effect.gen(function* () {
      const before = versionOf(tableA())
      const text = tableB()
      for (const end of [10, Math.floor(text.length / 2), text.length - 2]) {
        yield* write(text.slice(0, end))
        // Whoever writes may be slow.
        yield* Effect.sleep("60 millis")
        assert.include([before, versionOf(text)], (yield* tableStatus)?.version)
        assert.include(["A", "B"], yield* ruleNow)
        yield* write(text)
      }
      assert.notProperty(yield* untilTable((table) => table.version === versionOf(text) && !table.rejected), "rejected")
      assert.strictEqual(yield* ruleNow, "B")
    }).pipe(withRouter({ routes: tableA() }), onDisk)
  )

  it.live("is the one that a link leads to when it is moved, as Kubernetes moves it", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      const publish = Effect.fnUntraced(function* (name: string, text: string) {
        yield* fs.makeDirectory(`${directory}/..${name}`)
        yield* fs.writeFileString(`${directory}/..${name}/routes.yaml`, text)
        yield* fs.symlink(`..${name}`, `${directory}/..data_tmp`)
        yield* fs.rename(`${directory}/..data_tmp`, `${directory}/..data`)
      })
      yield* publish("1", tableA())
      const path = `${directory}/routes.yaml`
      yield* fs.symlink("..data/routes.yaml", path)
      yield* Effect.gen(function* () {
        assert.strictEqual(yield* ruleNow, "A")
        yield* publish("2", tableB())
        yield* untilLive(tableB())
        assert.strictEqual(yield* ruleNow, "B")
        yield* publish("3", broken)
        yield* untilRejected
        assert.strictEqual(yield* ruleNow, "B")
        yield* publish("4", tableA(4))
        yield* untilLive(tableA(4))
        assert.strictEqual(yield* ruleNow, "A")
      }).pipe(withRouter({ routes: { path } }))
    }).pipe(Effect.scoped, onDisk)
  )

  it.live("may be a large one", () =>
    Effect.gen(function* () {
      const more = Array.from({ length: 600 }, (_, i) => ({
        name: `rule ${i}`,
        when: { intent: `intent_${i}` },
        to: { queue: "sales" }
      }))
      const large = routes([...more, { name: "last", to: { queue: "support" } }])
      assert.isAbove(large.length, 64 * 1024)
      yield* write(large)
      assert.deepInclude(yield* untilLive(large), { rules: 601 })
      assert.strictEqual(yield* ruleNow, "last")
      yield* write(large.replace('"support"', '"suport"'))
      yield* untilRejected
      assert.strictEqual(yield* ruleNow, "last")
    }).pipe(withRouter({ routes: tableA() }), onDisk)
  )

  it.live("lets the router shut down while it is read, and is not followed any longer", () =>
    Effect.gen(function* () {
      const { close, log } = yield* started()
      yield* write(broken)
      yield* close
      assertSafe(log.join("\n"))
      assert.notInclude(log.join("\n"), "could not be followed")
    }).pipe(withRouter({ routes: tableA() }), onDisk)
  )
})

describe.concurrent("a webhook that comes again after the table has changed", () => {
  const key = { "idempotency-key": "n-1" }
  const body = flow({ intent: "help", userId: "anna" })
  const rejecting = routes([{ name: "closed", to: { reject: "Closed." } }])
  const other = routes([{ name: "other", when: { intent: "other" }, to: { queue: "sales" } }])

  it.live.each([
    { by: "sends elsewhere", text: tableB() },
    { by: "rejects", text: rejecting },
    { by: "takes other intents only", text: other }
  ])("which now $by, is answered as the first time", ({ text }) =>
    Effect.gen(function* () {
      const { post } = yield* started()
      const first = yield* post(body, key)
      assert.strictEqual(assertSuccess(first).rule, "A")
      yield* write(text)
      yield* untilLive(text)
      const again = yield* post(body, key)
      assert.deepStrictEqual([again.status, again.text], [200, first.text])
      assert.include((yield* settled).counts, { open: 1, action: 1 })
    }).pipe(withRouter({ routes: tableA() }), onDisk)
  )

  it.live.each([
    { by: "sends elsewhere", text: tableB() },
    { by: "rejects", text: rejecting },
    { by: "takes other intents only", text: other }
  ])("which now $by, is answered as the first one that is still under way", ({ text }) =>
    Effect.gen(function* () {
      const { post, simulator } = yield* started({ operation: "action", kind: "hang" })
      const first = yield* Effect.forkChild(post(body, key))
      yield* simulator.awaitState(({ counts }) => counts.action === 1)
      yield* write(text)
      yield* untilLive(text)
      const again = yield* post(body, key)
      const { text: told } = yield* Fiber.join(first)
      assert.deepStrictEqual([again.status, again.text], [200, told])
      assert.strictEqual((yield* settled).counts.open, 1)
    }).pipe(withRouter({ routes: tableA(), attemptTimeout: "4 seconds" }), onDisk)
  )

  it.live("without a key is decided anew", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      assert.strictEqual(assertSuccess(yield* post(body)).rule, "A")
      yield* write(tableB())
      yield* untilLive(tableB())
      const { rule, target } = assertSuccess(yield* post(body))
      assert.deepStrictEqual([rule, target.id], ["B", supportQueueId])
    }).pipe(withRouter({ routes: tableA() }), onDisk)
  )

  it.live("with another content is refused as before", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      assertSuccess(yield* post(body, key))
      for (const text of [tableB(), rejecting]) {
        yield* write(text)
        yield* untilLive(text)
        const reply = yield* post({ ...body, text: "another" }, key)
        assertProblem(reply, { status: 422, error: "Idempotency key reused" })
      }
    }).pipe(withRouter({ routes: tableA() }), onDisk)
  )

  it.live("and was rejected before is handed over by the new one", () =>
    Effect.gen(function* () {
      const { post } = yield* started()
      const expected = { status: 403, error: "Handover rejected", rule: "closed", text: "Closed." }
      assertProblem(yield* post(body, key), expected)
      yield* write(tableB())
      yield* untilLive(tableB())
      assert.strictEqual(assertSuccess(yield* post(body, key)).rule, "B")
    }).pipe(withRouter({ routes: rejecting }), onDisk)
  )
})

const decodeExplanation = Schema.decodeUnknownSync(Schema.fromJsonString(Explanation))

const REWRITES = 60

/** How many bots ask at once, and how long each waits before it asks again: the machine has other tests to run. */
const BOTS = 6
const PAUSE = "5 millis"

describe("a file that is rewritten 60 times while bots hand over", () => {
  it.live(
    "answers each of them from one version: rule, place and labels belong together, and none fails",
    () =>
      Effect.gen(function* () {
        const { explain, log } = yield* Router
        const texts = Array.from({ length: REWRITES }, (_, n) => (n % 2 === 0 ? tableB(n) : tableA(n)))
        const kindOf = new Map(texts.map((text, n) => [versionOf(text), n % 2 === 0 ? "B" : "A"]))
        kindOf.set(versionOf(tableA()), "A")
        const decided = new Map<string, string>()
        const count = { A: 0, B: 0, explained: 0 }
        let isDone = false

        const bot = Effect.gen(function* () {
          const { conversationId, rule, target } = yield* handOver
          assert.strictEqual(target.id, placeOf[rule], rule)
          decided.set(conversationId, rule)
          count[rule === "A" ? "A" : "B"]++
        })

        const asker = Effect.gen(function* () {
          const { status, text } = yield* explain(flow({ intent: "help", userId: "asker" }))
          assert.strictEqual(status, 200, text)
          const { outcome, passed, version } = decodeExplanation(text)
          if (outcome.type !== "handover") return assert.fail(text)
          const { fallbacks, labels, rule, target } = outcome
          assert.strictEqual(rule, kindOf.get(version ?? ""), text)
          assert.strictEqual((fallbacks[0] ?? target).id, placeOf[rule])
          assert.deepStrictEqual<object>(labels, labelsOf[rule] ?? {})
          assert.lengthOf(passed, rule === "A" ? 0 : 1)
          count.explained++
        })

        const again = <E, R>(effect: Effect.Effect<void, E, R>) =>
          Effect.repeat(effect, { schedule: Schedule.spaced(PAUSE), until: () => isDone })
        const load = yield* Effect.forkChild(
          Effect.all([...Array.from({ length: BOTS }, () => again(bot)), again(asker)], {
            concurrency: "unbounded",
            discard: true
          })
        )
        /** Lets the bots get some answers, unless one of them has failed. */
        const someAnswers = Effect.gen(function* () {
          const before = decided.size
          yield* Effect.sync(() => decided.size > before + 1 || load.pollUnsafe() !== undefined).pipe(
            Effect.repeat({ schedule: Schedule.spaced("2 millis"), until: (isSo) => isSo })
          )
        })

        for (const [n, text] of texts.entries()) {
          // In both ways of writing each table takes its turn.
          yield* n % 4 < 2 ? replace(text) : write(text)
          if (n % 9 === 0) yield* untilLive(text)
          yield* someAnswers
        }
        const last = texts.at(-1) ?? ""
        assert.notProperty(
          yield* untilTable((table) => table.version === versionOf(last) && !table.rejected),
          "rejected"
        )
        yield* someAnswers
        isDone = true
        yield* Fiber.join(load)
        assert.strictEqual(yield* ruleNow, "A")

        for (const [kind, number] of Object.entries(count)) assert.isAbove(number, 15, kind)
        const { conversations } = yield* settled
        const told = new Map(conversations.map((one) => [one.id, one]))
        for (const [id, rule] of decided) {
          const { labels, target } = told.get(id) ?? assert.fail(`no conversation ${id}`)
          assert.strictEqual(target?.id, placeOf[rule])
          assert.deepStrictEqual<object>(labels, {
            source: "cognigy",
            cognigy_intent: "help",
            ...labelsOf[rule]
          })
        }
        const swaps = log.filter((line) => line.includes("is live"))
        assert.isAtLeast(swaps.length, REWRITES / 9)
        assertSafe(log.join("\n"))
      }).pipe(withRouter({ routes: tableA() }), onDisk),
    120_000
  )
})
