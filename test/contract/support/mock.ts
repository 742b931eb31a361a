/** Pact's mock server as an effect: consumer tests play their interactions against it, and so write the pact. */
import pact from "@pact-foundation/pact"
import { Effect } from "effect"
import { generatedDirectory, type Parties } from "./pacts.ts"

/** Pact's matchers. */
export const Match = pact.MatchersV3

/** A text, and one that looks like this: a pattern alone would take a number too. */
export const text = (pattern: string, value: string) => ({
  "pact:matcher:type": [{ "pact:matcher:type": "type" }, { "pact:matcher:type": "regex", regex: pattern }],
  value
})

/** A whole number above 0. */
export const positive = (value: number) => ({
  "pact:matcher:type": [{ "pact:matcher:type": "integer" }, { "pact:matcher:type": "regex", regex: "^[1-9][0-9]*$" }],
  value
})

/** The header of a body that is JSON, in requests and answers. */
export const isJson = { "Content-Type": "application/json" }

/** One request, the answer to it, and the states of the provider in which it is given. */
export type Interaction = Parameters<InstanceType<typeof pact.PactV3>["addInteraction"]>[0]

/** A state of the provider. */
export const state = (
  description: string,
  parameters: NonNullable<Interaction["states"]>[number]["parameters"] = {}
) => ({ description, parameters })

/**
 * Starts a mock server that knows these interactions and no others, and adds them to the pact once `use` has met each of them. Dies when
 * a request is none of them or one is missing, and with what `use` dies with; then the pact is left as it was.
 */
export const withMock = <A>(
  { consumer, provider }: Parties,
  interactions: ReadonlyArray<Interaction>,
  use: (baseUrl: string) => Effect.Effect<A>
): Effect.Effect<A> =>
  Effect.promise(async () => {
    const mock = new pact.PactV3({
      consumer,
      provider,
      dir: generatedDirectory,
      spec: pact.SpecificationVersion.SPECIFICATION_VERSION_V4,
      logLevel: "error"
    })
    for (const interaction of interactions) mock.addInteraction(interaction)
    return mock.executeTest(({ url }) => Effect.runPromise(use(url)))
  }).pipe(Effect.map((result) => result as A))
