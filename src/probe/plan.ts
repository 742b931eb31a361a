/** What the probe is about to do, and whether a person agrees. */
import { Effect, Stdio, Terminal } from "effect"
import type { ProbeOptions } from "./Options.ts"
import type { Access, SeenChannel } from "./questions/access.ts"
import { MOST_UPDATES } from "./questions/limit.ts"

/** What the probe is about to do. */
export interface ProbePlan {
  readonly api: string
  readonly channel: SeenChannel
  /** The beginning of its users' ids. */
  readonly user: string
  /** The messages, each of which opens one contact at most. */
  readonly messages: number
  readonly skill: string | undefined
  readonly agent: string | undefined
  /** The most updates of the one contact that is to be limited. */
  readonly updates: number
}

/** The messages of questions that need nothing: two in the second question, four in the third, one each in the sixth and seventh. */
const MESSAGES = 8

/** The plan for these options. */
export const planOf = ({ api, channel }: Access, user: string, { agent, burst, skill }: ProbeOptions): ProbePlan => ({
  api,
  channel,
  user,
  messages: MESSAGES + (skill === undefined ? 0 : 2) + (agent === undefined ? 0 : 1) + (burst ? 1 : 0),
  skill,
  agent,
  updates: burst ? MOST_UPDATES : 0
})

/** Asks on a terminal; `unasked` where there is none. The end of the input is a no. */
export const consent: Effect.Effect<"yes" | "no" | "unasked", never, Stdio.Stdio | Terminal.Terminal> = Effect.gen(
  function* () {
    const { stdinIsTerminal, stdoutIsTerminal } = yield* Stdio.Stdio
    if (!(yield* stdinIsTerminal) || !(yield* stdoutIsTerminal)) return "unasked"
    const { display, readLine } = yield* Terminal.Terminal
    yield* Effect.ignore(display("\nGo on? [y/N] "))
    const answer = yield* Effect.catch(readLine, () => Effect.succeed(""))
    return /^\s*y(es)?\s*$/i.test(answer) ? "yes" : "no"
  }
)
