/** Our own layers against Pact's mock server in the place of CXone, for any dialect. */
import { NodeHttpClient } from "@effect/platform-node"
import { assert } from "@effect/vitest"
import { Clock, Duration, Effect, Layer, Logger, LogLevel, Redacted } from "effect"
import { HttpClient, type HttpClientRequest } from "effect/http"
import type { ContactCentre } from "../../../src/cxone/ContactCentre.ts"
import * as Deadline from "../../../src/cxone/Deadline.ts"
import { AccessToken } from "../../../src/cxone/transport/AccessToken.ts"
import { CXoneClient } from "../../../src/cxone/transport/CXoneClient.ts"
import { Transport } from "../../../src/cxone/transport/Transport.ts"
import type { Target } from "../../../src/domain/Target.ts"
import { Handover } from "../../../src/handover/Handover.ts"
import type { Journal } from "../../../src/handover/Journal.ts"
import { RoutingPolicy } from "../../../src/routing/RoutingPolicy.ts"
import { type Interaction, Match, withMock } from "./mock.ts"
import type { Parties } from "./pacts.ts"

/** The date on which all consumer tests run: what is sent is the same in every run. */
export const today = "2026-12-01T10:00:00.000Z"

/** What one request holds that the contract speaks of. */
const sentBy = (request: HttpClientRequest.HttpClientRequest, { pathname, searchParams }: URL) => {
  const text = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : undefined
  return {
    method: request.method,
    path: pathname,
    query: Object.fromEntries([...searchParams.keys()].map((name) => [name, searchParams.getAll(name)])),
    authorization: request.headers.authorization,
    body: text !== undefined && /^[[{]/.test(text) ? JSON.parse(text) : text
  }
}

type Sent = ReturnType<typeof sentBy>

const exampleOf = ({ withRequest }: Interaction): Sent => {
  const { body, headers, method, path, query } = withRequest
  const { Authorization: authorization } = (Match.reify(headers ?? {}) ?? {}) as Record<string, string>
  const pairs = Object.entries(Match.reify(query ?? {}) as Record<string, string | Array<string>>)
  return {
    method,
    path: String(Match.reify(path)),
    query: Object.fromEntries(pairs.map(([name, value]) => [name, Array.isArray(value) ? value : [value]])),
    authorization,
    body: body === undefined ? undefined : Match.reify(body)
  }
}

/** Notes down what is sent, whoever sends it. */
const recorded = (sent: Array<Sent>) =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.map(HttpClient.HttpClient, (http) =>
      HttpClient.make((request, url) => {
        sent.push(sentBy(request, url))
        return http.execute(request)
      })
    )
  ).pipe(Layer.provide(Layer.fresh(NodeHttpClient.layerUndici)))

/** A clock on which it stays the same date, while time is measured and waits end as ever. */
const sameDay = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Clock.clockWith((clock) => {
    const millis = Date.parse(today)
    const nanos = BigInt(millis) * 1_000_000n
    return Effect.provideService(effect, Clock.Clock, {
      currentTimeMillisUnsafe: () => millis,
      currentTimeMillis: Effect.succeed(millis),
      currentTimeNanosUnsafe: () => nanos,
      currentTimeNanos: Effect.succeed(nanos),
      monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
      monotonicTimeNanos: clock.monotonicTimeNanos,
      sleep: (duration) => clock.sleep(duration)
    })
  })

/**
 * Plays interactions of a pact with the layers for the mock server's URL. The pact takes any id where one may stand; what is sent must be the very
 * example, so that an id in the wrong place does not pass for a right one. There may be no warning: nobody else hears of a label that CXone refused.
 */
export const playWith =
  <R>(pact: Parties, layersOf: (baseUrl: string) => Layer.Layer<R, never, HttpClient.HttpClient>) =>
  <A, E>(interactions: ReadonlyArray<Interaction>, use: Effect.Effect<A, E, R>): Effect.Effect<A> =>
    withMock(pact, interactions, (baseUrl) => {
      const sent: Array<Sent> = []
      const logged: Array<unknown> = []
      const logger = Logger.make<unknown, void>(({ logLevel, message }) => {
        if (LogLevel.isGreaterThanOrEqualTo(logLevel, "Warn")) logged.push(message)
      })
      return use.pipe(
        Deadline.within("10 seconds"),
        Effect.provide(Layer.provide(layersOf(baseUrl), [recorded(sent), Logger.layer([logger])])),
        sameDay,
        Effect.orDie,
        Effect.tap(() =>
          Effect.sync(() => {
            const examples = interactions.map(exampleOf)
            for (const one of sent) assert.deepInclude(examples, one)
            assert.deepStrictEqual(logged, [])
          })
        )
      )
    })

/** A client with a token that is there already, and the one that takes its place when it is dropped. */
export const clientWith = (baseUrl: string, token: string, next = token) => {
  const fixedToken = Layer.sync(AccessToken, () => {
    let current = token
    return {
      get: Effect.sync(() => ({ token: Redacted.make(current), life: Duration.hours(1), baseUrl })),
      drop: () =>
        Effect.sync(() => {
          current = next
        }),
      reject: () => Effect.void,
      replace: Effect.void
    }
  })
  return CXoneClient.layer({ unauthorized: "", permissionMissing: "" }).pipe(
    Layer.provideMerge(fixedToken),
    Layer.provide(Transport.layer())
  )
}

/** Handovers to this target, by a rule that has nothing of the intent's name. */
export const handoversTo = (target: Target): Layer.Layer<Handover | Journal, never, ContactCentre> =>
  Layer.provide(
    Handover.layer(),
    RoutingPolicy.layer(() => Effect.succeed({ rule: "rule-7", target }))
  )
