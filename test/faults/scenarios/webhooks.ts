/** Cognigy has a busy day. */
import { Array as Arrays, Effect, Fiber, Option, Random } from "effect"
import { WEBHOOK_PATH } from "../../../src/cognigy/Api.ts"
import { nowMillis } from "../../../src/std/clock.ts"
import { errorOf } from "../Invariants.ts"
import { type Answer, type Ids, successOf, type Webhook } from "../Load.ts"
import { apiKey } from "../RouterProcess.ts"
import type { Scenario, Stage } from "../Scenario.ts"
import { makeWire } from "../Wire.ts"

/** What tells the router that a webhook came before: one kind for each user in turn. */
const recognizable: ReadonlyArray<(user: number) => Ids> = [
  (user) => ({ inputId: `input-${user}` }),
  (user) => ({ traceId: `trace-${user}` }),
  (user) => ({ headers: { "idempotency-key": `key-${user}` } }),
  (user) => ({ headers: { "webhook-id": `msg-${user}` } })
]

const idsOf = (user: number): Ids => recognizable[user % recognizable.length]?.(user) ?? {}

const said = (answer: Answer) =>
  Option.match(successOf(answer), {
    onNone: () => answer.text,
    onSome: ({ conversationId, reused, rule, target }) => `${conversationId} ${reused} ${rule} ${target.id}`
  })

const duplicates: Scenario = {
  name: "duplicates",
  about: "each webhook comes twice at once, and once more",
  // So that the first has not been answered when the second comes.
  faults: [{ operation: "open", kind: "delay", share: 1, millis: 50 }],
  run: Effect.fnUntraced(function* ({ check, load, pick, simulator }: Stage) {
    const users = Array.from({ length: pick(1000, 40) }, (_, user) => user)
    const copies = yield* Effect.forEach(
      users,
      (user) => {
        // The same webhook three times, which the load must not take for retries.
        const copy = () => load.webhook(user, `user-${user}`, idsOf(user))
        return Effect.gen(function* () {
          const [first, second] = yield* Effect.all([load.once(copy()), load.once(copy())], { concurrency: 2 })
          return [first, second, yield* load.once(copy())]
        })
      },
      { concurrency: 16 }
    )
    for (const answers of copies) {
      const all = answers.filter(({ outcome }) => outcome === 200).map(said)
      check("copies of a webhook are answered alike", new Set(all).size <= 1, all)
    }
    const { counts } = yield* simulator.state
    // Retries of calls that a slow machine lets time out count here too.
    const most = users.length * pick(1, 1.5)
    check("copies open no conversation of their own", counts.open <= most, counts.open)
    check("copies route nothing on their own", counts.action <= most, counts.action)
  })
}

const reusedKeys: Scenario = {
  name: "reused-keys",
  about: "idempotency keys come again with another body",
  allows: [422],
  handsOver: false,
  run: Effect.fnUntraced(function* ({ check, load, pick }: Stage) {
    for (let user = 0; user < pick(200, 12); user++) {
      const ids = { headers: { "idempotency-key": `key-${user}` } }
      yield* load.once(load.webhook(0, `user-${user}`, ids))
      const again = yield* load.once(load.webhook(1, `user-${user}`, ids))
      check("the other body is refused", errorOf(again) === "Idempotency key reused", again.text)
    }
  })
}

const oneUser: Scenario = {
  name: "one-user",
  about: "50 webhooks of one user at once, for one place or for all",
  run: Effect.fnUntraced(function* ({ check, load, pick, simulator }: Stage) {
    for (let round = 0; round < pick(10, 1); round++) {
      for (const places of [1, 3]) {
        const userId = `user-${round}-${places}`
        const crowd = Array.from(
          { length: 50 },
          (_, copy): Webhook => load.webhook(copy * (places === 1 ? 3 : 1), userId)
        )
        yield* Effect.forEach(crowd, load.untilHandedOver, { concurrency: "unbounded", discard: true })
        const { conversations } = yield* simulator.state
        const owned = conversations.filter((conversation) => conversation.userId === `cognigy_${userId}`)
        check("50 webhooks of one user lead to one conversation", owned.length === 1, owned.length)
      }
    }
  })
}

