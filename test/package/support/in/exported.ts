/** What an application exports without saying its types: all that they are made of must have a name outside of the package. */
import {
  CXone,
  CXoneSettings,
  Handover,
  Router,
  RoutingPolicy,
  Server,
  settings,
  Tables,
  Webchat,
  Webhook,
  webchatIds
} from "cognigy-cxone-router"
import { Conversations, Directory, Schedules } from "cognigy-cxone-router/cxone"
import { CXoneSimulator, type Fault, layerSimulated } from "cognigy-cxone-router/testing"
import { Effect, Redacted } from "effect"
import { HttpApiClient } from "effect/http-api"

export const layers = {
  cxone: Webchat.layer({ linger: 0 }),
  settings: CXoneSettings.layerConfig(),
  handover: Handover.layerConfig(),
  policy: Tables.layerConfig(webchatIds),
  routes: Server.routes({
    credentials: { mode: "api-key", keys: [Redacted.make("key")] },
    prefix: "/bots",
    docs: false
  }),
  routesConfig: Server.routesConfig(),
  router: Router.layerConfig(),
  simulated: layerSimulated()
}

export const values = {
  Api: Webhook.Api,
  table: Tables.layerTable,
  schedule: Schedules.callSchedule,
  settings,
  toProblem: Webhook.toProblem
}

export const client = HttpApiClient.make(Webhook.Api, { baseUrl: "http://127.0.0.1:3000" })

export const rules = (path: string) => Effect.map(Tables.loadRoutes(path), ({ file }) => file.rules)

export const handOver = (body: unknown) =>
  Effect.gen(function* () {
    const handover = yield* Handover
    return yield* handover.handle(yield* Webhook.toHandoverRequest(body), "key")
  })

export const explain = (body: unknown) =>
  Effect.gen(function* () {
    const policy = yield* RoutingPolicy
    return yield* policy.explain(yield* Webhook.toHandoverRequest(body), 0)
  })

export const lookUp = Effect.gen(function* () {
  const [conversations, directory] = yield* Effect.all([Conversations, Directory])
  return { active: yield* conversations.findActive("cognigy_anna"), me: yield* directory.whoami }
})

export const call = Effect.flatMap(CXone.CXoneClient, ({ call }) =>
  call({
    operation: "whoami",
    lane: "caller",
    permissions: ["users:read"],
    method: "GET",
    path: "/api/v2/users/me",
    answers: { 200: Effect.succeed }
  })
)

export const disturb = (...faults: ReadonlyArray<Fault>) =>
  Effect.flatMap(CXoneSimulator, ({ order, state }) =>
    Effect.andThen(Effect.forEach(faults, order, { discard: true }), state)
  )
