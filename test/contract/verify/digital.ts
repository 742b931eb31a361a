/** A CXone with the Digital Engagement API, as it is verified. */
import { Context, Effect, Layer, Redacted } from "effect"
import { Contacts } from "../../../src/cxone/digital/Contacts.ts"
import * as Digital from "../../../src/cxone/digital/Digital.ts"
import { DigitalSettings } from "../../../src/cxone/digital/DigitalSettings.ts"
import { Messages } from "../../../src/cxone/digital/Messages.ts"
import { TenantDirectory } from "../../../src/cxone/digital/TenantDirectory.ts"
import { AccessToken } from "../../../src/cxone/transport/AccessToken.ts"
import type { Cxone } from "./Cxone.ts"
import { makeDigitalStates } from "./digitalStates.ts"
import type { DigitalVerification } from "./Settings.ts"

/** The paths of the issuer; all others are the API's. */
const OF_ISSUER = /^\/(auth\/token|\.well-known\/)/

/** The CXone of these settings. */
export const digital = (settings: DigitalVerification): Cxone => {
  const { accessKeyId, accessKeySecret, attemptTimeout, baseUrl, clientId, clientSecret, issuer } = settings.digital

  const connect = Effect.suspend(() =>
    Layer.build(Layer.provide(Digital.layer(), DigitalSettings.layer(settings.digital)))
  ).pipe(
    Effect.map((context) => ({
      accessToken: Context.get(context, AccessToken),
      ask: Context.get(context, TenantDirectory).fields(),
      contacts: Context.get(context, Contacts),
      directory: Context.get(context, TenantDirectory),
      messages: Context.get(context, Messages)
    }))
  )

  const cxone: Cxone = {
    url: baseUrl ?? issuer,
    startFor: (path) => (OF_ISSUER.test(path) ? issuer : baseUrl),
    tokenPath: "/auth/token",
    places: [
      { start: issuer, path: "/.well-known/cxone-configuration", setting: "CXONE_ISSUER" },
      ...(baseUrl === undefined
        ? []
        : [{ start: baseUrl, path: "/dfo/3.0/consumer-contact-custom-fields", setting: "CXONE_BASE_URL" }])
    ],
    patience: attemptTimeout,
    credentials: {
      clientId,
      clientSecret: Redacted.value(clientSecret),
      accessKeyId,
      accessKeySecret: Redacted.value(accessKeySecret)
    },
    advice: {
      refused: "check CXONE_CLIENT_ID, CXONE_CLIENT_SECRET, CXONE_ACCESS_KEY_ID and CXONE_ACCESS_KEY_SECRET",
      unexpected: "check CXONE_ISSUER: POST /auth/token below it must answer as the contract says",
      notTaken: "check that the API (CXONE_BASE_URL, or what the issuer tells) takes the tokens of CXONE_ISSUER"
    },
    connect,
    states: Effect.flatMap(connect, (connection) => makeDigitalStates(cxone, settings, connection))
  }
  return cxone
}