/** To sales, to support, and to sales again before the first is done. */
const changedMind: Scenario = {
  name: "changed-mind",
  about: "one user asks for sales, support, and sales again at once",
  faults: [{ operation: "open", kind: "delay", share: 1, millis: 500 }],
  run: Effect.fnUntraced(function* ({ check, checkInFull, load, pick, simulator }: Stage) {
    for (let user = 0; user < pick(20, 3); user++) {
      const asked = [0, 1, 0].map((place, turn) =>
        load.webhook(place, `user-${user}`, { inputId: `input-${user}-${turn}` })
      )
      // Opened before any is sent: nobody can tell which of two new connections a server takes on first.
      const connections = yield* Effect.forEach(asked, () => load.connect)
      const { counts } = yield* simulator.state
      const sending = yield* Effect.forEach(Arrays.zip(asked, connections), ([webhook, { once }]) =>
        // A request that is written later, on whichever connection, is read later: once it is answered, this one has been read.
        Effect.tap(Effect.forkChild(once(webhook), { startImmediately: true }), () => load.get("/healthz"))
      )
      const { counts: now } = yield* simulator.state
      checkInFull("the first one is still under way when the last one comes", now.action === counts.action)
      yield* Fiber.joinAll(sending)
      const { conversations } = yield* simulator.state
      const conversation = conversations.find(({ userId }) => userId === `cognigy_user-${user}`)
      check(
        "the user ends where they asked for last",
        conversation?.target?.id === asked[2]?.target.id,
        `at ${conversation?.target?.id}, not ${asked[2]?.target.id}`
      )
    }
  })
}

const overload: Scenario = {
  name: "overload",
  about: "200 at once where MAX_HANDOVERS is 50 and CXone is slow",
  // The attempts must not be what ends before CXone answers.
  settings: { MAX_HANDOVERS: "50", CXONE_ATTEMPT_TIMEOUT: "6s" },
  shortSettings: { MAX_HANDOVERS: "20" },
  allows: [503],
  run: Effect.fnUntraced(function* ({ check, checkInFull, load, pick, simulator }: Stage) {
    const [size, capacity] = [pick(200, 80), pick(50, 20)]
    yield* load.all(load.webhooks(1, "before"), 1)
    yield* simulator.order({ operation: "any", kind: "delay", share: 1, millis: pick(1500, 1000) })
    const crowd = yield* Effect.forkScoped(
      Effect.forEach(load.webhooks(size), load.once, { concurrency: "unbounded", discard: true })
    )
    const before = load.answers.length
    yield* load.awaitAnswers(before + size - capacity)
    const early = load.answers.slice(before)
    const refused = early.filter((answer) => errorOf(answer) === "Overloaded").length
    checkInFull("what is too much is refused before anything else is answered", refused === early.length, refused)
    check("what is too much is refused", refused > 0)
    for (const path of ["/healthz", "/readyz"]) {
      const { outcome } = yield* load.get(path)
      check(`${path} is answered meanwhile`, outcome === 200, outcome)
    }
    checkInFull("the others are still under way", load.answers.length < before + size)
    yield* Fiber.join(crowd)
    const done = load.answers.slice(before).filter(({ outcome }) => outcome === 200).length
    checkInFull("as many as may be are handed over at the first try", done === capacity, done)
    yield* simulator.clearFaults
  })
}

/** The bytes of a webhook, as a load balancer passes it on over a connection that it keeps. */
const bytesOf = ({ body }: Webhook) =>
  Buffer.from(
    [
      `POST ${WEBHOOK_PATH} HTTP/1.1`,
      "host: router",
      "content-type: application/json",
      `x-api-key: ${apiKey}`,
      `content-length: ${Buffer.byteLength(body)}`,
      "",
      body
    ].join("\r\n")
  )

/** Pauses around the 6 s after which Node closes idle connections by default: 5 s, and one more that it grants. */
const IDLE = { minimum: 5990, maximum: 6010 }

const idle: Scenario = {
  name: "idle",
  about: "webhooks over kept connections, 5.99 to 6.01 s after the one before",
  run: Effect.fnUntraced(function* ({ check, count, load, pick, router }: Stage) {
    const sender = (connection: number) =>
      Effect.scoped(
        Effect.gen(function* () {
          const wire = yield* makeWire(router.port)
          for (const [turn, one] of load.webhooks(pick(6, 2), `idle-${connection}`).entries()) {
            if (turn > 0) yield* Effect.sleep(yield* Random.nextBetween(IDLE.minimum, IDLE.maximum))
            const started = yield* nowMillis
            const { head, outcome } = yield* wire.ask(bytesOf(one), "POST", false)
            count(outcome, (yield* nowMillis) - started)
            check("no webhook is lost on a connection that was idle", outcome === 200, `${outcome} ${head}`)
          }
        })
      )
    yield* Effect.forEach(
      Array.from({ length: pick(40, 4) }, (_, connection) => connection),
      sender,
      { concurrency: "unbounded", discard: true }
    )
  })
}

/** What Cognigy can do to the router. */
export const webhookScenarios: ReadonlyArray<Scenario> = [duplicates, reusedKeys, oneUser, changedMind, overload, idle]
