/** What tracing costs: our router without traces, with one in a hundred, and with all of them, in turn. */
import type { Contender } from "./contenders.ts"
import { type Lengths, warmUp } from "./handovers.ts"
import { measure, type Round } from "./round.ts"
import type { StandIn } from "./standInClient.ts"
import { median, medianRatio } from "./statistics.ts"
import { ratio, table, whole } from "./table.ts"

/** What one router costs with each way of tracing. */
export interface Traced {
  readonly name: string
  readonly ways: ReadonlyArray<{
    readonly way: string
    readonly rounds: ReadonlyArray<Round>
    readonly summary: ReturnType<typeof summaryOf>
  }>
}

const waysAt = (collector: string) => {
  const on = { OTEL_EXPORTER_OTLP_ENDPOINT: collector }
  return [
    { way: "off", env: {} },
    {
      way: "1 in 100",
      env: { ...on, OTEL_TRACES_SAMPLER: "parentbased_traceidratio", OTEL_TRACES_SAMPLER_ARG: "0.01" }
    },
    { way: "all", env: on }
  ]
}

/** Measures each way, 32 at once and without delay. */
export const measureTracing = async (
  router: Contender,
  standIn: StandIn,
  lengths: Lengths,
  progress: (text: string) => void
): Promise<Traced> => {
  const started = []
  for (const { env, way } of waysAt(standIn.baseUrl)) {
    progress(`tracing: ${router.name}, ${way} warms up`)
    const server = await router.start(standIn.baseUrl, { env })
    await warmUp(router, server, standIn, lengths)
    started.push({ way, server, rounds: [] as Round[] })
  }
  for (let round = 1; round <= lengths.rounds; round++) {
    progress(`tracing: ${router.name}, round ${round} of ${lengths.rounds}`)
    for (const { rounds, server } of started) {
      rounds.push(await measure(router, server, standIn, 0, { users: "new", atOnce: 32, length: lengths }))
    }
  }
  for (const { server } of started) await server.stop()
  const off = started[0]?.rounds ?? []
  return {
    name: router.name,
    ways: started.map(({ rounds, way }) => ({ way, rounds, summary: summaryOf(rounds, off) }))
  }
}

/** Medians, and ratios to the router without traces; and how many batches were sent in all. */
const summaryOf = (rounds: ReadonlyArray<Round>, off: ReadonlyArray<Round>) => {
  const [throughput, cpu] = [({ throughput }: Round) => throughput, ({ cpu }: Round) => cpu]
  return {
    throughput: median(rounds.map(throughput)),
    throughputOfOff: medianRatio(rounds.map(throughput), off.map(throughput)),
    cpu: median(rounds.map(cpu)),
    cpuOfOff: medianRatio(rounds.map(cpu), off.map(cpu)),
    batches: rounds.reduce((sum, { traces }) => sum + traces, 0)
  }
}

/** What did not do all of its work. */
export const problemsOfTracing = ({ name, ways }: Traced): ReadonlyArray<string> =>
  ways.flatMap(({ rounds, way }) =>
    rounds.flatMap(({ problem }, round) =>
      problem === undefined ? [] : [`${name}, traces: ${way}, round ${round + 1}: ${problem}`]
    )
  )

/** The ways as a table. */
export const showTracing = ({ name, ways }: Traced): string =>
  table(
    ["", "handovers/s", "of off", "cpu µs", "of off", "batches"],
    ways.map(({ summary, way }) => [
      `${name}, traces: ${way}`,
      whole(summary.throughput),
      ratio(summary.throughputOfOff),
      whole(summary.cpu),
      ratio(summary.cpuOfOff),
      whole(summary.batches)
    ])
  )
