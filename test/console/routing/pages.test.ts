import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Stream } from "effect"
import { HttpServerRequest } from "effect/http"
import { TestClock } from "effect/testing"
import { checkTable } from "../../../src/console/routes/checkTable.ts"
import type { Answer, Route } from "../../../src/console/routes/Route.ts"
import { routing } from "../../../src/console/routes/routing.ts"
import { tryPayload } from "../../../src/console/routes/tryPayload.ts"
import { TableChecks } from "../../../src/console/routing/TableChecks.ts"
import type { View } from "../../../src/console/view.ts"
import { Audit } from "../../../src/history/Audit.ts"
import type { Detail, Entry } from "../../../src/history/Entry.ts"
import { type DecisionCount, History, HistoryUnavailable } from "../../../src/history/History.ts"
import type { RoutesFile } from "../../../src/routing/format/RoutesFile.ts"
import * as TablePolicy from "../../../src/routing/policy/TablePolicy.ts"
import { RoutingPolicy } from "../../../src/routing/RoutingPolicy.ts"
import { settled } from "../../support/time.ts"
import { entry, handoverId } from "../support/entries.ts"

const viewer = { session: "s", expires: 0, user: "operator", csrf: "the-token", isOpen: false }

const EVIL = `"><script>alert(1)</script>`

const file: RoutesFile = {
  queues: { Support: "q-1", Sales: "q-2" },
  hours: { office: { zone: "Europe/Berlin", weekly: { weekdays: "08:00-18:00" } } },
  rules: [
    { name: "support", when: { intent: "support", open: "office" }, to: { queue: "Support" } },
    { name: "sales", when: { intent: "sales" }, to: { queue: "Sales" } },
    { name: EVIL, when: { intent: EVIL }, to: { reject: EVIL } }
  ],
  fallback: { to: { queue: "Support" } }
}

/** The services of the pages, and what a test sets and sees of them. */
const make = (policy: Layer.Layer<RoutingPolicy> = TablePolicy.layerTable(file)) => {
  const world = {
    actions: [] as Array<string>,
    away: false,
    counts: [] as ReadonlyArray<DecisionCount>,
    entries: [] as ReadonlyArray<Entry & Detail>,
    stream: undefined as Stream.Stream<Entry & Detail, HistoryUnavailable> | undefined
  }
  const read = <A>(value: () => A) =>
    Effect.suspend(() =>
      world.away ? Effect.fail(new HistoryUnavailable({ message: "The database is away." })) : Effect.sync(value)
    )
  const services = Layer.mergeAll(
    policy,
    Layer.mock(History, {
      find: () => read(() => world.entries.slice(-1)),
      decisions: () => read(() => world.counts),
      stream: () => world.stream ?? Stream.unwrap(read(() => Stream.fromIterable(world.entries)))
    }),
    Layer.mock(Audit, {
      record: ({ subject, what, who }) => read(() => void world.actions.push(`${who} ${what} ${subject}`))
    })
  )
  const layer = Layer.provideMerge(TableChecks.layer, services)
  const all: Effect.Effect<ReadonlyArray<Route>, never, Layer.Success<typeof layer>> = Effect.map(
    Effect.all([routing, tryPayload, checkTable]),
    (routes) => routes.flat()
  )
  const ask = (method: Route["method"], address: string, form: FormData = new FormData(), session = "s") =>
    Effect.gen(function* () {
      const url = new URL(address, "http://router.test")
      const route = (yield* all).find((route) => route.method === method && route.path === url.pathname)
      const request = HttpServerRequest.fromWeb(new Request(url))
      const ask = { viewer: { ...viewer, session }, query: url.searchParams, params: {}, request, form }
      return viewOf(yield* route?.answer(ask) ?? Effect.die(`no route for ${address}`))
    })
  return { world, ask, layer }
}

const viewOf = (answer: Answer): View => ("body" in answer && "title" in answer ? answer : assert.fail("no page"))

const formOf = (members: Readonly<Record<string, string | File>>) => {
  const form = new FormData()
  for (const [name, value] of Object.entries(members)) form.set(name, value)
  return form
}

