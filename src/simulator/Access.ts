import { Effect } from "effect"
import type { SecureRandom } from "effect/crypto"
import { Refusal } from "./Answer.ts"
import type { Incoming } from "./Incoming.ts"
import type { Simulation } from "./Simulation.ts"
import type { Scope } from "./SimulatorOptions.ts"

const tokenPrefix = "simulator-token-"

/** Makes an access token. Its fixed beginning tells it apart wherever it should not be. */
export const makeToken = (random: SecureRandom.SecureRandom["Service"]): Effect.Effect<string> =>
  Effect.map(random.uuidV4(), (uuid) => `${tokenPrefix}${uuid}`)

const unauthorized = new Refusal({
  status: 401,
  code: "bad.credentials",
  message: "A live access token is needed",
  headers: { "www-authenticate": "Bearer" }
})

/** Lets a caller with a live token pass; refuses with 401. */
export const requireToken = (simulation: Simulation, incoming: Incoming): Effect.Effect<void, Refusal> =>
  Effect.suspend(() => {
    const token = /^Bearer +(\S+)$/i.exec(incoming.headers.authorization ?? "")?.[1]
    return token !== undefined && simulation.tokens.isLive(token) ? Effect.void : Effect.fail(unauthorized)
  })

/** Lets a caller pass when the simulator grants this scope; refuses with 403, naming it. */
export const requireScope = (simulation: Simulation, scope: Scope): Effect.Effect<void, Refusal> =>
  simulation.tenant.scopes.has(scope)
    ? Effect.void
    : Effect.fail(
        new Refusal({
          status: 403,
          code: "missing.permissions",
          message: `You are missing the following scope: ${scope}`,
          members: { messageParams: { scope } }
        })
      )

const tokens = new RegExp(`${tokenPrefix}[0-9a-f-]+`, "g")

/** Blanks out the secrets of all clients, and access tokens: they must never be recorded. */
export const conceal = ({ tenant }: Simulation, text: string): string => {
  let concealed = text.replace(tokens, "*****")
  for (const spelling of tenant.secrets) concealed = concealed.replaceAll(spelling, "*****")
  return concealed
}
