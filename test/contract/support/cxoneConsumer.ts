/** Our own layers against Pact's mock server in the place of CXone. */
import { NodeHttpClient } from "@effect/platform-node"
import { assert } from "@effect/vitest"
import { Duration, Effect, Layer, Logger, Redacted } from "effect"
import { HttpClient, type HttpClientRequest } from "effect/http"
import * as Deadline from "../../../src/cxone/Deadline.ts"
import { AccessToken } from "../../../src/cxone/transport/AccessToken.ts"
import { CXoneClient } from "../../../src/cxone/transport/CXoneClient.ts"
import { DEFAULT_ATTEMPT_TIMEOUT, Transport } from "../../../src/cxone/transport/Transport.ts"
import { CXoneSettings } from "../../../src/cxone/webchat/CXoneSettings.ts"
import * as Webchat from "../../../src/cxone/webchat/Webchat.ts"
import type { Target } from "../../../src/domain/Target.ts"
import { Handover } from "../../../src/handover/Handover.ts"
import { RoutingPolicy } from "../../../src/routing/RoutingPolicy.ts"
import { example } from "./cxoneInteractions.ts"
import { type Interaction, Match, withMock } from "./mock.ts"
import { cxonePact } from "./pacts.ts"

type Base = CXoneSettings | HttpClient.HttpClient

/** What one request holds that the contract speaks of. */
const sentBy = (request: HttpClientRequest.HttpClientRequest, url: URL) => {
  const text = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : undefined
  return {
    method: request.method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    authorization: request.headers.authorization,
    body: text?.startsWith("{") ? JSON.parse(text) : text
  }
}

type Sent = ReturnType<typeof sentBy>

const exampleOf = ({ withRequest }: Interaction): Sent => {
  const { body, headers, method, path, query } = withRequest
  const { Authorization: authorization } = (Match.reify(headers ?? {}) ?? {}) as Record<string, string>
  return {
    method,
    path: String(Match.reify(path)),
    query: Match.reify(query ?? {}) as Record<string, string>,
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

const settings = (baseUrl: string, clientSecret: string) =>
  CXoneSettings.layer({
    baseUrl,
    clientId: example.clientId,
    clientSecret: Redacted.make(clientSecret),
    attemptTimeout: DEFAULT_ATTEMPT_TIMEOUT
  })

/**
 * Plays interactions with these layers. The pact takes any id where one may stand; what is sent must be the very example,
 * so that an id in the wrong place does not pass for a right one. Nothing may be logged: nobody else hears of a label that CXone refused.
 */
const playWith =
  <R>(layers: Layer.Layer<R, never, Base>) =>
  <A, E>(
    interactions: ReadonlyArray<Interaction>,
    use: Effect.Effect<A, E, R>,
    clientSecret = example.clientSecret
  ): Effect.Effect<A> =>
    withMock(cxonePact, interactions, (baseUrl) => {
      const sent: Array<Sent> = []
      const logged: Array<unknown> = []
      const logger = Logger.make<unknown, void>(({ message }) => {
        logged.push(message)
      })
      return use.pipe(
        Deadline.within("10 seconds"),
        Effect.provide(
          Layer.provide(layers, [settings(baseUrl, clientSecret), recorded(sent), Logger.layer([logger])])
        ),
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

/** Plays interactions of the token endpoint. */
export const playToken = playWith(Webchat.layerClient())

/** A token that is there already, and the one that takes its place when it is dropped. */
const fixedToken = (token: string, next: string) =>
  Layer.effect(
    AccessToken,
    Effect.map(CXoneSettings, ({ baseUrl }) => {
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
  )

const services = (token: string, next = token) =>
  Webchat.layerOver().pipe(
    Layer.provide(CXoneClient.layer({ unauthorized: "", permissionMissing: "" })),
    Layer.provide([fixedToken(token, next), Transport.layer()])
  )

/** Plays interactions of the authorized operations. Labels that were put are sent before it ends. */
export const play = playWith(services(example.accessToken))

/** The same with an access token that CXone no longer takes. */
export const playRevoked = playWith(services(example.revokedToken))

/** The same where a fresh one can be had. */
export const playRenewed = playWith(services(example.revokedToken, example.accessToken))

/** Plays the interactions of a whole handover to this target, by a rule that has nothing of the intent's name. */
export const playHandover = (target: Target) =>
  playWith(
    Handover.layer().pipe(
      Layer.provide(RoutingPolicy.layer(() => Effect.succeed({ rule: "rule-7", target }))),
      Layer.provide(services(example.accessToken))
    )
  )
