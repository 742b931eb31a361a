/** The real router over the simulator as the provider of Cognigy's pact: a fresh pair for every interaction, as its states ask for. */
import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { Context, type Duration, Effect, Layer, Redacted, Ref, Schema, type Scope, ScopedRef } from "effect"
import { HttpServerRequest } from "effect/http"
import type { WebhookCredentials } from "../../../src/cognigy/door/Credentials.ts"
import { DEFAULT_CAPACITY } from "../../../src/cognigy/Webhook.ts"
import { DEFAULT_ATTEMPT_TIMEOUT } from "../../../src/cxone/transport/Transport.ts"
import { DEFAULT_DEADLINE } from "../../../src/handover/Handover.ts"
import type { Rule } from "../../../src/routing/format/RoutesFile.ts"
import { AGENT_ENTITY, type BuiltInQueues } from "../../../src/routing/policy/builtInRoutes.ts"
import { CXoneSimulator } from "../../../src/simulator/CXoneSimulator.ts"
import type { Fault } from "../../../src/simulator/webchat/Operation.ts"
import { allScopes, type SimulatorOptions, simulatorClientId } from "../../../src/simulator/webchat/SimulatorOptions.ts"
import type { WebchatControls as Controls } from "../../../src/simulator/webchat/WebchatControls.ts"
import { type Reply, Router } from "../../e2e/support/router.ts"
import { type FrontOptions, makeFront, type StateChange } from "./front.ts"
import { PactVerifier } from "./PactVerifier.ts"

const text = Schema.NonEmptyString

/** The intents of the built-in rules that send to a queue, and the settings that say to which. */
const queueSettings = { transfer_to_sales: "salesQueueId", transfer_to_support: "supportQueueId" } as const

const AGENT_INTENT = "transfer_to_agent"

const isWithoutRule = (intent: string) => intent !== AGENT_INTENT && !Object.hasOwn(queueSettings, intent)

const setup = <const Name extends string, const Fields extends Readonly<Record<string, Schema.Codec<unknown>>>>(
  name: Name,
  params: Fields
) => Schema.Struct({ action: Schema.Literal("setup"), state: Schema.Literal(name), params: Schema.Struct(params) })

/** Every state that the pact names, with the parameters that say what must hold. */
const Setup = Schema.Union([
  setup("an API key of the webhook", { apiKey: text }),
  setup("a user and a password of the webhook", { user: text, password: text }),
  setup("a rule that sends to a queue", {
    intent: Schema.Literals(["transfer_to_sales", "transfer_to_support"]),
    queueId: text
  }),
  setup("a rule that sends to the agent whom an entity names", {
    intent: Schema.Literal(AGENT_INTENT),
    entity: Schema.Literal(AGENT_ENTITY)
  }),
  setup("a rule that rejects", { rule: text, intent: text, text }),
  setup("no rule for an intent", { intent: text.check(Schema.makeFilter(isWithoutRule)) }),
  setup("a queue in CXone", { queueId: text }),
  setup("no queue in CXone", { queueId: text }),
  setup("an agent in CXone", { agentId: text }),
  setup("a user without an active conversation", { userId: text }),
  setup("a user with an active conversation", { userId: text, conversationId: text }),
  setup("no conversation in CXone", { conversationId: text }),
  setup("a user whom CXone holds a lock on without an active conversation", { userId: text }),
  setup("CXone refuses the router's credentials", {}),
  setup("CXone grants the router a scope less", { scope: Schema.Literals(allScopes) }),
  setup("CXone opens conversations and does not say their id", {}),
  setup("CXone limits the rate of calls", { retryAfter: Schema.Natural }),
  setup("CXone is down", { retryAfter: Schema.Natural }),
  setup("CXone never answers", {}),
  setup("a handover that was done under an idempotency key", {
    idempotencyKey: text,
    intent: text,
    userId: text
  }),
  setup("as many handovers under way as the router takes on", {})
])

const decodeSetup = Schema.decodeUnknownEffect(Setup, { onExcessProperty: "error" })

