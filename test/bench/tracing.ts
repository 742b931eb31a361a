/** What tracing costs: our router without traces, with one in a hundred, and with all of them, in turn. */
import type { Contender } from "./contenders.ts"
import type { Lengths } from "./handovers.ts"
import type { StandIn } from "./standInClient.ts"
import { table, whole } from "./table.ts"
import { type MeasuredWay, measureWays, problemsOfWays, type Way, wayCells, wayHeader } from "./ways.ts"

/** What one router costs with each way of tracing. */
export interface Traced {
  readonly name: string
  readonly ways: ReadonlyArray<MeasuredWay>
}

const waysAt = (collector: string): ReadonlyArray<Way> => {
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
): Promise<Traced> => ({
  name: router.name,
  ways: await measureWays(router, standIn, waysAt(standIn.baseUrl), { part: "tracing", lengths, progress })
})

/** How many batches of traces were sent in all rounds. */
const batchesOf = ({ rounds }: MeasuredWay) => rounds.reduce((sum, { traces }) => sum + traces, 0)

/** What did not do all of its work. */
export const problemsOfTracing = ({ name, ways }: Traced): ReadonlyArray<string> => problemsOfWays(name, "traces", ways)

/** The ways as a table. */
export const showTracing = ({ name, ways }: Traced): string =>
  table(
    ["", ...wayHeader("off"), "batches"],
    ways.map((one) => [`${name}, traces: ${one.way}`, ...wayCells(one), whole(batchesOf(one))])
  )