/** A test of the pages over a policy. */
const test = (
  name: string,
  run: (made: ReturnType<typeof make>) => Effect.Effect<void, unknown, Layer.Success<ReturnType<typeof make>["layer"]>>,
  policy?: Layer.Layer<RoutingPolicy>
) =>
  it.effect(name, () => {
    const made = make(policy)
    return Effect.provide(run(made), made.layer)
  })

const many = TablePolicy.layerTable({
  ...file,
  rules: Array.from({ length: 10_000 }, (_, index) => ({
    name: `rule ${index}`,
    when: { intent: [`intent_${index}`, ...Array.from({ length: 20 }, (_, other) => `other_${index}_${other}`)] },
    to: { queue: "Support" }
  }))
})

describe("the page of the live table", () => {
  test("shows the rules in order, with what each decided, and links to that", ({ ask, world }) =>
    Effect.gen(function* () {
      world.entries = [entry({ at: 0 })]
      world.counts = [
        { rule: "sales", outcome: "success", minute: 0, count: 1234 },
        { rule: "support", outcome: "repeated", minute: 0, count: 9 }
      ]
      const { text } = (yield* ask("GET", "/console/routing")).body
      const order = ["Rule 1: ", "Rule 2: ", "Rule 3: ", "Fallback"].map((part) => text.indexOf(part))
      assert.deepStrictEqual(
        order,
        order.toSorted((one, other) => one - other)
      )
      assert.isTrue(order.every((at) => at > 0))
      assert.match(text, /href="\/console\/handovers\?[^"]*rule=sales&amp;from=[^"]+">1,234 handovers/)
      assert.strictEqual(text.split("none in 7 days").length - 1, 3)
      assert.include(text, "Built-in")
      assert.notInclude(text, "<script")
      const unused = (yield* ask("GET", "/console/routing?show=unused")).body.text
      assert.include(unused, "rule=support")
      assert.notInclude(unused, "rule=sales&amp;from")
    }))

  test("is there without the history, and says so", ({ ask, world }) =>
    Effect.gen(function* () {
      world.away = true
      const { text } = (yield* ask("GET", "/console/routing")).body
      assert.include(text, "Rule 1: ")
      assert.include(text, "The database is away.")
      assert.notInclude(text, "in 7 days</span>")
    }))

  test("shows whether hours are open", ({ ask }) =>
    Effect.gen(function* () {
      // 1970-01-01 was a Thursday, 01:00 in Berlin.
      const { text } = (yield* ask("GET", "/console/routing")).body
      assert.include(text, `<b>Thu 1970-01-01 08:00 Europe/Berlin</b>`)
      assert.include(text, `<time datetime="1970-01-01T07:00:00.000Z"`)
    }))

  test(
    "is bounded for a table with many rules, and has a filter and pages",
    ({ ask }) =>
      Effect.gen(function* () {
        const first = (yield* ask("GET", "/console/routing")).body.text
        assert.isBelow(first.length, 150_000)
        assert.include(first, "Page 1 of 201")
        assert.include((yield* ask("GET", "/console/routing?page=201")).body.text, "Fallback")
        assert.include((yield* ask("GET", "/console/routing?page=999999")).body.text, "Page 201 of 201")
        const found = (yield* ask("GET", "/console/routing?q=INTENT_777%22")).body.text
        assert.include(found, "1 rule found")
        assert.include(found, "Rule 778: ")
        assert.include((yield* ask("GET", "/console/routing?q=nothing")).body.text, "No such rule")
        const alone = (yield* ask("GET", "/console/routing?rule=rule+9999")).body.text
        assert.include(alone, "other_9999_19")
        const unknown = yield* ask("GET", `/console/routing?rule=${encodeURIComponent(EVIL)}`)
        assert.strictEqual(unknown.status, 404)
        assert.notInclude(unknown.body.text, "<script")
        assert.isBelow((yield* ask("GET", "/console/routing/try")).body.text.length, 60_000)
      }),
    many
  )

  test(
    "says that a policy in code has no rules to show",
    ({ ask }) =>
      Effect.gen(function* () {
        assert.include((yield* ask("GET", "/console/routing")).body.text, "A policy in code decides")
      }),
    RoutingPolicy.layer(() => Effect.die("it is not asked"))
  )
})

