/** Provider states that somebody else arranges, at a URL that takes what Pact's verifier posts. */
import { Effect, Result, Schema } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { NoAnswer } from "../../../src/doctor/probe.ts"
import { troubleOf } from "../../../src/doctor/troubles.ts"
import { codeOf } from "../../../src/std/codeOf.ts"
import { makeWayTo } from "../../../src/std/Proxies.ts"
import type { StateChange } from "../support/front.ts"
import type { Arrangement, Values } from "./Arrangement.ts"
import type { Cxone } from "./Cxone.ts"
import { explain, Unarranged } from "./Failure.ts"
import { makeMemory, takesTokens, tokenOf } from "./Provider.ts"

const decode = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown)))

/** The texts of a JSON object; any other answer says nothing. */
const valuesOf = (answer: string): Values =>
  Object.fromEntries(
    Object.entries(Result.getOrElse(decode(answer), () => ({}))).flatMap(([name, value]) =>
      typeof value === "string" ? [[name, value]] : []
    )
  )

/** Forwards every state. Each interaction gets a token of its own: setting a state up may have ended all others. */
export const makeStatesServer = Effect.fnUntraced(function* (url: string, cxone: Cxone) {
  const { patience } = cxone
  const context = yield* Effect.context<HttpClient.HttpClient>()
  const http = yield* HttpClient.HttpClient
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
    begin: cxone.connect.pipe(
      Effect.map((connection) => ({
        arrange,
        granted: Effect.provideContext(unlessTokensAreOut(tokenOf(connection, cxone)), context),
        takesTokens: takesTokens(connection, cxone)
      })),
      Effect.provideContext(context)
    )
  }
  return arrangement
})
