/** The digital dialect: CXone's Digital Engagement API behind the port. */
import { type Config, Effect, Layer } from "effect"
import type { HttpClient } from "effect/http"
import { ContactCentre } from "../ContactCentre.ts"
import { AccessToken } from "../transport/AccessToken.ts"
import { CXoneClient } from "../transport/CXoneClient.ts"
import { followClient } from "../transport/changingClient.ts"
import type { Labels, LabelsOptions } from "../transport/Labels.ts"
import { Transport } from "../transport/Transport.ts"
import { Contacts } from "./Contacts.ts"
import { CustomFields } from "./CustomFields.ts"
import { Delivery } from "./Delivery.ts"
import { DigitalSettings, remediesOf } from "./DigitalSettings.ts"
import { accessKeyGrant } from "./grant.ts"
import { layerLabels } from "./labels.ts"
import { Messages } from "./Messages.ts"
import { makePlace } from "./place.ts"
import { TenantDirectory } from "./TenantDirectory.ts"

/** The services of one tenant. */
export type Services =
  | AccessToken
  | ContactCentre
  | Contacts
  | CustomFields
  | CXoneClient
  | Labels
  | Messages
  | TenantDirectory

/** The names of the dialect's calls: errors, metrics and spans hold them. */
export const operations = [
  "token",
  "discovery",
  "channel",
  "post",
  "message",
  "contact",
  "findActive",
  "routeToQueue",
  "routeToAgent",
  "priority",
  "fields",
  "label",
  "status",
  "skill",
  "queue",
  "agent",
  "activity"
] as const

/** The authorized client alone, with its token and transport. Each call makes a layer of its own. */
export const layerClient = (): Layer.Layer<AccessToken | CXoneClient, never, DigitalSettings | HttpClient.HttpClient> =>
  Layer.unwrap(
    Effect.map(DigitalSettings, (settings) =>
      Layer.merge(CXoneClient.layer(remediesOf(settings)), Layer.effectDiscard(followClient(settings.client))).pipe(
        Layer.provideMerge(AccessToken.layerFrom(accessKeyGrant(settings))),
        Layer.provide(Transport.layer({ ...settings, operations, dialect: "digital" }))
      )
    )
  )

const contactCentre = Layer.effect(
  ContactCentre,
  Effect.gen(function* () {
    const { baseUrl, channelId, clientId, issuer } = yield* DigitalSettings
    const accessToken = yield* AccessToken
    return {
      tenant: `${baseUrl ?? issuer} as ${clientId}${channelId === undefined ? "" : `, channel ${channelId}`}`,
      place: yield* makePlace,
      check: Effect.asVoid(accessToken.get)
    }
  })
)

/** The services over a client and token that are given. Each call makes a layer of its own. */
export const layerOver = (
  labels: LabelsOptions = {}
): Layer.Layer<Exclude<Services, AccessToken | CXoneClient>, never, AccessToken | CXoneClient | DigitalSettings> =>
  Layer.unwrap(
    Effect.map(DigitalSettings, ({ acdVersion, channelId = "" }) =>
      contactCentre.pipe(
        Layer.provide(Delivery.layer),
        Layer.provideMerge(layerLabels(labels)),
        Layer.provideMerge(CustomFields.layer),
        Layer.provideMerge(
          Layer.mergeAll(Contacts.layer, Messages.layer(channelId), TenantDirectory.layer(acdVersion))
        ),
        // Some parts are constants: a second tenant in the same application would share the first one's.
        Layer.fresh
      )
    )
  )

/**
 * The services of one tenant, over the given `HttpClient`. What is built from one such layer shares one access token, one circuit and one rate limit. Each call
 * makes a layer for another tenant, which shares nothing with the first. Building it makes no call, and cannot fail.
 */
export const layer = (
  labels: LabelsOptions = {}
): Layer.Layer<Services, never, DigitalSettings | HttpClient.HttpClient> =>
  Layer.provideMerge(layerOver(labels), layerClient())

/** The same, with the settings from `Config`. Fails with the first setting that is missing or wrong. */
export const layerConfig = (
  labels: LabelsOptions = {}
): Layer.Layer<Services | DigitalSettings, Config.ConfigError, HttpClient.HttpClient> =>
  Layer.provideMerge(layer(labels), DigitalSettings.layerConfig())
