/** Handovers under load: all servers in turn, again and again, so that what changes on the machine changes for all of them. */
import type { Contender, Server } from "./contenders.ts"
import type { Users } from "./load.ts"
import { measure, type Round } from "./round.ts"
import type { StandIn } from "./standInClient.ts"
import { median, medianRatio, percentile } from "./statistics.ts"
import { millis, ratio, table, whole } from "./table.ts"

/** A load that all servers get. */
export interface Case {
  readonly users: Users
  readonly atOnce: number
  /** How long CXone takes for each answer, in milliseconds. */
  readonly delay: number
}

/** How long all of it takes. */
export interface Lengths {
  readonly rounds: number
  /** How many webhooks each server gets before the first round; and for how many milliseconds at the most. */
  readonly warmUp: { readonly webhooks: number; readonly atMost: number }
  /** In each round, in milliseconds, before what is measured. */
  readonly ramp: number
  /** What is measured of each round, in milliseconds. */
  readonly millis: number
}

/** What one server did in all rounds of a case. */
export interface Measured {
  readonly name: string
  readonly rounds: ReadonlyArray<Round>
}

/** What all servers did in all rounds of a case. */
export interface Compared extends Case {
  readonly case: string
  readonly servers: ReadonlyArray<Measured & { readonly summary: ReturnType<typeof summaryOf> }>
}

/** The name of a case: what `--cases` takes. */
export const nameOf = ({ atOnce, delay, users }: Case): string => `${users}-${atOnce}-${delay}ms`

/** All cases. */
export const CASES: ReadonlyArray<Case> = [
  ...[0, 40].flatMap((delay) => [1, 32, 256].map((atOnce): Case => ({ users: "new", atOnce, delay }))),
  { users: "returning", atOnce: 1, delay: 40 },
  ...[32, 256].map((atOnce): Case => ({ users: "returning", atOnce, delay: 0 })),
  ...[32, 256].map((atOnce): Case => ({ users: "duplicate", atOnce, delay: 0 }))
]

/** How many calls are made before the answer, one after the other: what each takes at CXone is not the server's time. */
const CALLS_BEFORE_ANSWER = { new: 2, returning: 3, duplicate: 0 }

/** Gives a server time to be compiled: new users first, then others. */
export const warmUp = async (
  contender: Contender,
  server: Server,
  standIn: StandIn,
  { warmUp: { atMost, webhooks } }: Lengths
): Promise<void> => {
  for (const [users, share] of [
    ["new", 0.8],
    ["returning", 0.2]
  ] as const) {
    const length = { webhooks: Math.round(webhooks * share), atMost: atMost * share }
    await measure(contender, server, standIn, 0, { users, atOnce: 32, length })
  }
}

/** Measures the cases, one after the other. */
export async function* measureHandovers(
  contenders: ReadonlyArray<Contender>,
  standIn: StandIn,
  cases: ReadonlyArray<Case>,
  lengths: Lengths,
  progress: (text: string) => void
): AsyncGenerator<Compared> {
  const started: Array<{ readonly contender: Contender; readonly server: Server }> = []
  for (const contender of contenders) {
    progress(`handovers: ${contender.name} warms up`)
    const server = await contender.start(standIn.baseUrl)
    started.push({ contender, server })
    await warmUp(contender, server, standIn, lengths)
  }
  for (const { atOnce, delay, users } of cases) {
    const name = nameOf({ users, atOnce, delay })
    const measured = started.map((running) => ({ ...running, rounds: [] as Round[] }))
    for (let round = 1; round <= lengths.rounds; round++) {
      progress(`handovers: ${name}, round ${round} of ${lengths.rounds}`)
      // Each time another one begins: nobody always comes after the same one.
      for (const one of rotated(measured, round)) {
        one.rounds.push(await measure(one.contender, one.server, standIn, delay, { users, atOnce, length: lengths }))
      }
    }
    const servers = measured.map(({ contender, rounds }) => ({ name: contender.name, rounds }))
    yield {
      case: name,
      users,
      atOnce,
      delay,
      servers: servers.map((server) => ({
        ...server,
        summary: summaryOf(server.rounds, servers, CALLS_BEFORE_ANSWER[users] * delay)
      }))
    }
  }
  for (const { server } of started) await server.stop()
}

const rotated = <A>(all: ReadonlyArray<A>, by: number): ReadonlyArray<A> => {
  const first = by % all.length
  return [...all.slice(first), ...all.slice(0, first)]
}

const HEADER = [
  "",
  "handovers/s",
  "of floor",
  "quartiles",
  "of fastify",
  "p50 ms",
  "added ms",
  "p99 ms",
  "p99 to floor",
  "cpu µs",
  "loop p99 ms",
  "loop max ms",
  "calls"
]

/** The rounds of a server in short: medians, and medians of the ratios to other servers' rounds. NaN is what there is not. */
const summaryOf = (rounds: ReadonlyArray<Round>, servers: ReadonlyArray<Measured>, atCXone: number) => {
  const middle = (of: (round: Round) => number | undefined) => median(rounds.flatMap((round) => of(round) ?? []))
  const to = (other: string, of: (round: Round) => number) => {
    const theirs = servers.find(({ name }) => name === other)?.rounds
    return theirs === undefined ? Number.NaN : medianRatio(rounds.map(of), theirs.map(of))
  }
  const floor = servers.find(({ name }) => name === "floor")?.rounds ?? []
  const ofFloor = rounds.map(({ throughput }, round) => throughput / (floor[round]?.throughput ?? Number.NaN))
  const sorted = ofFloor.toSorted((a, b) => a - b)
  return {
    throughput: middle(({ throughput }) => throughput),
    /** Between them are the ratios of the middle half of the rounds: how much they vary. */
    quartilesOfFloor: [percentile(sorted, 0.25), percentile(sorted, 0.75)],
    ofFloor: to("floor", ({ throughput }) => throughput),
    ofFastify: to("fastify", ({ throughput }) => throughput),
    p50: middle(({ p50 }) => p50),
    /** Of the time to the answer, what is not CXone's. */
    added: middle(({ p50 }) => p50) - atCXone,
    p99: middle(({ p99 }) => p99),
    p99ToFloor: to("floor", ({ p99 }) => p99),
    cpu: middle(({ cpu }) => cpu),
    loopP99: middle(({ loop }) => loop?.p99),
    loopMax: middle(({ loop }) => loop?.max),
    calls: middle(({ calls }) => calls)
  }
}

/** A case as a table. */
export const showCase = ({ servers }: Compared): string =>
  table(
    HEADER,
    servers.map(({ name, summary }) => [
      name,
      whole(summary.throughput),
      ratio(summary.ofFloor),
      summary.quartilesOfFloor.map(ratio).join("–"),
      ratio(summary.ofFastify),
      millis(summary.p50),
      millis(summary.added),
      millis(summary.p99),
      ratio(summary.p99ToFloor),
      whole(summary.cpu),
      millis(summary.loopP99),
      millis(summary.loopMax),
      ratio(summary.calls)
    ])
  )

/** What did not do all of its work. */
export const problemsOf = ({ case: name, servers }: Compared): ReadonlyArray<string> =>
  servers.flatMap((server) =>
    server.rounds.flatMap(({ problem }, round) =>
      problem === undefined ? [] : [`${server.name}, ${name}, round ${round + 1}: ${problem}`]
    )
  )
