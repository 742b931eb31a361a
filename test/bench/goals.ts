/** The goals of the router, and whether they are met. */
import { type ColdStarts, ratioOfStarts } from "./coldStart.ts"
import { type Compared, nameOf } from "./handovers.ts"
import type { Recorded } from "./history.ts"
import { growthOf, type Remembering } from "./memory.ts"
import type { Round } from "./round.ts"
import { medianOfPairs } from "./statistics.ts"
import { ratio, table } from "./table.ts"

/** Growth of the heap below this share is noise. */
const NOISE = 0.05

/** A goal, and what was measured of it: nothing where it was not. */
export interface Goal {
  readonly what: string
  readonly goal: string
  readonly router: string
  readonly value: number | undefined
  readonly isMet: boolean | undefined
}

/** What was measured. */
export interface Results {
  readonly handovers: ReadonlyArray<Compared>
  readonly coldStart: ReadonlyArray<ColdStarts>
  readonly memory: ReadonlyArray<Remembering>
  readonly history: ReadonlyArray<Recorded>
}

const throughput = (round: Round) => round.throughput
const p50 = (round: Round) => round.p50
const p99 = (round: Round) => round.p99
const cpu = (round: Round) => round.cpu
const quotient = (ours: number, theirs: number) => ours / theirs
const difference = (ours: number, theirs: number) => ours - theirs

/** All goals of a router. */
export const goalsOf = (router: string, { coldStart, handovers, history, memory }: Results): ReadonlyArray<Goal> => {
  /** A router beside another server, round by round. */
  const beside = (other: string, atOnce: number, delay: number, of: (round: Round) => number, compare = quotient) => {
    const name = nameOf({ users: "new", atOnce, delay })
    const servers = handovers.find((compared) => compared.case === name)?.servers ?? []
    const [ours, theirs] = [router, other].map((name) => servers.find((server) => server.name === name)?.rounds)
    return ours && theirs && medianOfPairs(ours.map(of), theirs.map(of), compare)
  }
  const starts = coldStart.find(({ name }) => name === router)
  const held = memory.find(({ name }) => name === router)
  const recorded = history.find(({ name }) => name === router)
  const withDatabase = (database: string) => recorded?.ways.find(({ way }) => way === database)?.summary.cpuOfFirst
  const grown = (database: string) => {
    const found = recorded?.memory.find(({ name }) => name === `${router}, ${database}`)
    return found && growthOf(found)
  }
  const databases = ["sqlite:", "postgres:"]
  const [grownFrom = 10_000, grownTo = 100_000] = held?.held.slice(-2).map(({ handovers }) => handovers) ?? []

  const atLeast = (what: string, value: number | undefined, goal: number): Goal => {
    return { what, goal: `≥ ${ratio(goal)}`, router, value, isMet: value === undefined ? undefined : value >= goal }
  }
  const atMost = (what: string, value: number | undefined, goal: number): Goal => {
    return { what, goal: `≤ ${ratio(goal)}`, router, value, isMet: value === undefined ? undefined : value <= goal }
  }
  return [
    atLeast("throughput at 32, delay 40 ms, to the floor's", beside("floor", 32, 40, throughput), 0.97),
    atLeast("throughput at 256, delay 40 ms, to the floor's", beside("floor", 256, 40, throughput), 0.85),
    atMost("p99 at 32, delay 40 ms, to the floor's", beside("floor", 32, 40, p99), 1.1),
    atMost("p99 at 256, delay 40 ms, to the floor's", beside("floor", 256, 40, p99), 1.1),
    atMost("processor time at 32, delay 40 ms, to Fastify's", beside("fastify", 32, 40, cpu), 1.5),
    atLeast("throughput at 32, delay 0, to the tutorial's", beside("tutorial", 32, 0, throughput), 6),
    atMost("p50 at 1, delay 0, less the floor's (ms)", beside("floor", 1, 0, p50, difference), 0.5),
    atMost("p50 at 1, delay 40 ms, to the tutorial's", beside("tutorial", 1, 40, p50), 0.7),
    atMost("cold start, packed to bare", starts && ratioOfStarts(starts, "packed", "bare"), 1.5),
    atMost(`heap growth from ${grownFrom} to ${grownTo} handovers, as a share`, held && growthOf(held), NOISE),
    ...databases.map((one) => atMost(`processor time with ${one}, to that with memory:`, withDatabase(one), 1.15)),
    ...databases.map((one) => atMost(`the same growth of the heap with ${one}`, grown(one), NOISE))
  ]
}

/** The goals as a table; of those that were not measured only where everything was. */
export const showGoals = (goals: ReadonlyArray<Goal>, isAll: boolean): string =>
  table(
    ["", "router", "measured", "goal", ""],
    goals
      .filter(({ isMet }) => isAll || isMet !== undefined)
      .map(({ goal, isMet, router, value, what }) => [
        what,
        router,
        ratio(value ?? Number.NaN),
        goal,
        isMet === undefined ? "not measured" : isMet ? "met" : "missed"
      ])
  )
