/** Our layers of the webchat dialect against Pact's mock server. */
import { type Effect, Layer, Redacted } from "effect"
import type { AccessToken } from "../../../src/cxone/transport/AccessToken.ts"
import type { CXoneClient } from "../../../src/cxone/transport/CXoneClient.ts"
import { CXoneSettings } from "../../../src/cxone/webchat/CXoneSettings.ts"
import * as Webchat from "../../../src/cxone/webchat/Webchat.ts"
import type { Target } from "../../../src/domain/Target.ts"
import { clientWith, handoversTo, playWith } from "./consumer.ts"
import { example } from "./cxoneInteractions.ts"
import type { Interaction } from "./mock.ts"
import { cxonePact } from "./pacts.ts"

const settings = (baseUrl: string, clientSecret = example.clientSecret) =>
  CXoneSettings.layer({ baseUrl, clientId: example.clientId, clientSecret: Redacted.make(clientSecret) })

/** Plays interactions of the token endpoint. */
export const playToken = <A, E>(
  interactions: ReadonlyArray<Interaction>,
  use: Effect.Effect<A, E, AccessToken | CXoneClient>,
  clientSecret?: string
) =>
  playWith(cxonePact, (baseUrl) => Layer.provide(Webchat.layerClient(), settings(baseUrl, clientSecret)))(
    interactions,
    use
  )

const services = (token: string, next?: string) => (baseUrl: string) =>
  Webchat.layerOver().pipe(Layer.provide([clientWith(baseUrl, token, next), settings(baseUrl)]))

/** Plays interactions of the authorized operations. Labels that were put are sent before it ends. */
export const play = playWith(cxonePact, services(example.accessToken))

/** The same with an access token that CXone no longer takes. */
export const playRevoked = playWith(cxonePact, services(example.revokedToken))

/** The same where a fresh one can be had. */
export const playRenewed = playWith(cxonePact, services(example.revokedToken, example.accessToken))

/** Plays the interactions of a whole handover to this target. */
export const playHandover = (target: Target) =>
  playWith(cxonePact, (baseUrl) => Layer.provide(handoversTo(target), services(example.accessToken)(baseUrl)))
