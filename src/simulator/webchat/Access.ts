import { Effect } from "effect"
import { Refusal } from "../core/Answer.ts"
import type { Incoming } from "../core/Incoming.ts"
import type { Scope } from "./SimulatorOptions.ts"
import type { Webchat } from "./Webchat.ts"

const apiPrefix = "/api/v2/"

const unauthorized = new Refusal({
  status: 401,
  code: "bad.credentials",
  message: "A live access token is needed",
  headers: { "www-authenticate": "Bearer" }
})

/** Refuses a call below `/api/v2/` without a live token, with 401. */
export const requireToken = ({ simulation }: Webchat, incoming: Incoming): Effect.Effect<void, Refusal> =>
  Effect.suspend(() => {
    if (!incoming.url.startsWith(apiPrefix)) return Effect.void
    const token = /^Bearer +(\S+)$/i.exec(incoming.headers.authorization ?? "")?.[1]
    return token !== undefined && simulation.tokens.isLive(token) ? Effect.void : Effect.fail(unauthorized)
  })

/** Refuses a call when its token does not have this scope, with 403 and the name of the scope. */
export const requireScope = ({ tenant }: Webchat, scope: Scope): Effect.Effect<void, Refusal> =>
  Effect.suspend(() =>
    tenant.scopes.has(scope)
      ? Effect.void
      : Effect.fail(
          new Refusal({
            status: 403,
            code: "missing.permissions",
            message: `You are missing the following scope: ${scope}`,
            members: { messageParams: { scope } }
          })
        )
  )
