/** Where a contact is queued, as far as its look-up tells. */
import { isNumber, isUuid } from "../cxone/digital/ids.ts"
import { memberOf, type Seen } from "./Tenant.ts"

const PATHS = [["skillId"], ["routingQueue", "skillId"], ["routingQueueId"], ["routingQueue", "id"]] as const

/** The first member that names a skill or a routing queue; `undefined` when none does. */
export const whereabouts = ({ body }: Pick<Seen, "body">): string | undefined => {
  for (const path of PATHS) {
    const id = memberOf(body, ...path)
    if (typeof id !== "string" && typeof id !== "number") continue
    const text = String(id)
    if (isNumber(text)) return `skill ${text}`
    if (isUuid(text)) return `routing queue ${text}`
  }
  return undefined
}
