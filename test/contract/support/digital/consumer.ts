/** Our layers of the digital dialect against Pact's mock server. */
import { type Effect, Layer, Redacted } from "effect"
import { CustomFields } from "../../../../src/cxone/digital/CustomFields.ts"
import * as Digital from "../../../../src/cxone/digital/Digital.ts"
import { type DigitalOptions, DigitalSettings } from "../../../../src/cxone/digital/DigitalSettings.ts"
import type { AccessToken } from "../../../../src/cxone/transport/AccessToken.ts"
import type { Target } from "../../../../src/domain/Target.ts"
import { clientWith, handoversTo, playWith } from "../consumer.ts"
import type { Interaction } from "../mock.ts"
import { digitalPact } from "../pacts.ts"
import { example } from "./example.ts"

const settings = (baseUrl: string, rest: Partial<DigitalOptions> = {}) =>
  DigitalSettings.layer({
    issuer: baseUrl,
    clientId: example.clientId,
    clientSecret: Redacted.make(example.clientSecret),
    accessKeyId: example.accessKeyId,
    accessKeySecret: Redacted.make(example.accessKeySecret),
    channelId: example.channelId,
    ...rest
  })

/** Plays interactions of the issuer. */
export const playIssuer = <A, E>(
  interactions: ReadonlyArray<Interaction>,
  use: Effect.Effect<A, E, AccessToken>,
  rest?: Partial<DigitalOptions>
) =>
  playWith(digitalPact, (baseUrl) => Layer.provide(Digital.layerClient(), settings(baseUrl, rest)))(interactions, use)

const services =
  (rest?: Partial<DigitalOptions>, token = example.accessToken) =>
  (baseUrl: string) =>
    Digital.layerOver().pipe(Layer.provide([clientWith(baseUrl, token), settings(baseUrl, rest)]))

/** Plays interactions of the authorized operations. Custom fields that were put are sent before it ends. */
export const play = playWith(digitalPact, services())

/** The same on another channel. */
export const playOn = (channelId: string) => playWith(digitalPact, services({ channelId }))

/** The same with an access token that CXone no longer takes. */
export const playRevoked = playWith(digitalPact, services({}, example.revokedToken))

/** Plays the interactions of a whole handover to this target. The definitions of custom fields are there already. */
export const playHandover = (target: Target, rest?: Partial<DigitalOptions>) =>
  playWith(digitalPact, (baseUrl) =>
    handoversTo(target).pipe(
      Layer.provide(Layer.effectDiscard(CustomFields.use(({ known }) => known({})))),
      Layer.orDie,
      Layer.provide(services(rest)(baseUrl))
    )
  )
