import { Effect, Schema } from "effect"
import { jsonAnswer } from "../core/Answer.ts"
import type { Handler } from "../core/Dialect.ts"
import { jsonBody } from "../core/Incoming.ts"
import type { Digital } from "./Digital.ts"
import type { DigitalControls } from "./DigitalControls.ts"
import { FieldDefinition } from "./DigitalRecords.ts"
import { ContactStatus } from "./DigitalState.ts"
import { DigitalOperation } from "./Operation.ts"

const text = Schema.NonEmptyString
const accessToken = { accessToken: text }

const setup = <const Name extends string, const Fields extends Readonly<Record<string, Schema.Codec<unknown>>>>(
  name: Name,
  params: Fields
) => Schema.Struct({ action: Schema.Literal("setup"), state: Schema.Literal(name), params: Schema.Struct(params) })

/** Every state that the pact with CXone names, with its parameters. */
const Setup = Schema.Union([
  setup("an OAuth client", { clientId: text, clientSecret: text }),
  setup("an access key", { accessKeyId: text, accessKeySecret: text }),
  setup("a valid access token", accessToken),
  setup("a revoked access token", accessToken),
  setup("an access token without a permission", { ...accessToken, operation: DigitalOperation }),
  setup("a contact", { number: text, authorId: text, threadId: text, status: ContactStatus }),
  setup("custom fields", { fields: Schema.Array(FieldDefinition) }),
  setup("a queue", { id: text, name: text }),
  setup("no queue", { id: text }),
  setup("an agent", { id: text }),
  setup("no agent", { id: text }),
  setup("a rate limit", { operation: DigitalOperation, retryAfter: Schema.Natural }),
  // The verifier sends this for an interaction without states.
  setup("", {})
])

const Teardown = Schema.Struct({
  action: Schema.Literal("teardown"),
  state: Schema.String,
  params: Schema.Record(Schema.String, Schema.Json)
})

/** Pact's verifier posts this before and after each interaction, for each of its states. */
const changeBody = jsonBody(Schema.Union([Setup, Teardown]))

const done = jsonAnswer(200, {})

/**
 * Makes the endpoint that arranges the states of the pact with CXone. A teardown puts everything back to the start, and
 * ends all tokens, since a state may have issued one.
 */
export const makeDigitalProviderStates = (digital: Digital, controls: DigitalControls): Handler => {
  const { simulation, tenant } = digital
  const { changed, faults, tokens } = simulation

  const arrange = ({ params, state }: typeof Setup.Type): Effect.Effect<unknown> => {
    switch (state) {
      case "an OAuth client":
        return Effect.sync(() => tenant.allowClient(params.clientId, params.clientSecret))
      case "an access key":
        return Effect.sync(() => tenant.allowAccessKey(params.accessKeyId, params.accessKeySecret))
      case "a valid access token":
        return Effect.sync(() => tokens.issue(params.accessToken))
      case "a revoked access token":
        return Effect.sync(() => tokens.revoke(params.accessToken))
      case "an access token without a permission":
        return Effect.sync(() => {
          tokens.issue(params.accessToken)
          tenant.denied.add(params.operation)
        })
      case "a contact":
        return controls.openContact(params)
      case "custom fields":
        return controls.setFields(params.fields)
      case "a queue":
        return Effect.sync(() => tenant.queues.set(params.id, params))
      case "no queue":
        return Effect.sync(() => tenant.queues.delete(params.id))
      case "an agent":
        return Effect.sync(() => tenant.agents.set(params.id, { id: params.id, name: "Agent" }))
      case "no agent":
        return Effect.sync(() => tenant.agents.delete(params.id))
      case "a rate limit":
        return Effect.sync(() => faults.order({ ...params, kind: "status", status: 429, share: 1 }))
      case "":
        return Effect.void
    }
  }

  return Effect.fnUntraced(function* (incoming) {
    const change = yield* changeBody(incoming)
    yield* change.action === "teardown" ? Effect.andThen(controls.reset, controls.revokeTokens) : arrange(change)
    yield* changed
    return done
  })
}
