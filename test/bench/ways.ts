/** One router, started in several ways that take turns, so that what changes on the machine changes for all of them. */
import type { Contender, Server } from "./contenders.ts"
import { type Lengths, warmUp } from "./handovers.ts"
import { measure, type Round } from "./round.ts"
import type { StandIn } from "./standInClient.ts"
import { median, medianRatio } from "./statistics.ts"
import { ratio, whole } from "./table.ts"

/** A way to start a router. */
export interface Way {
  readonly way: string
  readonly env: Readonly<Record<string, string>>
}

/** What one router costs, started in one way. */
export interface MeasuredWay {
  readonly way: string
  readonly rounds: ReadonlyArray<Round>
  readonly summary: ReturnType<typeof summaryOf>
}

/** How ways are measured. */
export interface WaysOptions {
  /** The name of the part, for the progress. */
  readonly part: string
  readonly lengths: Lengths
  readonly progress: (text: string) => void
  /** Waits until a server has done what it does after its answers; its problem, where it did less. */
  readonly settled?: (server: Server) => Promise<string | undefined>
}

/** Measures each way, 32 at once and without delay. The first one is what the others are compared with. */
export const measureWays = async (
  router: Contender,
  standIn: StandIn,
  ways: ReadonlyArray<Way>,
  { lengths, part, progress, settled }: WaysOptions
): Promise<ReadonlyArray<MeasuredWay>> => {
  const started: Array<{ readonly way: string; readonly server: Server; readonly rounds: Array<Round> }> = []
  for (const { env, way } of ways) {
    progress(`${part}: ${router.name}, ${way} warms up`)
    const server = await router.start(standIn.baseUrl, { env })
    await warmUp(router, server, standIn, lengths)
    await settled?.(server)
    started.push({ way, server, rounds: [] })
  }
  for (let round = 1; round <= lengths.rounds; round++) {
    progress(`${part}: ${router.name}, round ${round} of ${lengths.rounds}`)
    for (const { rounds, server } of started) {
      rounds.push(await measure(router, server, standIn, 0, { users: "new", atOnce: 32, length: lengths }, settled))
    }
  }
  for (const { server } of started) await server.stop()
  const first = started[0]?.rounds ?? []
  return started.map(({ rounds, way }) => ({ way, rounds, summary: summaryOf(rounds, first) }))
}

/** Medians, and ratios to the first way. */
const summaryOf = (rounds: ReadonlyArray<Round>, first: ReadonlyArray<Round>) => {
  const [throughput, cpu] = [({ throughput }: Round) => throughput, ({ cpu }: Round) => cpu]
  return {
    throughput: median(rounds.map(throughput)),
    throughputOfFirst: medianRatio(rounds.map(throughput), first.map(throughput)),
    cpu: median(rounds.map(cpu)),
    cpuOfFirst: medianRatio(rounds.map(cpu), first.map(cpu))
  }
}

/** The columns of a way. */
export const wayHeader = (first: string): ReadonlyArray<string> => [
  "handovers/s",
  `of ${first}`,
  "cpu µs",
  `of ${first}`
]

/** A way in these columns. */
export const wayCells = ({ summary }: MeasuredWay): ReadonlyArray<string> => [
  whole(summary.throughput),
  ratio(summary.throughputOfFirst),
  whole(summary.cpu),
  ratio(summary.cpuOfFirst)
]

/** What did not do all of its work. */
export const problemsOfWays = (
  name: string,
  part: string,
  ways: ReadonlyArray<Pick<MeasuredWay, "rounds" | "way">>
): ReadonlyArray<string> =>
  ways.flatMap(({ rounds, way }) =>
    rounds.flatMap(({ problem }, round) =>
      problem === undefined ? [] : [`${name}, ${part}: ${way}, round ${round + 1}: ${problem}`]
    )
  )
