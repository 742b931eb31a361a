/** The check of the collector of traces: something answers there. Handovers do not need it, so it never fails. */
import { type Duration, Effect } from "effect"
import { type HttpClient, HttpClientRequest } from "effect/http"
import { inWords, makeWayTo } from "../std/Proxies.ts"
import { type Check, ok, warned } from "./Check.ts"
import { reach } from "./probe.ts"
import { forwardTrouble, troubleOf } from "./troubles.ts"

/** The check of a collector at this URL, which is without credentials. It sends no trace: any answer will do. */
export const collectorCheck = (url: string, patience: Duration.Duration): Check<HttpClient.HttpClient> => ({
  name: "traces",
  run: Effect.gen(function* () {
    const way = (yield* makeWayTo)(url)
    return yield* Effect.match(reach(HttpClientRequest.get(url), patience), {
      onFailure: (error) => {
        const { instead, what } = troubleOf(error, "OTEL_EXPORTER_OTLP_ENDPOINT", patience, way)
        return warned(`no collector at ${url}: ${what}, ${inWords(way)}`, instead)
      },
      onSuccess: ({ status }) => {
        const trouble = forwardTrouble(status, "OTEL_EXPORTER_OTLP_ENDPOINT", way)
        return trouble === undefined
          ? ok(`${url} answered ${status}, ${inWords(way)}`)
          : warned(`${url}: ${trouble.what}, ${inWords(way)}`, trouble.instead)
      }
    })
  })
})
