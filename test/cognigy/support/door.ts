/** The front door on a port of its own, over handovers that end as their intents say. */
import { NodeHttpClient } from "@effect/platform-node"
import { Deferred, Duration, Effect, Layer, Logger, Redacted, Schedule, Schema } from "effect"
import { HttpClient, HttpClientRequest, HttpServer } from "effect/http"
import { WEBHOOK_PATH } from "../../../src/cognigy/Api.ts"
import * as Server from "../../../src/cognigy/http/Server.ts"
import { DeadlineExceeded, InvalidTarget, Unavailable } from "../../../src/cxone/CXoneError.ts"
import { type HandedOver, type HandoverError, HandoverFailed, KeyReused } from "../../../src/handover/HandedOver.ts"
import { Handover } from "../../../src/handover/Handover.ts"
import { Journal } from "../../../src/handover/Journal.ts"
import { Readiness } from "../../../src/handover/Readiness.ts"
import { AgentIdMissing, Rejected, UnsupportedIntent } from "../../../src/routing/Decision.ts"
import { RoutingPolicy } from "../../../src/routing/RoutingPolicy.ts"

/** The result of a handover that succeeds. */
export const handedOver: HandedOver = {
  conversationId: "c-1",
  target: { type: "queue", id: "q-1" },
  rule: "r-1",
  reused: false
}

/** The same with members that a policy or a store of an application could add. */
const withMore: HandedOver = Object.assign(
  { ...handedOver, cost: 7 },
  { target: { ...handedOver.target, name: "VIP" } }
)

const failedBy = (rule: string | undefined, reason: HandoverFailed["reason"]) =>
  Effect.fail(new HandoverFailed({ reason, ...(rule === undefined ? {} : { rule }) }))

/** Decides as a successful handover would. */
const policy = RoutingPolicy.layer(() => Effect.succeed({ rule: "r-1", target: handedOver.target }))

/** The front door alone, with this capacity, and handovers that end as their intents say. */
export const door = (
  capacity: number,
  surroundings: Layer.Layer<never> = Logger.layer([]),
  routing: Layer.Layer<RoutingPolicy> = policy
) => {
  const gate = Deferred.makeUnsafe<void>()
  const outcomes: Record<string, Effect.Effect<HandedOver, HandoverError>> = {
    wait: Effect.as(Deferred.await(gate), handedOver),
    more: Effect.succeed(withMore),
    fail: failedBy("r-1", new InvalidTarget({ operation: "routeToQueue", status: 404, target: handedOver.target })),
    down: failedBy(
      "r-1",
      new Unavailable({
        operation: "open",
        reason: "Status",
        detail: "it answered 500",
        retryAfter: Duration.seconds(9)
      })
    ),
    late: failedBy("r-1", new DeadlineExceeded({ operation: "open" })),
    undecided: failedBy(undefined, new DeadlineExceeded({ operation: undefined })),
    reused: Effect.fail(new KeyReused()),
    unsupported: Effect.fail(new UnsupportedIntent({ intent: "unsupported" })),
    agentless: Effect.fail(new AgentIdMissing({ rule: "r-2", entity: "agentId", problem: "it is not there" })),
    reject: Effect.fail(new Rejected({ rule: "r-3", text: "Bitte morgen wieder 🙏" })),
    die: Effect.die(new Error("on purpose")),
    throw: Effect.sync(() => {
      throw new Error("on purpose")
    }),
    interrupt: Effect.interrupt
  }
  const asked: Array<string> = []
  const server = Server.layer({
    host: "127.0.0.1",
    port: 0,
    credentials: { mode: "api-key", keys: [Redacted.make("the-key")] },
    deadline: Duration.seconds(5),
    capacity,
    shutdownTimeout: Duration.seconds(1)
  })
  const layer = server.pipe(
    Layer.provide([
      Layer.succeed(Handover, {
        handle: ({ intent, userId }) =>
          Effect.suspend(() => {
            asked.push(userId)
            return outcomes[intent] ?? Effect.succeed(handedOver)
          })
      }),
      Journal.layer(),
      Layer.succeed(Readiness, { check: Effect.void }),
      routing,
      surroundings
    ]),
    Layer.provideMerge(NodeHttpClient.layerUndici)
  )
  return { asked, layer, open: Deferred.succeed(gate, undefined) }
}

/** Sends a request to the door. */
export const send = Effect.fnUntraced(function* (request: HttpClientRequest.HttpClientRequest) {
  const { address } = yield* HttpServer.HttpServer
  const { headers, status, text } = yield* HttpClient.execute(
    HttpClientRequest.prependUrl(request, HttpServer.formatAddress(address))
  )
  return { status, headers, text: yield* text }
})

/** Posts JSON. */
export const postTo = (path: string, body: object, key = "the-key") =>
  send(
    HttpClientRequest.post(path).pipe(
      HttpClientRequest.bodyJsonUnsafe(body),
      HttpClientRequest.setHeader("x-api-key", key)
    )
  )

/** Posts a webhook. */
export const post = (intent: string, userId: string, key = "the-key", text?: string, also: object = {}) =>
  postTo(WEBHOOK_PATH, { intent, userId, text, ...also }, key)

/** The members of a body. */
export const problem = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Json)))

/** Posts until it is answered with this status. */
export const untilAnswered = (status: number) =>
  post("any", "later").pipe(
    Effect.filterOrFail((answer) => answer.status === status),
    Effect.retry(Schedule.spaced("5 millis"))
  )
