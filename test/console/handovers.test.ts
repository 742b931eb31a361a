import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { HttpServerRequest } from "effect/http"
import { HandOverAgain, NotAgain } from "../../src/console/HandOverAgain.ts"
import { handover } from "../../src/console/routes/handover.ts"
import { handovers } from "../../src/console/routes/handovers.ts"
import type { Answer, Route } from "../../src/console/routes/Route.ts"
import type { View } from "../../src/console/view.ts"
import type { Detail, Entry } from "../../src/history/Entry.ts"
import { RoutingPolicy } from "../../src/routing/RoutingPolicy.ts"
import { entry, handoverId, nameOf, sales, step, support } from "./support/entries.ts"
import { fakeHistory } from "./support/history.ts"

const viewer = { session: "s", expires: 0, user: "operator", csrf: "the-token", isOpen: false }

const policy = Layer.succeed(RoutingPolicy, {
  decide: () => Effect.die("no decision is made here"),
  explain: () => Effect.die("nothing is explained here"),
  nameOf: ({ id, type }) => Effect.succeed(nameOf(`${type}:${id}`)),
  table: Effect.succeed(undefined),
  routes: Effect.succeed(undefined)
})

/** The pages over a history of entries. */
const pages = (entries: ReadonlyArray<Entry & Detail>, again: HandOverAgain["Service"]["handOver"] = () => gone) => {
  const history = fakeHistory(...entries)
  const layer = Layer.mergeAll(
    history.layer,
    policy,
    Layer.succeed(HandOverAgain, { check: () => gone, handOver: again })
  )
  const ask = (method: Route["method"], address: string) =>
    Effect.gen(function* () {
      const routes: ReadonlyArray<Route> = [...(yield* handovers), ...(yield* handover)]
      const { pathname, searchParams } = new URL(address, "http://router.test")
      const [, id, action] = /^\/console\/handovers\/([^/]+)(\/again)?$/.exec(pathname) ?? []
      const path = id === undefined ? "/console/handovers" : `/console/handovers/:id${action ?? ""}`
      const route = routes.find((route) => route.method === method && route.path === path)
      const request = HttpServerRequest.fromWeb(new Request(new URL(address, "http://router.test")))
      const submission = { viewer, query: searchParams, params: { id }, request, form: new FormData() }
      return yield* route?.answer(submission) ?? Effect.die(`no route for ${address}`)
    }).pipe(Effect.provide(layer))
  return { ...history, ask, view: (address: string) => Effect.map(ask("GET", address), viewOf) }
}

const gone = Effect.fail(new NotAgain({ message: "Its request is gone." }))

const viewOf = (answer: Answer): View => ("body" in answer && "title" in answer ? answer : assert.fail("no page"))

const textOf = ({ body }: View) => body.text

const idsOf = (view: View) => [...textOf(view).matchAll(/data-id="([^"]+)"/g)].map(([, id]) => id)

const linkOf = (view: View, rel: "next" | "prev") =>
  new RegExp(`rel="${rel}" href="([^"]+)"`).exec(textOf(view))?.[1]?.replaceAll("&amp;", "&")

const many = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    entry({ id: handoverId(index + 1), target: index % 2 === 0 ? support : sales })
  )

const EVIL = `"><script>alert(1)</script><img src=x onerror='alert(2)'>`

