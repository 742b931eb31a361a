/** The page of the audit list. */
import { Effect } from "effect"
import { Audit } from "../../history/Audit.ts"
import { auditView } from "../views/audit.ts"
import { get } from "./Route.ts"

/** The actions of a page. */
const PAGE = 100

/** The ids of actions. */
const ID = /^[0-9a-f-]{36}$/

/** The page of the audit list. */
export const audit = Effect.map(Audit, ({ list }) => [
  get("/console/audit", ({ query }) => {
    const wanted = query.get("before") ?? ""
    const before = ID.test(wanted) ? wanted : undefined
    return Effect.map(list({ limit: PAGE + 1, ...(before !== undefined && { before }) }), (found) => {
      const actions = found.slice(0, PAGE)
      return auditView({
        actions,
        isFirst: before === undefined,
        older: found.length > PAGE ? actions.at(-1)?.id : undefined
      })
    })
  })
])
