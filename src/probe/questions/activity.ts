/** 9: the activity of a skill of digital contacts. */
import { Effect } from "effect"
import { asAssumed, type Finding, fact, notHandled, skipped, Unanswered } from "../Finding.ts"
import { activityPath, NO_SKILL, type ProbeOptions } from "../Options.ts"
import { isSuccess, memberOf, shown, Tenant, valuesOf } from "../Tenant.ts"

const COUNTS = ["agentsAvailable", "agentsLoggedIn", "agentsWorking", "queueCount"] as const

/** The question. A person who knows who is logged in compares the numbers. */
export const activity = Effect.fnUntraced(function* (options: ProbeOptions) {
  const { call } = yield* Tenant

  const counted = Effect.gen(function* () {
    if (options.skill === undefined) return skipped(NO_SKILL)
    const seen = yield* call("GET", activityPath(options, options.skill))
    if (!isSuccess(seen)) return yield* new Unanswered({ why: `CXone answered ${shown(seen)}` })
    const counts = COUNTS.flatMap((name) => {
      const count = memberOf(seen.body, "skillActivity", 0, name)
      return typeof count === "number" ? [[name, count] as const] : []
    })
    const values = { ...valuesOf(seen), ...Object.fromEntries(counts) }
    if (counts.length === 0) return notHandled(`${seen.status}, without numbers`, "nothing can be told from it", values)
    const words = counts.map(([name, count]) => `${name} ${count}`).join(", ")
    return asAssumed(`${words}: compare this with who is logged in for the skill now`, values)
  })

  const findings: ReadonlyArray<Finding> = [
    yield* fact("activity", "200 with numbers; whether digital agents are counted is open", counted)
  ]
  return findings
})
