/** Whether CXone knows the queues and agents of a routing table. */
import { type Duration, Effect, Option, type Redacted, Result } from "effect"
import { AccessToken } from "../cxone/transport/AccessToken.ts"
import { Directory } from "../cxone/webchat/Directory.ts"
import { oneLine } from "../std/oneLine.ts"
import { type Check, failed, ok } from "./Check.ts"
import { needsToken, patiently } from "./cxoneChecks.ts"
import { explain } from "./explain.ts"
import { withoutSecrets } from "./secrets.ts"

/** A queue or an agent that a routing table sends to. */
export interface DoctorTarget {
  readonly kind: "queue" | "agent"
  readonly id: string
  /** What the table calls it, where it does. */
  readonly name: string | undefined
  /** Where the table names it, such as `routes.yaml:12:7`. */
  readonly where: string
}

/** How many are looked up at once. */
export const LOOK_UPS_AT_ONCE = 4

/** How many characters are shown of the name that CXone has for a queue or agent, and of the one that the table has. */
const MAX_NAME = 100
const MAX_TABLE_NAME = 40

/** Enough of an id to tell it from others. */
const shortened = (id: string) => (id.length <= 12 ? id : `${id.slice(0, 8)}…`)

const howToFind = {
  queue: "CXone Admin > Queues, open the queue, copy its id",
  agent: "CXone Admin > People, open the agent, copy their id"
}

/** The statuses that say that an id is none, where CXone does not just say that there is nothing by it. */
const isRefusedId = (status: number) => status === 400 || status === 422

/** One check for each target, in their order: what CXone calls it, or that there is no such queue or agent. */
export const targetChecks = (
  targets: ReadonlyArray<DoctorTarget>,
  patience: Duration.Duration,
  secrets: ReadonlyArray<Redacted.Redacted>
): ReadonlyArray<Check<AccessToken | Directory>> =>
  targets.map(({ id, kind, name, where }) => ({
    name: `${kind} ${name === undefined ? shortened(id) : `${oneLine(name, MAX_TABLE_NAME)} (${shortened(id)})`}`,
    needs: needsToken,
    run: Effect.gen(function* () {
      const directory = yield* Directory
      const result = yield* Effect.result(patiently(patience)(directory[kind](id)))
      if (Result.isSuccess(result)) {
        // A name is the one text of somebody else's that is shown: whatever it repeats, no secret of ours.
        const token = Option.toArray(yield* Effect.option((yield* AccessToken).get))
        return ok(oneLine(withoutSecrets([...token, ...secrets])(result.success.name), MAX_NAME))
      }
      const error = result.failure
      const wrong = (detail: string) =>
        failed(`${detail} (${where})`, `put another id in the place of ${id} at ${where}: ${howToFind[kind]}`)
      if (error._tag === "NotFound") return wrong(`CXone knows no such ${kind}`)
      if (error._tag === "UnexpectedResponse" && isRefusedId(error.status)) {
        return wrong(`CXone does not take this id: it answered ${error.status}`)
      }
      return explain(error, patience)
    })
  }))
