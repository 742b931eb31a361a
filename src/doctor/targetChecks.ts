/** The checks that the queues and agents of a routing table exist in CXone. */
import { type Duration, Effect, Option, type Redacted, Result } from "effect"
import { UNEXPECTED_STATUS, type UnexpectedResponse } from "../cxone/CXoneError.ts"
import { AccessToken } from "../cxone/transport/AccessToken.ts"
import { Directory } from "../cxone/webchat/Directory.ts"
import { oneLine } from "../std/oneLine.ts"
import { type Check, failed, ok } from "./Check.ts"
import { explain } from "./explain.ts"
import { needsToken, patiently } from "./lookUp.ts"
import { withoutSecrets } from "./secrets.ts"

/** A queue or an agent that a routing table sends to. */
export interface DoctorTarget {
  readonly kind: "queue" | "agent"
  readonly id: string
  /** Its name in the table, if it has one. */
  readonly name: string | undefined
  /** Its place in the table, such as `routes.yaml:12:7`. */
  readonly where: string
}

/** The number of concurrent look-ups. */
export const LOOK_UPS_AT_ONCE = 4

/** The most characters that are shown of a name from CXone, and of one from the table. */
const MAX_NAME = 100
const MAX_TABLE_NAME = 40

/** Enough of an id to recognize it. */
const shortened = (id: string) => (id.length <= 12 ? id : `${id.slice(0, 8)}…`)

/** The name of a target's check. */
export const nameOf = ({ id, kind, name }: Pick<DoctorTarget, "id" | "kind" | "name">): string =>
  `${kind} ${name === undefined ? shortened(id) : `${oneLine(name, MAX_TABLE_NAME)} (${shortened(id)})`}`

const howToFind = {
  queue: "CXone Admin > Queues, open the queue, copy its id",
  agent: "CXone Admin > People, open the agent, copy their id"
}

/** CXone answers 404 if nothing has the id, and these statuses if the id is malformed. */
const isRefusedId = ({ issue, status }: UnexpectedResponse) =>
  issue === UNEXPECTED_STATUS && (status === 400 || status === 422)

/** One check for each target, in their order. It finds the name in CXone, or that the target does not exist. */
export const targetChecks = (
  targets: ReadonlyArray<DoctorTarget>,
  patience: Duration.Duration,
  secrets: ReadonlyArray<Redacted.Redacted>
): ReadonlyArray<Check<AccessToken | Directory>> =>
  targets.map(({ id, kind, name, where }) => ({
    name: nameOf({ id, kind, name }),
    needs: needsToken,
    run: Effect.gen(function* () {
      const directory = yield* Directory
      const result = yield* Effect.result(patiently(patience)(directory[kind](id)))
      if (Result.isSuccess(result)) {
        // CXone chooses this text: it must not show our secrets.
        const { get } = yield* AccessToken
        const token = Option.toArray(yield* Effect.option(Effect.map(get, ({ token }) => token)))
        return ok(oneLine(withoutSecrets([...token, ...secrets])(result.success.name), MAX_NAME))
      }
      const error = result.failure
      const wrong = (detail: string) =>
        failed(`${detail} (${where})`, `replace the id ${id} at ${where}: ${howToFind[kind]}`)
      if (error._tag === "ResourceNotFound") return wrong(`the ${kind} does not exist in CXone`)
      if (error._tag === "UnexpectedResponse" && isRefusedId(error)) {
        return wrong(`CXone does not accept the id: it answered ${error.status}`)
      }
      return explain(error, patience)
    })
  }))
