/** What a scenario is, and how it is played: a simulator, a router, a load, and then what must hold whatever went wrong. */
import { monitorEventLoopDelay } from "node:perf_hooks"
import { Cause, Effect, Exit, Random, type Scope } from "effect"
import type { DigitalSimulatorOptions } from "../../src/simulator/digital/DigitalOptions.ts"
import { nowMillis } from "../../src/std/clock.ts"
import type { CXoneState, Dialect, DialectFault, SimulatedCXone } from "./dialects/Dialect.ts"
import { inspect, sortOut } from "./Invariants.ts"
import { type Answer, type Load, makeLoad, type Outcome } from "./Load.ts"
import { type RouterProcess, type Settings, type StartFailure, type StartNeeds, startRouter } from "./RouterProcess.ts"

/** How much of it is played: in full as measured, or short as in CI. */
export interface Size {
  readonly isShort: boolean
  /** What generated input is made from. */
  readonly seed: string
}

/** What generated input is made from where nothing else is asked for. */
export const defaultSeed = "cognigy"

/** What a scenario plays with. */
export interface Stage {
  readonly dialect: Dialect
  readonly simulator: SimulatedCXone
  readonly router: RouterProcess
  readonly load: Load
  readonly size: Size
  /** The first number in full, the second where it is short. */
  readonly pick: (full: number, short: number) => number
  /** Starts another router, in the place of one that has gone. */
  readonly restart: Effect.Effect<RouterProcess, StartFailure, StartNeeds | Scope.Scope>
  /** Notes that something must hold, with what was seen. */
  readonly check: (claim: string, holds: boolean, seen?: unknown) => void
  /** The same, in full alone: what a machine that stands still for seconds may break. */
  readonly checkInFull: Stage["check"]
  /** Lets these answers' conversations do without their labels. */
  readonly waiveLabels: (answers: ReadonlyArray<Answer>) => void
  /** Counts an answer that was not had through the load. */
  readonly count: (outcome: Outcome | string, millis: number) => void
}

/** What is left when a scenario has been played and the router has ended. */
export interface End extends Pick<Stage, "check" | "checkInFull" | "pick"> {
  readonly state: CXoneState
  readonly answers: ReadonlyArray<Answer>
  /** The longest time for which this process, and with it the simulator and the senders, did nothing; in milliseconds. */
  readonly standstill: number
}

/** One thing that goes wrong, and what must hold then. */
export interface Scenario {
  readonly name: string
  /** What goes wrong, in a few words. */
  readonly about: string
  /** The one dialect that it is for; otherwise it is for each. */
  readonly only?: Dialect["name"]
  /** How the tenant behaves, where the dialect is `digital`. */
  readonly tenant?: DigitalSimulatorOptions
  /** Settings of the router, besides those that it needs anyway. */
  readonly settings?: Settings
  /** The same for the short size alone, where less time is to be spent and a slow machine to be reckoned with. */
  readonly shortSettings?: Settings
  /** Ordered before the router starts. */
  readonly faults?: ReadonlyArray<DialectFault>
  /** The same for the short size, in their place. */
  readonly shortFaults?: ReadonlyArray<DialectFault>
  /** What webhooks may be answered besides 200, the first time and after that. */
  readonly allows?: ReadonlyArray<Outcome>
  /** Whether every webhook is handed over in the end; what was not is tried again without faults. */
  readonly handsOver?: boolean
  /** How the router ends where it does not end with 0 and without a word on its standard error. */
  readonly ends?: { readonly code: number; readonly saying: RegExp }
  readonly run: (stage: Stage) => Effect.Effect<unknown, StartFailure, StartNeeds | Scope.Scope>
  /** What must hold in the end, besides what must hold always. */
  readonly after?: (end: End) => void
}

