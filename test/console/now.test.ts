/** The page of what happens now, and its live events. */

import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Layer, Metric, PubSub, Stream } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { MAX_LISTENERS } from "../../src/console/routes/events.ts"
import type { MinuteCount } from "../../src/history/History.ts"
import { historyQueue } from "../../src/history/metrics.ts"
import { TestConsole } from "./support/console.ts"

/** Metrics of its own: the page sums up all routers of a process. */
const metrics = Layer.sync(Metric.MetricRegistry, () => new Map())

const open = Effect.provide([
  Layer.provideMerge(TestConsole.layer("open"), Layer.fresh(metrics)),
  NodeHttpClient.layerNodeHttp
])

const count = (minute: number, outcome: MinuteCount["outcome"], count: number, took = 100): MinuteCount => ({
  minute,
  outcome,
  rule: "sales <de>",
  target: "queue:4001",
  took,
  count
})

const thisMinute = Effect.map(Clock.currentTimeMillis, (now) => Math.floor(now / 60_000) * 60_000)

/** The text of an answer that does not end, as it comes. */
const listen = (url: string) =>
  HttpClient.execute(HttpClientRequest.get(url)).pipe(
    Effect.map(({ stream }) => Stream.decodeText(stream)),
    Stream.unwrap,
    Stream.orDie
  )

describe("Now", () => {
  it.live("says that there is nothing yet", () =>
    Effect.gen(function* () {
      const { get } = yield* TestConsole
      const { text } = yield* get("/console")
      assert.include(text, "Nothing needs attention.")
      assert.include(text, "No handovers in the last hour")
      assert.notInclude(text, "NaN")
    }).pipe(open)
  )

  it.live("says that the history waits for a database that takes nothing", () =>
    Effect.gen(function* () {
      const { get } = yield* TestConsole
      yield* Metric.update(historyQueue, 500)
      const { text } = yield* get("/console")
      assert.include(text, "500 entries of the history wait for the database")
    }).pipe(open)
  )

  it.live("adds the last hour up, by queue and by rule, with names", () =>
    Effect.gen(function* () {
      const { get, world } = yield* TestConsole
      const minute = yield* thisMinute
      world.names = { "queue:4001": "Sales & more" }
      world.minutes = [
        count(minute - 60_000, "success", 1190),
        count(minute - 60_000, "failed", 10, 6000),
        // Answered at once, so no time of CXone's.
        count(minute - 60_000, "repeated", 34, 1),
        count(minute - 2 * 3_600_000, "failed", 9999)
      ]
      const { text } = yield* get("/console")
      assert.match(text, /<dt>Handovers<\/dt><dd>1,234 /)
      assert.include(text, "10 handovers failed in the last 15 minutes (1 % of 1,234)")
      assert.include(text, ">Sales &amp; more</a>")
      assert.include(text, ">sales &lt;de&gt;</a>")
      assert.match(text, /<dt>Half are answered in<\/dt><dd>100 ms /)
      const charts = JSON.parse(/<script type="application\/json" id="charts">([^<]+)</.exec(text)?.[1] ?? "")
      assert.strictEqual(charts.minutes.length, 60)
      assert.deepStrictEqual(charts.outcomes.failed.slice(-2), [10, 0])
    }).pipe(open)
  )

  it.live("puts what is worst first, with what to do", () =>
    Effect.gen(function* () {
      const { get, world } = yield* TestConsole
      world.table = {
        version: "0123456789ab",
        since: "2026-01-01T00:00:00.000Z",
        rules: 3,
        rejected: { at: "2026-01-02T00:00:00.000Z", problems: 2 }
      }
      world.notReady = "CXone refused the client"
      world.away = "The database does not answer."
      const { status, text } = yield* get("/console")
      assert.strictEqual(status, 200)
      const said = [...text.matchAll(/<strong>([^<]+)</g)].map(([, what]) => what)
      assert.deepStrictEqual(said, [
        "Handovers cannot be taken: CXone refused the client",
        "The history cannot be read: The database does not answer.",
        "A change of the routing table is not used: 2 problems"
      ])
    }).pipe(open)
  )
})

describe("live events", () => {
  it.live("bring the parts of the page at once, and again after a change", () =>
    Effect.gen(function* () {
      const { url, world } = yield* TestConsole
      const minute = yield* thisMinute
      const texts: Array<string> = []
      const seen = yield* listen(`${url}/console/events?now`).pipe(
        Stream.tap((text) => {
          texts.push(text)
          if (!texts.join("").includes("event: now")) return Effect.void
          world.minutes = [count(minute, "success", 4321)]
          return PubSub.publish(world.changes, undefined)
        }),
        Stream.takeUntil(() => texts.join("").includes("4,321")),
        Stream.runDrain,
        Effect.forkChild
      )
      yield* Fiber.join(seen)
      assert.include(texts.join(""), '"charts":')
      // The whole hour once, and then the minutes that can have changed.
      assert.isAbove(world.reads.length, 1)
      assert.isAtLeast((world.reads.at(-1) ?? 0) - (world.reads[0] ?? 0), 50 * 60_000)
    }).pipe(open)
  )

  it.live("end at once when the process ends", () =>
    Effect.gen(function* () {
      const { closing, url } = yield* TestConsole
      const events = `${url}/console/events`
      const listening = yield* Effect.forkChild(
        listen(events).pipe(
          Stream.tap(() => closing.begin),
          Stream.runDrain
        )
      )
      yield* Fiber.join(listening)
    }).pipe(open)
  )

  it.live("have a bound", () =>
    Effect.gen(function* () {
      const { get, url } = yield* TestConsole
      const events = `${url}/console/events`
      const first = yield* Effect.forEach(
        Array.from({ length: MAX_LISTENERS }),
        () => Effect.flatMap(HttpClient.execute(HttpClientRequest.get(events)), ({ status }) => Effect.succeed(status)),
        { concurrency: 10 }
      )
      assert.deepStrictEqual(new Set(first), new Set([200]))
      assert.strictEqual((yield* get("/console/events")).status, 503)
      assert.strictEqual((yield* get("/console")).status, 200)
    }).pipe(open)
  )
})