const SUPPORT = JSON.stringify({ intent: "support", userId: "anna" })

describe("the page that tries a payload", () => {
  const tryIt = (made: ReturnType<typeof make>, form: Readonly<Record<string, string>>) =>
    made.ask("POST", "/console/routing/try", formOf({ zone: "UTC", at: "", ...form }))

  test("explains the decision rule by rule, at another time, and keeps nothing of the payload", (made) =>
    Effect.gen(function* () {
      const closed = (yield* tryIt(made, { payload: SUPPORT })).body.text
      assert.include(
        closed,
        "wants <bdi>office to be open</bdi>, saw <bdi>closed at Thu 1970-01-01 01:00 Europe/Berlin"
      )
      assert.include(closed, "fallback")
      const open = yield* tryIt(made, { payload: SUPPORT, at: "2026-11-25T09:30", zone: "Europe/Berlin" })
      assert.match(open.title, /^support → queue Support/)
      assert.include(open.body.text, `<time datetime="2026-11-25T08:30:00.000Z"`)
      assert.deepStrictEqual(made.world.actions, ["operator try_payload null", "operator try_payload null"])
    }))

  test("answers a wrong payload as the webhook does, beside its field", (made) =>
    Effect.gen(function* () {
      for (const [payload, error] of [
        [`{"intent": `, "400 Invalid payload"],
        ["{}", "400 Missing required fields"],
        [`{"userId": "anna", "intent": ["a"]}`, "400 Invalid payload"],
        [`{"intent":"${"x".repeat(256 * 1024)}"}`, "413 Payload too large"]
      ] as const) {
        const { body, status } = yield* tryIt(made, { payload })
        assert.strictEqual(status, 422)
        assert.include(body.text, `The webhook answers <b>${error}</b>`)
        assert.match(body.text, /<textarea id="payload"[^>]*aria-invalid="true" aria-describedby="payload-problem"/)
      }
      const { body } = yield* tryIt(made, { payload: SUPPORT, at: "2026-02-30T10:00" })
      assert.match(body.text, /<input id="at"[^>]*aria-invalid="true"/)
    }))

  test("does nothing that it cannot record", (made) =>
    Effect.gen(function* () {
      made.world.away = true
      const { text } = (yield* tryIt(made, { payload: SUPPORT })).body
      assert.include(text, "it was not done: The database is away.")
      assert.include(text, "anna")
      assert.notInclude(text, "Rule by rule")
    }))

  test("begins with an example for a rule", ({ ask }) =>
    Effect.gen(function* () {
      const { text } = (yield* ask("GET", "/console/routing/try?rule=sales")).body
      assert.include(text, "&quot;intent&quot;: &quot;sales&quot;")
    }))
})

const TABLE = `queues: { Support: q-1, Sales: q-2 }
rules:
  - { name: sales, when: { intent: sales }, to: { queue: Support } }
  - { name: more, when: { intent: support, entities: { tier: gold } }, to: { queue: Sales } }
fallback: { to: { queue: Support } }
`

const recorded = (index: number, intent: string, id: string) =>
  entry({
    id: handoverId(index),
    intent,
    rule: intent,
    target: { type: "queue", id },
    targets: [{ type: "queue", id }],
    facts: {}
  })