describe("the list of handovers", () => {
  it.effect("goes through all pages, older and newer, with its filters", () => {
    const { view } = pages(many(240))
    const expected = many(240)
      .filter(({ target }) => target === support)
      .map(({ id }) => id)
      .reverse()
    return Effect.gen(function* () {
      const seen: Array<string | undefined> = []
      let page = yield* view(`/console/handovers?target=queue%3A${support.id}`)
      assert.isUndefined(linkOf(page, "prev"))
      for (;;) {
        seen.push(...idsOf(page))
        const older = linkOf(page, "next")
        if (older === undefined) break
        page = yield* view(older)
      }
      assert.deepStrictEqual(seen, expected)
      const newer = yield* view(linkOf(page, "prev") ?? "")
      assert.deepStrictEqual(idsOf(newer), expected.slice(50, 100))
    })
  })

  it.effect("goes to the newest page where a page of newer ones would not be full", () => {
    const { ask } = pages(many(60))
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* ask("GET", `/console/handovers?outcome=success&after=${handoverId(30)}`), {
        redirect: "/console/handovers?outcome=success"
      })
    })
  })

  it.effect("shows names for ids, and nothing of a sender as HTML", () => {
    const { view } = pages([entry({ intent: EVIL, rule: EVIL, userId: EVIL, reason: EVIL, language: EVIL })])
    return Effect.gen(function* () {
      const page = textOf(yield* view(`/console/handovers?user=${encodeURIComponent(EVIL)}`))
      assert.include(page, "Support (de)")
      assert.notInclude(page, "<script")
      assert.notInclude(page, "<img")
      assert.include(page, "&quot;&gt;&lt;script&gt;")
    })
  })

  it.effect("shows names that only the table of then has", () => {
    const gone = { type: "agent", id: "a-1" } as const
    const { routes, state, view } = pages([entry({ target: gone, table: "of-then" }), entry({ id: handoverId(2) })])
    routes.set("of-then", { agents: { alex: "a-1" }, rules: [] })
    return Effect.gen(function* () {
      assert.include(textOf(yield* view("/console/handovers")), ">alex<")
      const filtered = textOf(yield* view("/console/handovers?target=agent%3Aa-1"))
      assert.include(filtered, "<bdi>alex</bdi>")
      state.away = true
      assert.include(textOf(yield* view("/console/handovers?target=agent%3Aa-1")), "<bdi>agent:a-1</bdi>")
    })
  })

  it.effect("says when there is nothing yet, nothing with these filters, and when the history is away", () => {
    const { state, view } = pages([])
    return Effect.gen(function* () {
      assert.include(textOf(yield* view("/console/handovers")), "No handovers yet")
      assert.include(textOf(yield* view("/console/handovers?rule=x")), "No handovers with these filters")
      state.away = true
      const away = textOf(yield* view("/console/handovers?rule=x"))
      assert.include(away, "The history cannot be read now.")
      assert.include(away, "The database does not answer.")
      assert.notInclude(away, "data-live")
    })
  })

  it.effect("answers a wrong filter with 400, and shows no handovers as if it were right", () => {
    const { view } = pages(many(3))
    return Effect.gen(function* () {
      const page = yield* view("/console/handovers?outcome=faild&from=yesterday")
      assert.strictEqual(page.status, 400)
      assert.include(textOf(page), "did you mean failed?")
      assert.match(textOf(page), /name="from"[^>]* aria-invalid="true" aria-describedby="problem-from"/)
      assert.deepStrictEqual(idsOf(page), [])
    })
  })

  it.effect("is live where new handovers would show, and only there", () => {
    const { view } = pages(many(60))
    const isLive = (address: string) => Effect.map(view(address), (page) => textOf(page).includes("data-live "))
    return Effect.gen(function* () {
      assert.isTrue(yield* isLive("/console/handovers?outcome=success"))
      assert.isFalse(yield* isLive(`/console/handovers?before=${handoverId(55)}`))
      assert.isFalse(yield* isLive("/console/handovers?to=2026-02-01"))
    })
  })

  it.effect("has a chip for each filter, which leads to the list without it", () => {
    const { view } = pages(many(1))
    return Effect.gen(function* () {
      const page = textOf(yield* view("/console/handovers?outcome=success&outcome=failed&rule=support-de"))
      for (const href of [
        "outcome=failed&amp;rule=support-de",
        "outcome=success&amp;rule=support-de",
        "outcome=success&amp;outcome=failed"
      ])
        assert.include(page, `href="/console/handovers?${href}"`)
    })
  })
})

