/** The webchat dialect: CXone's webchat API behind the port. */
import { type Config, Effect, Layer } from "effect"
import type { HttpClient } from "effect/http"
import { ContactCentre } from "../ContactCentre.ts"
import { AccessToken } from "../transport/AccessToken.ts"
import { CXoneClient } from "../transport/CXoneClient.ts"
import { followClient } from "../transport/changingClient.ts"
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

/** The authorized client alone, with its token and transport. Each call makes a layer of its own. */
export const layerClient = (): Layer.Layer<AccessToken | CXoneClient, never, CXoneSettings | HttpClient.HttpClient> =>
  Layer.unwrap(
    Effect.map(CXoneSettings, (settings) =>
      Layer.merge(CXoneClient.layer(remediesOf(settings)), Layer.effectDiscard(followClient(settings.client))).pipe(
        Layer.provideMerge(AccessToken.layerFrom(clientCredentials(settings))),
        Layer.provide(Transport.layer({ ...settings, operations, dialect: "webchat" }))
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