/** What states ask for. */
interface Arrangement {
  readonly credentials: WebhookCredentials
  readonly queues: BuiltInQueues
  /** Where there are any, they are the routing table instead of the built-in one. */
  readonly rules: ReadonlyArray<Rule>
  readonly simulator: SimulatorOptions
  readonly deadline: Duration.Input
  readonly attemptTimeout: Duration.Input
  readonly capacity: number
  /** What is done to the simulator and the router before the request. */
  readonly steps: ReadonlyArray<(simulator: Controls, post: Post) => Effect.Effect<unknown, unknown, Scope.Scope>>
}

/** Posts a webhook that the router lets in. */
type Post = (body: unknown, headers?: Readonly<Record<string, string>>) => Effect.Effect<Reply, unknown>

/** Where no state says anything: nobody is let in, and CXone has no queue and no agent. */
const nothing: Arrangement = {
  credentials: { mode: "api-key", keys: [] },
  queues: { salesQueueId: "no-queue", supportQueueId: "no-queue" },
  rules: [],
  simulator: { queues: [], agents: [] },
  deadline: DEFAULT_DEADLINE,
  attemptTimeout: DEFAULT_ATTEMPT_TIMEOUT,
  capacity: DEFAULT_CAPACITY,
  steps: []
}

const ordering = (fault: Fault) => ({ steps: [(simulator: Controls) => simulator.order(fault)] })

/** All calls, whatever they are, as long as the interaction lasts. */
const always = { operation: "any", share: 1 } as const

const webchatUser = (userId: string) => `cognigy_${userId}`

/** What one state changes. */
const changes = (
  { params, state }: typeof Setup.Type,
  { queues, rules, simulator }: Arrangement
): Partial<Arrangement> => {
  switch (state) {
    case "an API key of the webhook":
      return { credentials: { mode: "api-key", keys: [Redacted.make(params.apiKey)] } }
    case "a user and a password of the webhook":
      return { credentials: { mode: "basic", user: params.user, password: Redacted.make(params.password) } }
    case "a rule that sends to a queue":
      return { queues: { ...queues, [queueSettings[params.intent]]: params.queueId } }
    case "a rule that rejects": {
      const { intent, rule, text } = params
      return { rules: [...rules, { name: rule, when: { intent }, to: { reject: text } }] }
    }
    case "a queue in CXone":
      return {
        simulator: { ...simulator, queues: [...(simulator.queues ?? []), { id: params.queueId, name: "Queue" }] }
      }
    case "an agent in CXone":
      return { simulator: { ...simulator, agents: [{ id: params.agentId, name: "Agent" }] } }
    case "a user with an active conversation": {
      const conversation = { ...params, userId: webchatUser(params.userId) }
      return { steps: [({ openConversation }) => openConversation(conversation)] }
    }
    case "a user whom CXone holds a lock on without an active conversation": {
      const userId = webchatUser(params.userId)
      // The next wait between two tries does not fit in from 1.4 s on: the answer has a second more for a machine that is slow.
      return { deadline: "3 seconds", steps: [({ lockUser }) => lockUser(userId, { durationMillis: 60_000 })] }
    }
    case "CXone refuses the router's credentials":
      return {
        simulator: { ...simulator, credentials: { clientId: simulatorClientId, clientSecret: "another secret" } }
      }
    case "CXone grants the router a scope less":
      return { simulator: { ...simulator, scopes: allScopes.filter((scope) => scope !== params.scope) } }
    case "CXone opens conversations and does not say their id":
      return ordering({ operation: "open", share: 1, kind: "body", status: 201, body: {} })
    case "CXone limits the rate of calls":
      return ordering({ ...always, kind: "status", status: 429, retryAfter: params.retryAfter })
    case "CXone is down":
      return ordering({ ...always, kind: "status", status: 503, retryAfter: params.retryAfter })
    case "CXone never answers":
      return { deadline: "300 millis", ...ordering({ ...always, kind: "hang" }) }
    case "a handover that was done under an idempotency key": {
      const { idempotencyKey, intent, userId } = params
      const body = { intent: { name: intent }, user: { id: userId } }
      const succeeded = ({ status, text }: Reply) => (status === 200 ? Effect.void : Effect.fail(text))
      return { steps: [(_, post) => Effect.flatMap(post(body, { "Idempotency-Key": idempotencyKey }), succeeded)] }
    }
    case "as many handovers under way as the router takes on": {
      const [intent] = Object.keys(queueSettings)
      const body = { intent: { name: intent }, user: { id: "somebody else" } }
      const first = (simulator: Controls, post: Post) =>
        Effect.forkScoped(post(body)).pipe(
          Effect.andThen(simulator.awaitState(({ counts }) => counts.token >= 1)),
          // The router waits for it when it closes: from here on its next try succeeds.
          Effect.andThen(Effect.addFinalizer(() => simulator.clearFaults))
        )
      return { attemptTimeout: "1 second", capacity: 1, steps: [...ordering({ ...always, kind: "hang" }).steps, first] }
    }
    case "a rule that sends to the agent whom an entity names":
    case "no rule for an intent":
    case "no queue in CXone":
    case "no conversation in CXone":
    case "a user without an active conversation":
      return {}
  }
}

