/** What one routing decision costs, as `routing.ts` measures it in a process of its own. */
import { run } from "./Child.ts"
import { fileOf } from "./contenders.ts"
import { ratio, table, whole } from "./table.ts"

/** The cost with small and large tables, in nanoseconds, and the ratio of both. */
export interface Decisions {
  readonly results: ReadonlyArray<{
    readonly name: string
    readonly smallNanos: number
    readonly largeNanos: number
    readonly ratio: number
  }>
}

/** Measures it. */
export const measureDecisions = async (progress: (text: string) => void): Promise<Decisions> => {
  progress("routing")
  return JSON.parse(await run({ command: process.execPath, args: [fileOf("routing.ts"), "--json"], env: {} }))
}

/** The costs as a table. */
export const showDecisions = ({ results }: Decisions): string =>
  table(
    ["one decision", "small table, ns", "large, ns", "ratio"],
    results.map((one) => [one.name, whole(one.smallNanos), whole(one.largeNanos), ratio(one.ratio)])
  )
