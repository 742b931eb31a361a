import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Redacted } from "effect"
import { PATIENCE } from "../../src/doctor/Check.ts"
import { report } from "../../src/doctor/Report.ts"
import { type DoctorTarget, LOOK_UPS_AT_ONCE, targetChecks } from "../../src/doctor/targetChecks.ts"
import { cxone } from "../support/cxone.ts"
import type { Reply } from "../support/scripted.ts"
import { patient, timed } from "../support/time.ts"
import { assertFinding, output } from "./support.ts"

const queue: DoctorTarget = {
  kind: "queue",
  id: "5a1e5000-0000-4000-8000-000000000001",
  name: "sales",
  where: "routes.yaml:12:7"
}

const agent: DoctorTarget = { kind: "agent", id: "a-7", name: undefined, where: "routes.yaml:14:7" }

const secrets = [Redacted.make("k3y"), Redacted.make("client-secret"), Redacted.make("")]

/** What looking one target up finds, with CXone answering this to it. */
const lookUp = (target: DoctorTarget, reply: Reply | ((index: number) => Reply | Effect.Effect<Reply>)) => {
  const { layer, sent } = cxone((_, index) => (typeof reply === "function" ? reply(index) : reply))
  const [check] = targetChecks([target], PATIENCE, secrets)
  if (check === undefined) throw new Error("there is no check")
  return { check, sent, finding: timed(check.run).pipe(Effect.provide(layer)) }
}

const found = (name: string): Reply => ({ status: 200, body: { id: "any", name } })