/** How a scenario went. */
export interface Result {
  readonly name: string
  readonly about: string
  /** First answers, by what became of them. */
  readonly answers: Readonly<Record<string, number>>
  /** How many webhooks were sent again. */
  readonly repeated: number
  readonly longestMillis: number
  readonly mostActive: number
  readonly wrongTargets: number
  readonly unlabelled: number
  readonly calls: number
  /** Calls to CXone of all kinds, per webhook that was answered 200. */
  readonly callsPerHandover: number
  readonly peakMemory: number
  readonly seconds: number
  readonly checks: number
  readonly failures: ReadonlyArray<Failure>
}

/** Something that did not hold, with what was seen the first time, and how often. */
export interface Failure {
  readonly claim: string
  readonly seen: string
  readonly times: number
}

/** In short, an answer or the end may take this long, in milliseconds: a machine that is busy elsewhere must not fail what holds. */
const SHORT_PATIENCE = 20_000

/** The router's deadline for a handover, in milliseconds, by default. */
export const DEADLINE = 7000

/** For the request to get there and the answer to get here, where 200 come at once. */
const ON_THE_WAY = 500

/** Less time is spent on what never comes. */
const shortSettings: Settings = { HANDOVER_DEADLINE: "5s" }

/** No scenario takes as long as this. */
const PATIENCE = "5 minutes"

const some = (items: ReadonlyArray<string>) =>
  `${items.length}: ${items.slice(0, 3).join(" | ")}${items.length > 3 ? " | …" : ""}`

const eventLoopLag = Effect.acquireRelease(
  Effect.sync(() => {
    const lag = monitorEventLoopDelay({ resolution: 10 })
    lag.enable()
    return lag
  }),
  (lag) => Effect.sync(() => lag.disable())
)

