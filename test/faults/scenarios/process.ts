/** The router's own process ends. */
import { Effect, Fiber, Schedule } from "effect"
import type { Scenario, Stage } from "../Scenario.ts"

const sigterm: Scenario = {
  name: "sigterm",
  about: "SIGTERM while 64 webhooks are under way",
  faults: [{ operation: "any", kind: "delay", share: 1, millis: 100 }],
  allows: ["refused", "unread"],
  handsOver: false,
  run: Effect.fnUntraced(function* ({ check, load, pick, router }: Stage) {
    let isOver = false
    const sending = yield* Effect.forEach(
      load.webhooks(20_000),
      (webhook) =>
        Effect.suspend(() =>
          isOver
            ? Effect.void
            : Effect.map(load.once(webhook), ({ outcome }) => {
                isOver ||= outcome === "refused"
              })
        ),
      { concurrency: 64, discard: true }
    ).pipe(Effect.forkScoped)
    yield* load.awaitAnswers(pick(1000, 128))
    const answered = load.answers.length
    const underWay = load.sent() - answered
    yield* router.signal("SIGTERM")
    yield* Fiber.join(sending)
    check("the signal comes at full load", underWay >= 32, underWay)
    const finished = load.answers.slice(answered).filter(({ outcome }) => typeof outcome === "number").length
    check("what was under way is finished", finished > 0, `${finished} of ${underWay}`)
  })
}

const secondSigterm: Scenario = {
  name: "second-sigterm",
  about: "a second SIGTERM while the first one waits for CXone",
  // Nothing else is to end what is under way.
  settings: { CXONE_ATTEMPT_TIMEOUT: "20s", HANDOVER_DEADLINE: "30s" },
  shortSettings: { HANDOVER_DEADLINE: "30s" },
  faults: [{ operation: "open", kind: "hang", share: 1 }],
  allows: ["none"],
  handsOver: false,
  ends: { code: 143, saying: /ended at once by a second SIGTERM/ },
  run: Effect.fnUntraced(function* ({ check, load, pick, router, simulator }: Stage) {
    const sending = yield* Effect.forkScoped(
      Effect.forEach(load.webhooks(8), load.once, { concurrency: "unbounded", discard: true })
    )
    yield* simulator.awaitState(({ counts }) => counts.open >= 8)
    yield* router.signal("SIGTERM")
    // The first one has been heard once connections are refused.
    yield* Effect.repeat(load.get("/healthz"), {
      until: ({ outcome }) => outcome === "refused",
      schedule: Schedule.spaced("10 millis")
    })
    // Two that come at once count as one.
    yield* Effect.sleep("500 millis")
    yield* router.signal("SIGTERM")
    const { millis } = yield* router.ended
    // In short, a machine that is busy elsewhere takes its time; without the second signal it would be 30 s.
    const most = pick(1000, 20_000)
    check(`the second signal ends the router within ${most} ms`, millis <= most, `${Math.round(millis)} ms`)
    yield* Fiber.join(sending)
  })
}

const kill9: Scenario = {
  name: "kill-9",
  about: "kill -9 in the middle, and a new start",
  faults: [{ operation: "any", kind: "delay", share: 1, millis: 20 }],
  allows: ["refused", "unread", "none"],
  run: Effect.fnUntraced(function* ({ check, load, pick, restart, router, waiveLabels }: Stage) {
    const sending = yield* Effect.forkScoped(load.all(load.webhooks(pick(2000, 100)), 32))
    yield* load.awaitAnswers(pick(500, 30))
    yield* router.signal("SIGKILL")
    yield* router.ended
    // Labels wait in memory, so those that the process had not sent are gone with it.
    waiveLabels(load.answers.filter(({ outcome }) => outcome === 200))
    yield* restart
    yield* Fiber.join(sending)
    const unanswered = load.answers.filter(({ outcome }) => outcome === "none").length
    check("webhooks are under way when it is killed", unanswered > 0, unanswered)
  })
}

/** What can happen to the router itself. */
export const processScenarios: ReadonlyArray<Scenario> = [sigterm, secondSigterm, kill9]
