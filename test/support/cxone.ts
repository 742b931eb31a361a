/** The CXone services over a scripted CXone. */
import { type Effect, Layer } from "effect"
import type { HttpClient } from "effect/http"
import type { LabelsOptions } from "../../src/cxone/transport/Labels.ts"
import type { CXoneSettings } from "../../src/cxone/webchat/CXoneSettings.ts"
import * as Webchat from "../../src/cxone/webchat/Webchat.ts"
import { type Reply, type Sent, scripted, token } from "./scripted.ts"

/** All services of `src/cxone`. */
export const services = (http: Layer.Layer<HttpClient.HttpClient | CXoneSettings>, labels?: LabelsOptions) =>
  Layer.provide(Webchat.layer(labels), http)

/** A CXone that grants tokens and answers everything else by script; the index counts the calls that are no token calls. */
export const cxone = (
  reply: (sent: Sent, index: number) => Reply | Effect.Effect<Reply>,
  labels?: LabelsOptions,
  settings?: Partial<CXoneSettings["Service"]>
) => {
  let [tokens, calls] = [0, 0]
  const script = scripted((sent) => {
    if (sent.path === "/oauth/token") return token(`token-${++tokens}`)
    return reply(sent, calls++)
  }, settings)
  return { sent: script.sent, headerNames: script.headerNames, layer: services(script.layer, labels) }
}
