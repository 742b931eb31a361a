/** What a person gives the probe to try. */
import { Effect } from "effect"
import { memberOf, Tenant } from "./Tenant.ts"

/** What a person gives the probe to try. */
export interface ProbeOptions {
  /** The number of a skill of digital contacts. */
  readonly skill: string | undefined
  /** The version of the ACD's API. */
  readonly acdVersion: string
  /** The UUID of an agent who is logged out. */
  readonly agent: string | undefined
  /** Updates one contact until CXone limits it. */
  readonly burst: boolean
}

/** The reason of what needs a skill. */
export const NO_SKILL = "It needs the number of a skill (--skill)"

/** The activity of a skill. */
export const activityPath = ({ acdVersion }: ProbeOptions, skill: string): string =>
  `/incontactapi/services/${acdVersion}/skills/${encodeURIComponent(skill)}/activity`

/** The contacts that wait at the skill; `undefined` when CXone does not tell. */
export const waitingAt = (options: ProbeOptions, skill: string): Effect.Effect<number | undefined, never, Tenant> =>
  Effect.flatMap(Tenant, ({ call }) =>
    Effect.match(call("GET", activityPath(options, skill)), {
      onFailure: () => undefined,
      onSuccess: ({ body }) => {
        const count = memberOf(body, "skillActivity", 0, "queueCount")
        return typeof count === "number" ? count : undefined
      }
    })
  )
