/** What servers hold: at rest, and after many handovers. */
import type { Contender } from "./contenders.ts"
import { load } from "./load.ts"
import type { Memory } from "./probe.ts"
import type { StandIn } from "./standInClient.ts"
import { mebibytes, table } from "./table.ts"

/** What a server holds after so many handovers. */
export interface Held extends Memory {
  readonly handovers: number
}

/** What a server holds at each of the points. */
export interface Remembering {
  readonly name: string
  readonly held: ReadonlyArray<Held>
}

/** Hands over as often as the last point says, each user once, 32 at once. */
export const measureMemory = async (
  contender: Contender,
  standIn: StandIn,
  points: ReadonlyArray<number>,
  progress: (text: string) => void,
  env: Readonly<Record<string, string>> = {}
): Promise<Remembering> => {
  const server = await contender.start(standIn.baseUrl, { env, nodeArgs: ["--expose-gc"] })
  const held: Array<Held> = []
  await standIn.begin(0)
  for (const handovers of [0, ...points]) {
    progress(`memory: ${contender.name}, ${handovers} handovers`)
    const before = held.at(-1)?.handovers ?? 0
    if (handovers > before) {
      await load({ port: server.port, users: "new", atOnce: 32, length: { webhooks: handovers - before } })
      await standIn.settled(handovers)
    }
    const memory = await server.memory()
    if (memory !== undefined) held.push({ handovers, ...memory })
  }
  await server.stop()
  return { name: contender.name, held }
}

/** By how much the heap grew between the last two points, as a share of what it was. */
export const growthOf = ({ held }: Remembering): number => {
  const [before, after] = held.slice(-2)
  return before === undefined || after === undefined ? Number.NaN : after.heap / before.heap - 1
}

/** The servers as a table. */
export const showMemory = (all: ReadonlyArray<Remembering>): string => {
  const points = all[0]?.held.map(({ handovers }) => handovers) ?? []
  return table(
    ["MiB (heap after a collection)", ...points.flatMap((after) => [`heap ${after}`, `rss ${after}`]), "heap growth"],
    all.map((one) => [
      one.name,
      ...one.held.flatMap(({ heap, rss }) => [mebibytes(heap), mebibytes(rss)]),
      `${(growthOf(one) * 100).toFixed(1)} %`
    ])
  )
}
