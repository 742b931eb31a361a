/** The digital dialect: CXone's Digital Engagement API behind the port. */
import { Effect, Layer } from "effect"
import { ContactCentre } from "../ContactCentre.ts"
import { AccessToken } from "../transport/AccessToken.ts"
import type { CXoneClient } from "../transport/CXoneClient.ts"
import type { Labels, LabelsOptions } from "../transport/Labels.ts"
import { Contacts } from "./Contacts.ts"
import { CustomFields } from "./CustomFields.ts"
import { Delivery } from "./Delivery.ts"
import { DigitalSettings } from "./DigitalSettings.ts"
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
