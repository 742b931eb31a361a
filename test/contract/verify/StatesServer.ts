/** Provider states that somebody else arranges, at a URL that takes what Pact's verifier posts. */
import { Context, type Duration, Effect, Layer, Result, Schema } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { AccessToken } from "../../../src/cxone/transport/AccessToken.ts"
import type { CXoneSettings } from "../../../src/cxone/webchat/CXoneSettings.ts"
import * as Webchat from "../../../src/cxone/webchat/Webchat.ts"
import type { StateChange } from "../support/front.ts"
import type { Arrangement, Values } from "./Arrangement.ts"
import { explain, Unarranged } from "./Failure.ts"
import { makeOutageMemory, tokenOf } from "./Token.ts"

const decode = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown)))

/** The texts of a JSON object; any other answer says nothing. */
const valuesOf = (answer: string): Values =>
  Object.fromEntries(
    Object.entries(Result.getOrElse(decode(answer), () => ({}))).flatMap(([name, value]) =>
      typeof value === "string" ? [[name, value]] : []
    )
  )

/** Forwards every state. Each interaction gets a token of its own: setting a state up may have ended all others. */
export const makeStatesServer = Effect.fnUntraced(function* (url: string, patience: Duration.Duration) {
  const context = yield* Effect.context<HttpClient.HttpClient | CXoneSettings>()
  const http = Context.get(context, HttpClient.HttpClient)
  const unlessStatesAreOut = makeOutageMemory()
  const unlessTokensAreOut = makeOutageMemory()

  const arrange = (change: StateChange): Effect.Effect<Values, Unarranged> => {
    const failure = (what: string, isOutage: boolean) =>
      new Unarranged({
        reason: `the state "${change.state}" (${change.action}) could not be arranged, the provider-states URL: ${what}`,
        isOutage
      })
    return HttpClientRequest.post(url).pipe(
      HttpClientRequest.acceptJson,
      HttpClientRequest.bodyJsonUnsafe(change),
      http.execute,
      Effect.flatMap(({ status, text }) => Effect.map(text, (answer) => ({ status, answer }))),
      Effect.timeout(patience),
      Effect.mapError((error) => failure(explain(error, patience), true)),
      Effect.flatMap(({ answer, status }) =>
        status >= 200 && status < 300
          ? Effect.succeed(valuesOf(answer))
          : Effect.fail(failure(`it answered ${status}`, false))
      ),
      unlessStatesAreOut
    )
  }

  const arrangement: Arrangement = {
    obstacle: () => undefined,
    begin: Layer.build(Webchat.layerClient()).pipe(
      Effect.map((built) => ({
        arrange,
        token: unlessTokensAreOut(tokenOf(Context.get(built, AccessToken), patience))
      })),
      Effect.provideContext(context)
    )
  }
  return arrangement
})
