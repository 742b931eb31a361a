/** What the history costs: our router with each database, in turn; and what it holds after many handovers. */
import { setTimeout } from "node:timers/promises"
import type { Contender, Server } from "./contenders.ts"
import type { Databases } from "./databases.ts"
import type { Lengths } from "./handovers.ts"
import { measureMemory, type Remembering } from "./memory.ts"
import type { StandIn } from "./standInClient.ts"
import { table } from "./table.ts"
import { type MeasuredWay, measureWays, problemsOfWays, wayCells, wayHeader } from "./ways.ts"

/** What one router costs with each database. */
export interface Recorded {
  readonly name: string
  readonly ways: ReadonlyArray<MeasuredWay>
  /** What it holds, by database. */
  readonly memory: ReadonlyArray<Remembering>
}

/** How often the metrics are looked at while entries are awaited, and for how long, in milliseconds. */
const LOOK = 50
const PATIENCE = 20_000

/** The sum of a metric's series. */
const sumOf = (metrics: string, name: string): number =>
  metrics
    .split("\n")
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0)

const countsOf = async ({ port }: Server) => {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  return {
    handovers: sumOf(metrics, "router_handovers_total"),
    written: sumOf(metrics, "router_history_written_total")
  }
}

/** Waits until the history has all that was handed over: the processor time for that counts, too. */
const settled = async (server: Server): Promise<string | undefined> => {
  const began = performance.now()
  for (;;) {
    const { handovers, written } = await countsOf(server)
    if (written === handovers) return undefined
    if (performance.now() - began > PATIENCE) return `the history has ${written} of ${handovers} handovers`
    await setTimeout(LOOK)
  }
}

/** Measures each database, 32 at once and without delay, and what is held at each of the points. */
export const measureHistory = async (
  router: Contender,
  standIn: StandIn,
  { ways }: Databases,
  lengths: Lengths,
  points: ReadonlyArray<number>,
  progress: (text: string) => void
): Promise<Recorded> => {
  const measured = await measureWays(router, standIn, ways, {
    part: "history",
    lengths,
    progress,
    settled
  })
  const memory: Array<Remembering> = []
  for (const { env, way } of ways) {
    memory.push(await measureMemory({ ...router, name: `${router.name}, ${way}` }, standIn, points, progress, env))
  }
  return { name: router.name, ways: measured, memory }
}

/** What did not do all of its work. */
export const problemsOfHistory = ({ name, ways }: Recorded): ReadonlyArray<string> =>
  problemsOfWays(name, "history", ways)

/** The databases as a table. */
export const showHistory = ({ name, ways }: Recorded): string =>
  table(
    ["", ...wayHeader("memory:")],
    ways.map((one) => [`${name}, ${one.way}`, ...wayCells(one)])
  )
