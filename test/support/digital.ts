/** The digital dialect over a scripted CXone. */
import { Duration, Effect, Layer, Redacted } from "effect"
import * as Digital from "../../src/cxone/digital/Digital.ts"
import { DigitalSettings } from "../../src/cxone/digital/DigitalSettings.ts"
import { AccessToken } from "../../src/cxone/transport/AccessToken.ts"
import { CXoneClient } from "../../src/cxone/transport/CXoneClient.ts"
import type { LabelsOptions } from "../../src/cxone/transport/Labels.ts"
import { DEFAULT_ATTEMPT_TIMEOUT, Transport } from "../../src/cxone/transport/Transport.ts"
import { type Reply, type Sent, scripted } from "./scripted.ts"

/** The settings of a tenant, with others in the place of some. */
export const digitalSettings = (settings: Partial<DigitalSettings["Service"]> = {}) =>
  Layer.succeed(DigitalSettings, {
    issuer: "http://issuer.test",
    clientId: "client",
    clientSecret: Redacted.make("secret"),
    accessKeyId: "key",
    accessKeySecret: Redacted.make("key-secret"),
    channelId: "chat_1",
    contact: "open",
    intentField: "cognigy_intent",
    acdVersion: "v30.0",
    attemptTimeout: DEFAULT_ATTEMPT_TIMEOUT,
    ...settings
  })

/** A token that never changes. */
const fixedToken = Layer.succeed(AccessToken, {
  get: Effect.succeed({ token: Redacted.make("token"), life: Duration.hours(1), baseUrl: "http://cxone.test" }),
  drop: () => Effect.void,
  reject: () => Effect.void,
  replace: Effect.void
})

/** A tenant that answers by script. Its definitions of custom fields are asked for in the background, so they are no part of `sent`. */
export const digital = (
  reply: (sent: Sent, index: number) => Reply | Effect.Effect<Reply>,
  {
    fields = { status: 200, body: [{ ident: "cognigy_intent" }] },
    labels,
    settings
  }: {
    readonly fields?: Reply
    readonly labels?: LabelsOptions
    readonly settings?: Partial<DigitalSettings["Service"]>
  } = {}
) => {
  const sent: Array<Sent> = []
  const script = scripted((one) => {
    if (one.path.endsWith("/consumer-contact-custom-fields")) return fields
    return reply(one, sent.push(one) - 1)
  })
  const layer = Digital.layerOver(labels).pipe(
    Layer.provide(CXoneClient.layer({ unauthorized: "check it", permissionMissing: "add it to the role" })),
    Layer.provide([fixedToken, Transport.layer(), digitalSettings(settings)]),
    Layer.provide(script.layer)
  )
  return { sent, layer }
}

/** The calls that were sent, without `/dfo/3.0` and without the ids of messages. */
export const brief = (sent: ReadonlyArray<Sent>): ReadonlyArray<string> =>
  sent.map(({ method, path }) =>
    `${method} ${path}`.replace("/dfo/3.0", "").replace(/(idOnExternalPlatform\[\]=)cognigy-[\w-]+/, "$1ID")
  )
