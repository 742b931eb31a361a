/** The whole front door without a socket, under the test's clock. */
import { NodeHttpServer } from "@effect/platform-node"
import { assert } from "@effect/vitest"
import { Effect, identity, Layer, Logger, Metric } from "effect"
import { Headers, HttpServerRequest, HttpServerResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { WEBHOOK_PATH } from "../../../src/cognigy/Api.ts"
import type { WebhookCredentials } from "../../../src/cognigy/door/Credentials.ts"
import type { CredentialsReason } from "../../../src/cognigy/door/refusal.ts"
import * as Server from "../../../src/cognigy/http/Server.ts"
import type { HandoverRequest } from "../../../src/domain/HandoverRequest.ts"
import { Handover } from "../../../src/handover/Handover.ts"
import { Journal } from "../../../src/handover/Journal.ts"
import type { JournalEvent } from "../../../src/handover/JournalEvent.ts"
import { Readiness } from "../../../src/handover/Readiness.ts"
import { refusalsTotal } from "../../../src/metrics.ts"
import * as TablePolicy from "../../../src/routing/policy/TablePolicy.ts"
import { RoutingPolicy } from "../../../src/routing/RoutingPolicy.ts"
import { salesQueueId, supportQueueId } from "../../../src/simulator/webchat/SimulatorOptions.ts"
import { assertSafe, assertSuccess } from "../../e2e/support/answers.ts"
import { sales } from "../../e2e/support/bodies.ts"

/** The body of a webhook. */
export const BODY = '{"intent":"any","userId":"anna"}'

/** The test's time, in Unix seconds. */
export const NOW = 1614265330

/** The built-in routes, with the simulator's queues. */
export const builtIn = TablePolicy.layerBuiltIn({ salesQueueId, supportQueueId })

/** Differences from a door that sends everything to one queue. */
interface DoorOptions {
  readonly capacity?: number
  /** Default: every handover that the policy decides succeeds. */
  readonly handle?: Handover["Service"]["handle"]
  readonly policy?: Layer.Layer<RoutingPolicy>
}

const oneQueue = RoutingPolicy.layer(() => Effect.succeed({ rule: "r-1", target: { type: "queue", id: "q-1" } }))

/** The front door at the time `NOW`, with its own metrics, log and journal. */
export const door = Effect.fnUntraced(function* (
  credentials: WebhookCredentials,
  { capacity = 10, handle, policy = oneQueue }: DoorOptions = {}
) {
  yield* TestClock.setTime(NOW * 1000)
  const logged: Array<string> = []
  const log = Logger.make(({ message }) => {
    logged.push((Array.isArray(message) ? message : [message]).map(String).join(" "))
  })
  const registry: Metric.MetricRegistry = new Map()
  const handled: Array<HandoverRequest> = []
  const context = yield* Layer.build(
    Layer.mergeAll(
      Layer.effect(
        Handover,
        Effect.map(RoutingPolicy, ({ decide }): Handover["Service"] => ({
          handle: (request, key) => {
            handled.push(request)
            if (handle !== undefined) return handle(request, key)
            return Effect.map(decide(request), ({ rule, target }) => ({
              conversationId: "c-1",
              target,
              rule,
              reused: false
            }))
          }
        }))
      ),
      Journal.layer(),
      Layer.succeed(Readiness, { check: Effect.void }),
      NodeHttpServer.layerHttpServices
    ).pipe(Layer.provideMerge(policy))
  )
  const app = yield* Server.app({ credentials, capacity, deadline: "7 seconds" }).pipe(Effect.provide(context))
  const events: Array<JournalEvent> = []
  yield* Effect.flatMap(Journal, ({ listen }) =>
    listen((event) =>
      Effect.sync(() => {
        events.push(event)
      })
    )
  ).pipe(Effect.provide(context))
  const post = Effect.fnUntraced(function* (
    headers: Record<string, string>,
    body: NonNullable<RequestInit["body"]> = BODY,
    path = WEBHOOK_PATH,
    change: (request: HttpServerRequest.HttpServerRequest) => HttpServerRequest.HttpServerRequest = identity
  ) {
    const before = handled.length
    const web = new Request(`http://router.test${path}`, {
      method: "POST",
      body,
      duplex: "half"
    } as RequestInit)
    const request = HttpServerRequest.fromWeb(web).modify({
      headers: Headers.fromInput({ "content-type": "application/json", ...headers })
    })
    const response = yield* app.pipe(
      Effect.provideService(HttpServerRequest.HttpServerRequest, change(request)),
      Effect.provideService(Metric.MetricRegistry, registry),
      Effect.provide(Logger.layer([log])),
      Effect.scoped
    )
    const text = yield* Effect.promise(() => HttpServerResponse.toWeb(response).text())
    const { detail, error }: { detail?: string; error?: string } = JSON.parse(text)
    return { status: response.status, headers: response.headers, text, detail, error, handled: handled.length - before }
  })
  const count = (reason: CredentialsReason) =>
    Metric.value(Metric.withAttributes(refusalsTotal, { reason: `credentials_${reason}` })).pipe(
      Effect.map(({ count }) => count),
      Effect.provideService(Metric.MetricRegistry, registry)
    )
  return {
    post,
    logged,
    /** The requests that reached the handover. */
    handled,
    /** The events of the journal. */
    events,
    counts: Effect.all({ missing: count("missing"), wrong: count("wrong"), expired: count("expired") })
  }
})

/** Asserts that a door with the built-in routes logged no defect, and accepts valid webhooks as before. */
export const stillWorks = Effect.fnUntraced(function* ({ logged, post }: Effect.Success<ReturnType<typeof door>>) {
  const reply = yield* post({}, JSON.stringify(sales("somebody good")))
  assert.deepInclude(assertSuccess(reply), { target: { type: "queue", id: salesQueueId } })
  assert.notInclude(logged.join("\n"), "defect")
  assertSafe(logged.join("\n"))
})
