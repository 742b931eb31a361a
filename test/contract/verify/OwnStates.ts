/** Provider states that are arranged through CXone's own API: as far as that goes, a plain mock or a sandbox tenant will do. */
import { Effect } from "effect"
import type { HttpClient } from "effect/http"
import type { CXoneError } from "../../../src/cxone/CXoneError.ts"
import * as Deadline from "../../../src/cxone/Deadline.ts"
import type { StateChange } from "../support/front.ts"
import type { Arrangement, Values } from "./Arrangement.ts"
import type { Connection, Cxone } from "./Cxone.ts"
import { Unarranged } from "./Failure.ts"
import { absence, makeMemory, reasonOf, takesTokens, tokenOf } from "./Provider.ts"

/** A state that CXone's own API can bring about. What is not among them, such as a revoked token, no call can arrange. */
export interface OwnState {
  readonly arrange: (params: StateChange["params"]) => Effect.Effect<Values, Unarranged>
  /** The setting without which it cannot. */
  readonly needs?: string
}

/** The states of a dialect, over calls with one access token. */
export interface OwnStates {
  readonly connection: Connection
  readonly states: Readonly<Record<string, OwnState>>
  /** The settings that states may need, by their names. */
  readonly given: Readonly<Record<string, string | undefined>>
  /** Ends what was opened, as far as CXone has a call for that. */
  readonly tearDown: Effect.Effect<void>
  /** Takes the body of a success, which may tell of something that the interaction itself opened. */
  readonly saw?: (answer: string) => void
}

/** Holds in any CXone: the examples are ids that it does not know. */
export const asItIs: OwnState = { arrange: () => Effect.succeed({}) }

/** Makes sure that what a setting names is there, as far as the provider says so. */
export const makeKnown = (
  setting: string,
  lookUp: Effect.Effect<unknown, CXoneError>,
  patience: Cxone["patience"]
): Effect.Effect<Effect.Effect<void, Unarranged>> =>
  Effect.cached(
    Deadline.within(patience)(lookUp).pipe(
      Effect.catchIf(
        (error) => error._tag !== "ResourceNotFound",
        () => Effect.void
      ),
      Effect.mapError(
        () =>
          new Unarranged({
            reason: `the provider does not know the id of ${setting}: it answered 404 when that was looked up`,
            instead: `set ${setting} to one that is there, or leave it out`,
            stops: "alike"
          })
      ),
      Effect.asVoid
    )
  )

/** Makes what runs one call that brings a state about. */
export const makeWithin = Effect.fnUntraced(function* (cxone: Cxone, connection: Connection) {
  const absent = Effect.provideContext(absence(cxone), yield* Effect.context<HttpClient.HttpClient>())
  return (what: string) =>
    <A>(call: Effect.Effect<A, CXoneError>): Effect.Effect<A, Unarranged> =>
      Effect.catch(Deadline.within(cxone.patience)(call), (error) => {
        const failure = new Unarranged({ reason: `${what}: ${reasonOf(error, cxone.patience)}`, stops: "alike" })
        if (error._tag === "Unauthorized") return Effect.andThen(takesTokens(connection, cxone), failure)
        if (error._tag !== "UnexpectedResponse") return failure
        return Effect.flatMap(absent, (found) => ("absent" in found ? found.absent : failure))
      })
})

/** Arranges what it can. */
export const makeOwnStates = Effect.fnUntraced(function* (cxone: Cxone) {
  const outside = yield* Effect.context<HttpClient.HttpClient>()
  const { connection, given, saw = () => {}, states, tearDown } = yield* cxone.states
  const stateOf = (name: string) => (Object.hasOwn(states, name) ? states[name] : undefined)
  const granted = tokenOf(connection, cxone).pipe(
    makeMemory(() => true),
    Effect.provideContext(outside)
  )

  const arrange = ({ action, params, state }: StateChange): Effect.Effect<Values, Unarranged> => {
    if (action === "teardown") return Effect.as(tearDown, {})
    const known = stateOf(state)
    return known === undefined || known === asItIs ? Effect.succeed({}) : Effect.andThen(granted, known.arrange(params))
  }

  const arrangement: Arrangement = {
    obstacle: (names) => {
      const beyond = names.filter((name) => stateOf(name) === undefined)
      if (beyond.length > 0) return `only a provider-states URL can arrange: ${beyond.join(", ")}`
      const unset = names
        .flatMap((name) => stateOf(name)?.needs ?? [])
        .filter((setting) => given[setting] === undefined)
      return unset.length === 0 ? undefined : `it needs ${unset[0]} or CXONE_PROVIDER_STATES_URL`
    },
    begin: Effect.succeed({ arrange, saw, granted, takesTokens: takesTokens(connection, cxone) })
  }
  return arrangement
})