const merge = (arrangement: Arrangement, change: Partial<Arrangement>): Arrangement => ({
  ...arrangement,
  ...change,
  steps: [...arrangement.steps, ...(change.steps ?? [])]
})

/** Starts a router over a simulator, both as arranged, and gives back where it listens. Its own requests are not the one that it is started for. */
const start = Effect.fnUntraced(
  function* ({ attemptTimeout, deadline, queues, rules, simulator, steps, ...others }: Arrangement) {
    const options =
      rules.length === 0
        ? { settings: { ...others, routing: { queues } } }
        : { settings: others, routes: JSON.stringify({ rules }) }
    const running = yield* Layer.build(Router.layer({ ...options, attemptTimeout, deadline, simulator }))
    const controls = Context.get(running, CXoneSimulator)
    const { port, post } = Context.get(running, Router)
    const { credentials } = others
    const key = credentials.mode === "api-key" ? credentials.keys.map(Redacted.value).join() : ""
    yield* Effect.forEach(steps, (step) =>
      step(controls, (body, headers) => post(body, { ...headers, "X-API-Key": key }))
    )
    return `http://127.0.0.1:${port}`
  },
  Effect.orDie,
  Effect.updateContext((context: Context.Context<Scope.Scope>) =>
    Context.omit(HttpServerRequest.HttpServerRequest)(context)
  )
)

/** A router for each request, which runs until the interaction ends; its states are gathered until then. */
const makeProvider = Effect.gen(function* () {
  const arrangement = yield* Ref.make(nothing)
  const running = yield* ScopedRef.make<string | undefined>(() => undefined)

  const restart = Effect.andThen(Ref.set(arrangement, nothing), ScopedRef.set(running, Effect.undefined))

  const arrange = (change: StateChange) =>
    change.action === "teardown"
      ? restart
      : decodeSetup(change).pipe(
          Effect.flatMap((setup) => Ref.update(arrangement, (before) => merge(before, changes(setup, before)))),
          // Then this interaction ends here.
          Effect.tapError(() => restart)
        )

  const target = Ref.get(arrangement).pipe(
    Effect.flatMap((arrangement) => ScopedRef.set(running, start(arrangement))),
    Effect.andThen(Effect.flatMap(ScopedRef.get(running), Effect.fromNullishOr)),
    Effect.orDie
  )
  return { arrange, target }
})

/** Replays a pact against the real router, whose answers may be changed on their way. */
export const verifyRouter = Effect.fnUntraced(
  function* (pact: string, answer: FrontOptions["answer"] = (answer) => answer) {
    const front = yield* makeFront({ ...(yield* makeProvider), answer })
    return yield* PactVerifier.use(({ verify }) => verify({ pact, ...front }))
  },
  Effect.scoped,
  Effect.provide(Layer.fresh(Layer.merge(NodeHttpClient.layerUndici, NodeServices.layer)))
)