describe("the page that checks a table", () => {
  const check = (made: ReturnType<typeof make>, form: Readonly<Record<string, string | File>>, session?: string) =>
    made.ask("POST", "/console/routing/check", formOf(form), session)

  test("says how it differs and what would change, and takes nothing over", (made) =>
    Effect.gen(function* () {
      made.world.entries = [recorded(3, "sales", "q-2"), recorded(2, "sales", "q-2"), recorded(1, "support", "q-1")]
      const before = yield* (yield* RoutingPolicy).routes
      const { body, title } = yield* check(made, { file: new File([TABLE], "new.yaml"), days: "30" })
      assert.match(title, /^No problems/)
      assert.include(body.text, "<b>2 of 3</b> would go elsewhere")
      assert.include(body.text, `href="/console/handovers/${handoverId(3)}"`)
      assert.include(body.text, "1 handover cannot be told")
      assert.include(body.text, "entities.tier")
      assert.match(body.text, /added<\/span> <b><bdi>more/)
      assert.match(body.text, /removed<\/span> <b><bdi>support/)
      assert.match(body.text, /changed<\/span> <b><bdi>sales/)
      assert.include(body.text, `<option value="30" selected>`)
      assert.deepStrictEqual(yield* (yield* RoutingPolicy).routes, before)
      assert.match(made.world.actions.join(), /^operator check_table version [0-9a-f]{12}$/)
    }))

  test("has the same version for a pasted text and for its file", (made) =>
    Effect.gen(function* () {
      yield* check(made, { text: TABLE.replaceAll("\n", "\r\n") })
      yield* check(made, { file: new File([TABLE], "routes.yaml") })
      assert.strictEqual(made.world.actions[0], made.world.actions[1])
    }))

  test("lists problems with their lines, and what to write instead", (made) =>
    Effect.gen(function* () {
      const { body, title } = yield* check(made, { text: TABLE.replace("queue: Sales }", "quee: Sales }") })
      assert.match(title, /^\d problems?/)
      assert.match(body.text, /4:\d+/)
      assert.include(body.text, "did you mean queue?")
      const evil = (yield* check(made, { file: new File([`rules: ${EVIL}`], EVIL) })).body.text
      assert.notInclude(evil, "<script")
    }))

  test("refuses what is no table file, beside its field", (made) =>
    Effect.gen(function* () {
      for (const [form, status] of [
        [{}, 422],
        [{ text: " \r\n" }, 422],
        [{ file: new File([new Uint8Array([0xff, 0xfe, 0])], "x") }, 422],
        [{ file: new File(["x".repeat(4 * 1024 * 1024 + 1)], "x") }, 413]
      ] as const) {
        const view = yield* check(made, form)
        assert.strictEqual(view.status, status)
        assert.include(view.body.text, `aria-describedby="check-problem"`)
      }
      assert.deepStrictEqual(made.world.actions, [])
    }))

  test("says that the history cannot be read, and checks nevertheless", (made) =>
    Effect.gen(function* () {
      made.world.stream = Stream.fail(new HistoryUnavailable({ message: "The database is away." }))
      const { text } = (yield* check(made, { text: TABLE })).body
      assert.include(text, "No problems")
      assert.include(text, "The history cannot be read, so this cannot be told: The database is away.")
    }))

  test("tells what it has read when the time is over", (made) =>
    Effect.gen(function* () {
      made.world.stream = Stream.concat(Stream.make(recorded(3, "sales", "q-2")), Stream.never)
      const fiber = yield* Effect.forkChild(check(made, { text: TABLE }))
      yield* settled

      yield* TestClock.adjust("21 seconds")
      const { text } = (yield* Fiber.join(fiber)).body
      assert.include(text, "<b>1 of 1</b> would go elsewhere")
      assert.include(text, "larger than could be read in 20 seconds")
    }))

  test("runs one check of a viewer, and three at once", (made) =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      made.world.stream = Stream.unwrap(Effect.as(Deferred.await(gate), Stream.empty))
      const running = yield* Effect.forEach(["a", "b", "c"], (session) =>
        Effect.forkChild(check(made, { text: TABLE }, session))
      )
      yield* settled
      assert.include((yield* check(made, { text: TABLE }, "a")).body.text, "Your last check is still running.")
      assert.include((yield* check(made, { text: TABLE }, "d")).body.text, "Others check tables at this moment")
      yield* Deferred.succeed(gate, undefined)
      for (const fiber of running) assert.match((yield* Fiber.join(fiber)).title, /^No problems/)
      assert.match((yield* check(made, { text: TABLE }, "a")).title, /^No problems/)
    }))
})
