/** The webchat dialect: CXone's webchat API behind the port. */
import { type Config, Effect, Layer, Stream } from "effect"
import type { HttpClient } from "effect/http"
import * as Live from "../../std/Live.ts"
import { ContactCentre } from "../ContactCentre.ts"
import { AccessToken } from "../transport/AccessToken.ts"
import { CXoneClient } from "../transport/CXoneClient.ts"
import type { Labels, LabelsOptions } from "../transport/Labels.ts"
import { Transport } from "../transport/Transport.ts"
import { Conversations } from "./Conversations.ts"
import { CXoneSettings, remediesOf } from "./CXoneSettings.ts"
import { Directory } from "./Directory.ts"
import { clientCredentials } from "./grant.ts"
import { layerLabels } from "./labels.ts"
import { makePlace } from "./place.ts"
import { Routing } from "./Routing.ts"

/** The services of one CXone tenant. */
export type Services = AccessToken | ContactCentre | Conversations | CXoneClient | Directory | Labels | Routing

/** The names of the dialect's calls: errors, metrics and spans hold them. */
export const operations = [
  "token",
  "whoami",
  "queue",
  "agent",
  "open",
  "findActive",
  "routeToQueue",
  "routeToAgent",
  "label"
] as const

/** Gets a token for a client that has changed at once: a wrong one shows while the token of the old one is still valid. */
const followClient = Effect.fnUntraced(function* ({ client }: CXoneSettings["Service"]) {
  if (client === undefined) return
  const { replace } = yield* AccessToken
  const tell = Effect.matchEffect(replace, {
    onFailure: ({ message }) =>
      Effect.logWarning(
        `CXone gave no access token after a change of the credentials, so the old one stays in use: ${message}`
      ),
    onSuccess: () => Effect.logInfo("CXone gave an access token after a change of the credentials")
  })
  yield* Effect.forkScoped(
    Stream.runForEach(Live.changes(client), () => tell),
    { startImmediately: true }
  )
})

/** The authorized client alone, with its token and transport. Each call makes a layer of its own. */
export const layerClient = (): Layer.Layer<AccessToken | CXoneClient, never, CXoneSettings | HttpClient.HttpClient> =>
  Layer.unwrap(
    Effect.map(CXoneSettings, (settings) =>
      Layer.merge(CXoneClient.layer(remediesOf(settings)), Layer.effectDiscard(followClient(settings))).pipe(
        Layer.provideMerge(AccessToken.layerFrom(clientCredentials(settings))),
        Layer.provide(Transport.layer({ ...settings, operations }))
      )
    )
  )

const contactCentre = Layer.effect(
  ContactCentre,
  Effect.gen(function* () {
    const { baseUrl, clientId } = yield* CXoneSettings
    const accessToken = yield* AccessToken
    return {
      tenant: `${baseUrl} as ${clientId}`,
      place: yield* makePlace,
      check: Effect.asVoid(accessToken.get)
    }
  })
)

/** The services over a client and token that are given. Each call makes a layer of its own. */
export const layerOver = (
  labels: LabelsOptions = {}
): Layer.Layer<
  ContactCentre | Conversations | Directory | Labels | Routing,
  never,
  AccessToken | CXoneClient | CXoneSettings
> =>
  Layer.suspend(() =>
    Layer.provideMerge(
      contactCentre,
      Layer.mergeAll(Conversations.layer, Directory.layer, layerLabels(labels), Routing.layer)
    )
      // Some parts are constants: a second tenant in the same application would share the first one's.
      .pipe(Layer.fresh)
  )

/**
 * The services of one CXone tenant, over the given `HttpClient`. What is built from one such layer shares one access token, one circuit and one rate
 * limit. Each call makes a layer for another tenant, which shares nothing with the first. Building it makes no call, and cannot fail.
 */
export const layer = (
  labels: LabelsOptions = {}
): Layer.Layer<Services, never, CXoneSettings | HttpClient.HttpClient> =>
  Layer.provideMerge(layerOver(labels), layerClient())

/** The same, with the settings from `Config`. Fails with the first setting that is missing or wrong. */
export const layerConfig = (
  labels: LabelsOptions = {}
): Layer.Layer<Services | CXoneSettings, Config.ConfigError, HttpClient.HttpClient> =>
  Layer.provideMerge(layer(labels), CXoneSettings.layerConfig())