/** Plays a scenario. It does not fail: what does not hold is in the result. */
export const play = (scenario: Scenario, dialect: Dialect, size: Size): Effect.Effect<Result, never, StartNeeds> =>
  Effect.gen(function* () {
    const started = yield* nowMillis
    const lag = yield* eventLoopLag
    const failures = new Map<string, Failure>()
    let checks = 0
    const check: Stage["check"] = (claim, holds, seen = "") => {
      checks++
      if (holds) return
      const before = failures.get(claim)
      failures.set(claim, { claim, seen: before?.seen ?? String(seen), times: (before?.times ?? 0) + 1 })
    }
    const checkInFull: Stage["check"] = size.isShort ? () => {} : check
    const counts: Record<string, number> = {}
    let longestMillis = 0
    const count: Stage["count"] = (outcome, millis) => {
      counts[outcome] = (counts[outcome] ?? 0) + 1
      longestMillis = Math.max(longestMillis, millis)
    }
    const withoutLabels = new Set<Answer>()
    const pick: Stage["pick"] = (full, short) => (size.isShort ? short : full)

    const simulator = yield* Random.withSeed(dialect.start(scenario.tenant), size.seed)
    yield* Effect.forEach((size.isShort ? scenario.shortFaults : undefined) ?? scenario.faults ?? [], simulator.order)
    const routers: Array<RouterProcess> = []
    const start = Effect.fnUntraced(function* (settings: Settings) {
      const router = yield* startRouter({
        ...simulator.settings,
        ...scenario.settings,
        ...(size.isShort ? { ...shortSettings, ...scenario.shortSettings } : {}),
        ...settings
      })
      routers.push(router)
      return router
    })
    const router = yield* start({})
    const load = yield* makeLoad(router.port, dialect.places)

    yield* scenario.run({
      dialect,
      simulator,
      router,
      load,
      size,
      pick,
      restart: start({ PORT: String(router.port) }),
      check,
      checkInFull,
      waiveLabels: (answers) => {
        for (const answer of answers) withoutLabels.add(answer)
      },
      count
    })
    yield* simulator.clearFaults
    if (scenario.handsOver !== false) yield* load.finish

    const peakMemory = Math.max(...(yield* Effect.forEach(routers, (router) => router.peakMemory)))
    const last = routers.at(-1) ?? router
    if (!(yield* last.isEnding)) yield* last.signal("SIGTERM")
    const { code, millis } = yield* last.ended
    const mayTake = pick(DEADLINE + 1000, SHORT_PATIENCE)
    const { code: expectedCode, saying } = scenario.ends ?? { code: 0, saying: undefined }
    check(`the router ends with ${expectedCode}`, code === expectedCode, code)
    check(`the router ends within ${mayTake} ms`, millis <= mayTake, `${Math.round(millis)} ms`)
    const alarms = routers.flatMap(({ alarms }) => alarms.filter((line) => saying?.test(line) !== true))
    check("the router logs no defect and no secret", alarms.length === 0, alarms.join(" | "))

    const state = yield* simulator.state
    const answers = sortOut(dialect, load.answers, state)
    for (const { isFirst, millis, outcome } of answers) {
      if (isFirst) count(outcome, millis)
      else longestMillis = Math.max(longestMillis, millis)
    }
    const longest = pick(DEADLINE + ON_THE_WAY, SHORT_PATIENCE)
    const standstill = lag.max / 1e6
    check(
      `the longest answer takes at most ${longest} ms`,
      longestMillis <= longest + standstill,
      `${Math.round(longestMillis)} ms, of which ${Math.round(standstill)} ms may be this process's own standstill`
    )
    // A machine that stands still for seconds cannot be told from a slow CXone; what was refused for that was sent again.
    const allowed = new Set<Outcome>([200, ...(scenario.allows ?? []), ...(size.isShort ? [503, 504] : [])])
    const others = answers.filter(({ outcome }) => !allowed.has(outcome))
    check(
      `webhooks are answered ${[...allowed].join(", ")} only`,
      others.length === 0,
      some(others.map(({ outcome, text, webhook }) => `${webhook.userId} ${outcome} ${text.slice(0, 300)}`))
    )

    const found = inspect(dialect, state, answers, withoutLabels)
    check("no user has two active conversations", found.mostActive <= 1, found.mostActive)
    check("a user who was handed over has one active conversation", found.lost.length === 0, some(found.lost))
    check("no webhook ends at a wrong target", found.wrong.length === 0, some(found.wrong))
    check("no label is missing", found.unlabelled.length === 0, some(found.unlabelled))
    check("every opening message is there once", found.misdelivered.length === 0, some(found.misdelivered))
    check("every answer is what the contract says", found.malformed.length === 0, some(found.malformed))
    // What is told that there is no conversation is not sent again.
    const asked = new Set(answers.filter(({ outcome }) => outcome !== 409).map(({ webhook }) => webhook)).size
    if (scenario.handsOver !== false) {
      check("every webhook is handed over in the end", found.handedOver === asked, `${found.handedOver} of ${asked}`)
    }
    // Some were answered without the load.
    const handedOver = Math.max(found.handedOver, counts[200] ?? 0)
    scenario.after?.({ state, answers, check, checkInFull, pick, standstill })

    return {
      answers: counts,
      repeated: answers.filter(({ isFirst }) => !isFirst).length,
      longestMillis,
      mostActive: found.mostActive,
      wrongTargets: found.wrong.length,
      unlabelled: found.unlabelled.length,
      calls: state.counts.total,
      callsPerHandover: handedOver === 0 ? 0 : state.counts.total / handedOver,
      peakMemory,
      seconds: ((yield* nowMillis) - started) / 1000,
      checks,
      failures: [...failures.values()]
    }
  }).pipe(
    Effect.timeout(PATIENCE),
    Effect.scoped,
    Effect.exit,
    Effect.map((exit) => ({
      ...nothing,
      name: scenario.name,
      about: scenario.about,
      ...(Exit.isSuccess(exit)
        ? exit.value
        : { failures: [{ claim: "the scenario can be played", seen: Cause.pretty(exit.cause), times: 1 }] })
    }))
  )

const nothing = {
  answers: {},
  repeated: 0,
  longestMillis: 0,
  mostActive: 0,
  wrongTargets: 0,
  unlabelled: 0,
  calls: 0,
  callsPerHandover: 0,
  peakMemory: 0,
  seconds: 0,
  checks: 0,
  failures: []
} satisfies Omit<Result, "name" | "about">