describe("a target", () => {
  it.effect("is named by its kind, what the table calls it, and the start of its id", () =>
    Effect.sync(() => {
      const named = targetChecks(
        [queue, { ...queue, name: undefined }, agent, { ...agent, name: "Alex" }, { ...queue, name: "x".repeat(99) }],
        PATIENCE,
        []
      )
      assert.deepStrictEqual(
        named.map(({ name }) => name),
        [
          "queue sales (5a1e5000…)",
          "queue 5a1e5000…",
          "agent a-7",
          "agent Alex (a-7)",
          `queue ${"x".repeat(39)}… (5a1e5000…)`
        ]
      )
    })
  )

  for (const [target, path] of [
    [queue, `/api/v2/routing/queues/${queue.id}`],
    [agent, "/api/v2/users/a-7"]
  ] as const) {
    it.effect(
      `that is ${target.kind === "queue" ? "a queue" : "an agent"} is found, and called what CXone calls it`,
      () => {
        const { finding, sent } = lookUp(target, found("Sales EMEA"))
        return Effect.gen(function* () {
          assertFinding((yield* finding).value, { status: "ok", detail: /^Sales EMEA$/ })
          assert.strictEqual(sent[1]?.path, path)
        })
      }
    )
  }

  for (const [what, target, reply, detail, instead] of [
    [
      "a queue that is not there",
      queue,
      { status: 404 },
      /^the queue does not exist in CXone \(routes\.yaml:12:7\)$/,
      /^replace the id 5a1e5000-0000-4000-8000-000000000001 at routes\.yaml:12:7: CXone Admin > Queues/
    ],
    [
      "an agent who is not there",
      agent,
      { status: 404 },
      /^the agent does not exist in CXone \(routes\.yaml:14:7\)$/,
      /People/
    ],
    ["who asks", { ...agent, id: "me" }, found("Router"), /^the agent does not exist in CXone/, /replace the id me at/],
    ["an id that is none", queue, { status: 400 }, /^CXone does not accept the id: it answered 400 \(/, /Queues/],
    [
      "a queue that may not be seen",
      queue,
      { status: 403, body: {} },
      /it needs the scope queues:read$/,
      /add queues:read/
    ],
    [
      "an agent who may not be seen",
      agent,
      { status: 403, body: {} },
      /it needs the scope users:read$/,
      /add users:read/
    ],
    ["something else", queue, { status: 200, body: "<html>" }, /not its contract \(queue/, /CXONE_BASE_URL/],
    ["an error", queue, { status: 500 }, /not available \(queue\): it answered 500/, /status page/],
    ["nothing", queue, "hang", /no answer within (2|10)s/, /status page/],
    ["an answer that does not end", queue, "stall", /no answer within (2|10)s/, /status page/]
  ] as const) {
    it.effect(`that turns out to be ${what} has failed, in time`, () => {
      const { finding } = lookUp(target, reply)
      return Effect.gen(function* () {
        const { millis, value } = yield* finding
        assertFinding(value, { status: "failed", detail, instead })
        assert.isAtMost(millis, Duration.toMillis(PATIENCE) + 10)
      }).pipe(patient)
    })
  }

  it.effect("waits its turn where CXone limits the rate of calls for longer than a call may take", () => {
    const { finding, sent } = lookUp(queue, (index) =>
      index === 0 ? { status: 429, headers: { "retry-after": "30" } } : found("Sales")
    )
    return Effect.gen(function* () {
      const { millis, value } = yield* finding
      assertFinding(value, { status: "ok", detail: /^Sales$/ })
      assert.isAtLeast(millis, 30_000)
      assert.isAtMost(millis, 32_000)
      assert.strictEqual(sent.length, 3)
    }).pipe(patient)
  })

  it.effect("whose name has a secret or a terminal's control characters is shown without them", () => {
    const { finding } = lookUp(queue, found("token-1 k3y client-secret \u001b[2J"))
    return Effect.gen(function* () {
      assertFinding((yield* finding).value, { status: "ok", detail: /^\*\*\* \*\*\* \*\*\* \\u001b\[2J$/ })
    })
  })

  it.effect("with a long name is shown with its start", () => {
    const { finding } = lookUp(queue, found("x".repeat(100_000)))
    return Effect.gen(function* () {
      assertFinding((yield* finding).value, { status: "ok", detail: /^x{99}…$/ })
    })
  })
})

describe("hundreds of targets", () => {
  const many: ReadonlyArray<DoctorTarget> = Array.from({ length: 300 }, (_, index) => ({
    kind: index % 3 === 0 ? "agent" : "queue",
    id: `id-${index}`,
    name: undefined,
    where: `routes.yaml:${index}:7`
  }))

  const reportOn = (targets: ReadonlyArray<DoctorTarget>) =>
    report([{ checks: targetChecks(targets, PATIENCE, []), concurrency: LOOK_UPS_AT_ONCE }])

  /** Answers after a while that differs from call to call. */
  const slowly = (index: number, reply: Reply) => Effect.delay(Effect.succeed(reply), 20 + ((index * 37) % 90))

  it.effect("are a line each in their order, and four are looked up at once", () => {
    let [now, most] = [0, 0]
    const { layer } = cxone(({ path }, index) =>
      Effect.gen(function* () {
        most = Math.max(most, ++now)
        const reply = yield* slowly(index, path.endsWith("id-7") ? { status: 404 } : found(`name of ${path}`))
        now--
        return reply
      })
    )
    const { layer: terminal, lines } = output()
    return Effect.gen(function* () {
      const { value } = yield* timed(reportOn(many))
      assert.isFalse(value)
      assert.deepStrictEqual(
        lines().slice(0, 300),
        many.map(({ id, kind }, index) =>
          index === 7
            ? `✗ ${`queue ${id}`.padEnd(13)}  the queue does not exist in CXone (routes.yaml:7:7)`
            : `✓ ${`${kind} ${id}`.padEnd(13)}  name of /api/v2/${kind === "queue" ? "routing/queues" : "users"}/${id}`
        )
      )
      assert.include(lines(), "1 of 300 checks failed:")
      assert.strictEqual(most, LOOK_UPS_AT_ONCE)
    }).pipe(Effect.provide([layer, terminal]), patient)
  })

  it.effect("are all found under our own rate limit, however long that takes", () => {
    const rateLimit = { limit: 100, window: Duration.minutes(1) }
    const { layer, sent } = cxone(({ path }) => found(path), {}, { rateLimit })
    const { layer: terminal, lines } = output()
    return Effect.gen(function* () {
      const { millis, value } = yield* timed(reportOn(many))
      assert.isTrue(value)
      assert.include(lines(), "300 of 300 checks passed.")
      assert.isAtLeast(millis, 120_000)
      // A token, and each of them once.
      assert.strictEqual(sent.length, 301)
    }).pipe(Effect.provide([layer, terminal]), patient)
  })

  it.effect("are all found where CXone itself limits the rate", () => {
    let windowStart = 0
    let inWindow = 0
    const { layer } = cxone(({ path }) =>
      Effect.clockWith((clock) =>
        Effect.sync((): Reply => {
          const now = clock.currentTimeMillisUnsafe()
          if (now - windowStart >= 60_000) [windowStart, inWindow] = [now, 0]
          if (++inWindow <= 100) return found(path)
          return { status: 429, headers: { "retry-after": `${Math.ceil((windowStart + 60_000 - now) / 1000)}` } }
        })
      )
    )
    const { layer: terminal, lines } = output()
    return Effect.gen(function* () {
      const { value } = yield* timed(reportOn(many))
      assert.isTrue(value)
      assert.include(lines(), "300 of 300 checks passed.")
    }).pipe(Effect.provide([layer, terminal]), patient)
  })

  it.effect("cost a CXone that is down no more than its retries, and end soon", () => {
    const { layer, sent } = cxone(() => ({ status: 503 }))
    const { layer: terminal, lines } = output()
    return Effect.gen(function* () {
      const { millis, value } = yield* timed(reportOn(many))
      assert.isFalse(value)
      assert.include(lines(), "300 of 300 checks failed:")
      assert.isAtMost(sent.length, 100)
      assert.isAtMost(millis, 60_000)
    }).pipe(Effect.provide([layer, terminal]), patient)
  })
})
