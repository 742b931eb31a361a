/** Provider states that somebody else arranges, at a URL that takes what Pact's verifier posts. */
import { Context, Effect, Layer, Result, Schema } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { AccessToken } from "../../../src/cxone/transport/AccessToken.ts"
import type { CXoneSettings } from "../../../src/cxone/webchat/CXoneSettings.ts"
import { Directory } from "../../../src/cxone/webchat/Directory.ts"
import * as Webchat from "../../../src/cxone/webchat/Webchat.ts"
import { NoAnswer } from "../../../src/doctor/probe.ts"
import { troubleOf } from "../../../src/doctor/troubles.ts"
import { codeOf } from "../../../src/std/codeOf.ts"
import { makeWayTo } from "../../../src/std/Proxies.ts"
import type { StateChange } from "../support/front.ts"
import type { Arrangement, Values } from "./Arrangement.ts"
import { explain, Unarranged } from "./Failure.ts"
import { makeMemory, takesTokens, tokenOf } from "./Provider.ts"
import type { Settings } from "./Settings.ts"

const decode = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown)))

/** The texts of a JSON object; any other answer says nothing. */
const valuesOf = (answer: string): Values =>
  Object.fromEntries(
    Object.entries(Result.getOrElse(decode(answer), () => ({}))).flatMap(([name, value]) =>
      typeof value === "string" ? [[name, value]] : []
    )
  )

const services = () => Layer.provideMerge(Directory.layer, Webchat.layerClient())

/** Forwards every state. Each interaction gets a token of its own: setting a state up may have ended all others. */
export const makeStatesServer = Effect.fnUntraced(function* (url: string, settings: Settings) {
  const patience = settings.cxone.attemptTimeout
  const context = yield* Effect.context<HttpClient.HttpClient | CXoneSettings>()
  const http = Context.get(context, HttpClient.HttpClient)
  const way = (yield* makeWayTo)(url)
  const unlessStatesAreOut = makeMemory(({ stops }) => stops === "all")
  const unlessTokensAreOut = makeMemory(({ stops }) => stops === "all")
  let hasAccepted = false

  const arrange = (change: StateChange): Effect.Effect<Values, Unarranged> => {
    const failure = (what: string, instead: string, stops: Unarranged["stops"]) =>
      new Unarranged({
        reason: `the state "${change.state}" (${change.action}) could not be arranged, the provider-states URL: ${what}`,
        instead,
        stops
      })
    return HttpClientRequest.post(url).pipe(
      HttpClientRequest.acceptJson,
      HttpClientRequest.bodyJsonUnsafe(change),
      http.execute,
      Effect.flatMap(({ status, text }) => Effect.map(text, (answer) => ({ status, answer }))),
      Effect.timeout(patience),
      Effect.mapError((error) => {
        const noAnswer = new NoAnswer({ code: codeOf(error) })
        const { instead } = troubleOf(noAnswer, "CXONE_PROVIDER_STATES_URL", patience, way)
        return failure(explain(error, patience), instead, "all")
      }),
      Effect.flatMap(({ answer, status }) => {
        const isAccepted = status >= 200 && status < 300
        hasAccepted ||= isAccepted
        return isAccepted
          ? Effect.succeed(valuesOf(answer))
          : Effect.fail(
              failure(
                `it answered ${status}`,
                "check CXONE_PROVIDER_STATES_URL: what is there must answer 2xx to every state",
                hasAccepted ? "alike" : "all"
              )
            )
      }),
      unlessStatesAreOut
    )
  }

  const arrangement: Arrangement = {
    obstacle: () => undefined,
    begin: Layer.build(services()).pipe(
      Effect.map((built) => ({
        arrange,
        token: Effect.provideContext(unlessTokensAreOut(tokenOf(Context.get(built, AccessToken), settings)), context),
        takesTokens: takesTokens(Context.get(built, Directory), patience)
      })),
      Effect.provideContext(context)
    )
  }
  return arrangement
})
