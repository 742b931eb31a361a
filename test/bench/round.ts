/** One measurement: a load on one server, what it used for that, and whether it did all of its work. */
import type { Contender, Server } from "./contenders.ts"
import { type Load, type Loaded, load } from "./load.ts"
import type { Usage } from "./probe.ts"
import type { Calls } from "./servers/standIn.ts"
import type { StandIn } from "./standInClient.ts"

/** What was measured. */
export interface Round extends Loaded {
  /** The server's processor time for each webhook, in microseconds, with what it does after the answer. */
  readonly cpu: number
  /** How late its event loop was, in milliseconds; `undefined` where there is none. */
  readonly loop: Usage["loop"] | undefined
  /** How many calls CXone got for each webhook, tokens aside. */
  readonly calls: number
  /** How many batches of traces were sent meanwhile. */
  readonly traces: number
  /** What CXone should have got and has not; `undefined` where all is as it should be. */
  readonly problem: string | undefined
}

/** The calls that so many webhooks should lead to. */
const callsFor = (webhooks: number, { atOnce, users }: Pick<Load, "atOnce" | "users">, knowsDuplicates: boolean) => {
  const handovers = users === "duplicate" && knowsDuplicates ? atOnce : webhooks
  return {
    open: handovers,
    findActive: users === "returning" ? handovers : 0,
    action: handovers,
    label: handovers,
    other: 0
  } satisfies Partial<Calls>
}

/** Measures a load whose calls take so many milliseconds at CXone. `settled` waits for more that the server does after its answers, and tells its problem. */
export const measure = async (
  { knowsDuplicates }: Pick<Contender, "knowsDuplicates">,
  server: Server,
  standIn: StandIn,
  delay: number,
  how: Omit<Load, "port">,
  settled?: (server: Server) => Promise<string | undefined>
): Promise<Round> => {
  await standIn.begin(delay)
  await server.begin()
  const loaded = await load({ ...how, port: server.port })
  const expected = callsFor(loaded.webhooks, how, knowsDuplicates)
  const calls = await standIn.settled(expected.label)
  const unsettled = await settled?.(server)
  const { cpu, loop } = await server.end()
  const wrong = Object.entries(expected).flatMap(([operation, times]) => {
    const got = calls[operation as keyof typeof expected]
    return got === times ? [] : [`${operation} ${got}, not ${times}`]
  })
  return {
    ...loaded,
    cpu: cpu / loaded.webhooks,
    loop,
    calls: (calls.open + calls.findActive + calls.action + calls.label) / loaded.webhooks,
    traces: calls.traces,
    problem: wrong.length === 0 ? unsettled : [...wrong, ...(unsettled === undefined ? [] : [unsettled])].join("; ")
  }
}