describe("the page of one handover", () => {
  it.effect("is not found for an unknown id, or what is none", () => {
    const { view } = pages([])
    return Effect.gen(function* () {
      for (const id of [handoverId(1), "1", "%00", "..%2f"])
        assert.strictEqual((yield* view(`/console/handovers/${id}`)).status, 404)
    })
  })

  it.effect("draws each step to scale, and the shortest ones so that they are seen", () => {
    const steps = [step("call", "open", 0, 500, "201"), step("call", "routeToQueue", 500, 0.001, "503")]
    const { view } = pages([entry({ took: 1000, steps })])
    return Effect.gen(function* () {
      const page = textOf(yield* view(`/console/handovers/${handoverId(1)}`))
      assert.include(page, `<rect x="0%" width="50%"`)
      assert.include(page, `<rect x="50%" width="3"`)
      assert.include(page, "503 unavailable")
    })
  })

  it.effect("draws 100 steps, none, and a handover of no time", () => {
    const steps = Array.from({ length: 100 }, (_, index) => step("call", EVIL, index, 1, EVIL))
    const { view } = pages([
      entry({ id: handoverId(1), took: 0, steps: [step("call", "open", 0, 0, "201")] }),
      entry({ id: handoverId(2), steps: [] }),
      entry({ id: handoverId(3), steps })
    ])
    return Effect.gen(function* () {
      const [none, empty, all] = yield* Effect.forEach([1, 2, 3], (index) =>
        Effect.map(view(`/console/handovers/${handoverId(index)}`), textOf)
      )
      for (const page of [none, empty, all]) assert.notMatch(page ?? "", /NaN|Infinity|<script|<img| style=/)
      assert.include(empty, "No call to CXone was made for it.")
      assert.strictEqual(all?.match(/<tr class="call">/g)?.length, 100)
    })
  })

  it.effect("explains the decision by the table of then, with its names, and says what was not recorded", () => {
    const explained = entry({ table: "v-1", rule: "support-de", facts: { entities: { tier: "silver" } } })
    const { routes, view } = pages([explained])
    const to = { queue: "Old name" }
    return Effect.gen(function* () {
      assert.include(textOf(yield* view(`/console/handovers/${handoverId(1)}`)), "version v-1, was not recorded")
      routes.set("v-1", {
        queues: { "Old name": support.id },
        rules: [
          { name: "vip", when: { entities: { tier: "gold" } }, to },
          { name: "north", when: { data: { region: "north" } }, to },
          { name: "support-de", when: { language: "de" }, to }
        ]
      })
      const page = textOf(yield* view(`/console/handovers/${handoverId(1)}`))
      assert.include(page, "Reached queue \u2068Old name\u2069")
      assert.match(page, /vip.*entities\.tier.*wants <bdi>[^<]*gold[^<]*<\/bdi>, saw <bdi>[^<]*silver[^<]*<\/bdi>/s)
      assert.match(page, /class="unknown".*north.*data\.region.*cannot be told, since it saw <bdi>[^<]*not recorded/s)
      assert.match(page, /class="decided".*support-de.*language.*saw <bdi>[^<]*de-DE/s)
    })
  })

  it.effect("links the first of a copy, its copies, and what did it again", () => {
    const { view } = pages([
      entry({ id: handoverId(1) }),
      entry({ id: handoverId(2), outcome: "repeated", firstId: handoverId(1) }),
      entry({ id: handoverId(3), againOf: handoverId(4) })
    ])
    const link = (index: number) => `href="/console/handovers/${handoverId(index)}"`
    return Effect.gen(function* () {
      assert.include(textOf(yield* view(`/console/handovers/${handoverId(1)}`)), link(2))
      assert.include(textOf(yield* view(`/console/handovers/${handoverId(2)}`)), link(1))
      assert.include(textOf(yield* view(`/console/handovers/${handoverId(3)}`)), link(4))
    })
  })
})

describe("hand over again", () => {
  const failed = entry({ id: handoverId(1), outcome: "failed", reason: "unavailable", status: 503 })

  it.effect("leads to the new handover, and says how it ended", () => {
    const { ask, entries } = pages([failed], () => Effect.succeed(handoverId(2)))
    const again = ask("POST", `/console/handovers/${handoverId(1)}/again`)
    return Effect.gen(function* () {
      assert.deepInclude(yield* again, { redirect: `/console/handovers/${handoverId(1)}` })
      entries.push(entry({ id: handoverId(2) }))
      assert.deepInclude(yield* again, {
        redirect: `/console/handovers/${handoverId(2)}`,
        flash: { kind: "done", text: "It was handed over again. This is the new handover." }
      })
      entries.splice(1, 1, entry({ id: handoverId(2), outcome: "failed" }))
      assert.deepNestedInclude(yield* again, { "flash.kind": "failed" })
    })
  })

  it.effect("says why it is impossible", () => {
    const { ask, view } = pages([failed])
    return Effect.gen(function* () {
      const page = textOf(yield* view(`/console/handovers/${handoverId(1)}`))
      assert.include(page, "Its request is gone.")
      assert.notInclude(page, "<form")
      assert.deepStrictEqual(yield* ask("POST", `/console/handovers/${handoverId(1)}/again`), {
        redirect: `/console/handovers/${handoverId(1)}`,
        flash: { kind: "failed", text: "Its request is gone." }
      })
    })
  })
})
