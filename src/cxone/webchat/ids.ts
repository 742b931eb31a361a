/** The ids of queues and agents in the webchat API. */
import type { TargetIds } from "../../domain/Target.ts"

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Texts of examples that were not replaced yet. */
const PLACEHOLDER = /placeholder|your|example|xxx|todo|change.?me|^[<{[]|^[0-]+$/i

const placeholder = (id: string): string | undefined => (PLACEHOLDER.test(id) ? "still a placeholder" : undefined)

/** A queue's id is a UUID. An agent's id may be any text that is not a placeholder, such as `TODO`. */
export const webchatIds: TargetIds = {
  queue: (id) => placeholder(id) ?? (UUID.test(id) ? undefined : "not a UUID"),
  agent: placeholder,
  advice: {
    queue: "a UUID: CXone Admin > Queues, open the queue, copy its id",
    agent: "from CXone Admin > People: open the agent, copy their id"
  }
}
