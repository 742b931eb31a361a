import { createServer } from "node:http"
import { NodeHttpClient, NodeHttpServer, NodeRuntime } from "@effect/platform-node"
import { ContactCentre, CXone, Handover, Readiness, RoutingPolicy, Server } from "cognigy-cxone-router"
import { Config, Duration, Effect, Layer, Redacted, Schedule, Schema } from "effect"
import { HttpClientRequest, HttpRouter } from "effect/http"

const { accepted, InvalidTarget, json, Unauthorized, UnexpectedResponse } = CXone
// How this contact centre grants tokens: JSON instead of a form, and the answer says where calls go.
const decodeGrant = Schema.decodeUnknownEffect(
  Schema.fromJsonString(Schema.Struct({ token: Schema.String, seconds: Schema.Finite, api: Schema.String }))
)

const grant = (url: string, key: Redacted.Redacted): CXone.Grant => ({
  remedy: "check ACME_KEY",
  get: Effect.fnUntraced(function* (send) {
    const request = HttpClientRequest.post(`${url}/grant`).pipe(
      HttpClientRequest.bodyJsonUnsafe({ key: Redacted.value(key) })
    )
    const { body, status } = yield* send(request)
    if (status === 401) return yield* new Unauthorized({ operation: "token", remedy: "check ACME_KEY" })
    const granted = yield* Effect.mapError(
      decodeGrant(body),
      () => new UnexpectedResponse({ operation: "token", status, issue: "not a grant" })
    )
    return { token: Redacted.make(granted.token), life: Duration.seconds(granted.seconds), baseUrl: granted.api }
  })
})

const Contact = json(Schema.Struct({ id: Schema.String, isNew: Schema.Boolean }))
// One call opens or joins a contact, one routes it, one tags it.
const caller = { lane: "caller", permissions: ["contacts"] } as const
const pathOf = (contact: string) => `/contacts/${encodeURIComponent(contact)}`

const centre = Layer.effect(
  ContactCentre,
  Effect.gen(function* () {
    const { call } = yield* CXone.CXoneClient
    const { get } = yield* CXone.AccessToken
    const labels = yield* CXone.Labels

    const open = (user: string) =>
      call({
        ...caller,
        operation: "open",
        method: "POST",
        path: "/contacts",
        body: { user },
        answers: { 200: Contact }
      })

    const route = (contact: string, target: CXone.Target) => {
      const operation = "route"
      const unknown = () => Effect.fail(new InvalidTarget({ operation, status: 404, target }))
      const path = `${pathOf(contact)}/${target.type}`
      const answers = { 200: accepted, 404: unknown }
      return Effect.as(call({ ...caller, operation, method: "PUT", path, body: { id: target.id }, answers }), target)
    }

    return {
      tenant: "acme",
      place: Effect.fnUntraced(function* ({ labels: wishes, request, targets: [first, ...others] }) {
        const { id, isNew } = yield* open(request.userId)
        if (isNew) yield* CXone.Orphan.possible(id)
        const target = yield* others.reduce(
          (placed, next) => Effect.catchTag(placed, "InvalidTarget", () => route(id, next)),
          route(id, first)
        )
        yield* labels.put(id, { ...wishes, intent: request.intent })
        return { conversationId: id, target, reused: !isNew }
      }),
      check: Effect.asVoid(get)
    }
  })
)

const tags = Layer.unwrap(
  Effect.map(CXone.CXoneClient, ({ call }) =>
    CXone.Labels.layerFrom((id, body, isRetry) => {
      const path = `${pathOf(id)}/tags`
      const background = { lane: "background", permissions: ["contacts"], schedule: Schedule.recurs(0) } as const
      return call({ ...background, operation: "tag", method: "PUT", path, body, answers: { 200: accepted }, isRetry })
    })
  )
)

const acme = Layer.unwrap(
  Effect.gen(function* () {
    const token = CXone.AccessToken.layerFrom(
      grant(yield* Config.String("ACME_URL"), yield* Config.Redacted("ACME_KEY"))
    )
    return centre.pipe(
      Layer.provide(tags),
      Layer.provide(CXone.CXoneClient.layer({ unauthorized: "check ACME_KEY", permissionMissing: "ask Acme for it" })),
      Layer.provide(token),
      Layer.provide(CXone.Transport.layer())
    )
  })
)

HttpRouter.serve(
  Server.routesConfig().pipe(
    Layer.provide([Handover.layerConfig(), Readiness.layer()]),
    Layer.provide([
      acme,
      RoutingPolicy.layer(() =>
        Effect.succeed({
          rule: "all",
          target: { type: "queue", id: "gone" },
          fallbacks: [{ type: "queue", id: "help" }]
        })
      )
    ]),
    Layer.provide(NodeHttpClient.layerUndici)
  )
).pipe(
  Layer.provide(NodeHttpServer.layerConfig(createServer, { port: Config.Int("PORT") })),
  Layer.launch,
  NodeRuntime.runMain
)
