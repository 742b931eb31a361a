/** Routing tables of tests, and how to tell which one is live. */
import { createHash } from "node:crypto"
import { assert } from "@effect/vitest"
import { Effect, Schedule, Schema } from "effect"
import type { RoutesFile } from "../../../src/routing/format/RoutesFile.ts"
import { TableStatus } from "../../../src/routing/TableStatus.ts"
import { agentId, salesQueueId, supportQueueId } from "../../../src/simulator/webchat/SimulatorOptions.ts"
import { Router } from "./router.ts"

/** A queue that looks like one, and that the simulator does not know. */
export const unknownQueueId = "deadbeef-0000-4000-8000-000000000005"

/** An agent whom the simulator does not know. */
export const unknownAgentId = "deadbeef-0000-4000-8000-000000000006"

/** The names that tests use, for what the simulator has and for what it has not. */
export const names = {
  queues: { sales: salesQueueId, support: supportQueueId, "closed down": unknownQueueId },
  agents: { alex: agentId, "has left": unknownAgentId }
}

/** The text of a table with these rules: JSON, which is YAML too. */
export const routes = (rules: RoutesFile["rules"], more: Partial<RoutesFile> = {}): string =>
  JSON.stringify({ ...names, rules, ...more }, null, 2)

/** The version of a text. */
export const versionOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 12)

const Readyz = Schema.fromJsonString(Schema.Struct({ status: Schema.String, routes: Schema.optionalKey(TableStatus) }))
const decodeReadyz = Schema.decodeSync(Readyz, { onExcessProperty: "error" })

/** What `/readyz` says of the table. */
export const tableStatus = Effect.flatMap(Router, ({ get }) =>
  Effect.map(get("/readyz"), ({ status, text }) => {
    assert.strictEqual(status, 200, text)
    return decodeReadyz(text).routes
  })
)

/** Waits until `/readyz` says this of the table. */
export const untilTable = (isSo: (table: TableStatus) => boolean) =>
  Effect.map(tableStatus, (table) => table ?? assert.fail("no table of a file")).pipe(
    Effect.filterOrFail(isSo, () => "not yet" as const),
    Effect.retry({ schedule: Schedule.spaced("20 millis"), while: (error) => error === "not yet" })
  )

/** Waits until the table of this text is live. */
export const untilLive = (text: string) => untilTable(({ version }) => version === versionOf(text))

/** Waits until `/readyz` says that the file is not used. */
export const untilRejected = untilTable(({ rejected }) => rejected !== undefined)
