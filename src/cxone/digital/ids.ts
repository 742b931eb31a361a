/** The ids of queues and agents in the Digital Engagement API. */
import type { TargetIds } from "../../domain/Target.ts"

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** True for a number as CXone gives skills, agents and contacts: digits alone. */
export const isNumber = (id: string): boolean => /^[1-9]\d{0,15}$/.test(id) && Number.isSafeInteger(Number(id))

/** True for a UUID in any letters. */
export const isUuid = (id: string): boolean => UUID.test(id)

/** Texts of examples that were not replaced yet. */
const PLACEHOLDER = /^[0-]+$/

const problem =
  (otherwise: string) =>
  (id: string): string | undefined => {
    if (PLACEHOLDER.test(id)) return "still a placeholder"
    return isNumber(id) || isUuid(id) ? undefined : otherwise
  }

/** A queue's id is the number of a skill or the UUID of a routing queue; an agent's is a UUID or a number. */
export const digitalIds: TargetIds = {
  queue: problem("neither a skill's number nor a routing queue's UUID"),
  agent: problem("neither a UUID nor a number"),
  advice: {
    queue: "the number of a skill or the UUID of a routing queue, as CXone Admin shows it",
    agent: "the UUID or the number of the agent's user, as CXone Admin shows it"
  }
}
