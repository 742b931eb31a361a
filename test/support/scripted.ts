/** A CXone that answers by script, for tests that look at single calls: it records what was sent, in order. */
import { Effect, Layer, Redacted } from "effect"
import { HttpClient, HttpClientError, type HttpClientRequest, HttpClientResponse } from "effect/http"
import { DEFAULT_ATTEMPT_TIMEOUT } from "../../src/cxone/transport/Transport.ts"
import { CXoneSettings } from "../../src/cxone/webchat/CXoneSettings.ts"

/** One request as it was sent. */
export interface Sent {
  readonly method: string
  /** Path and query, as on the wire. */
  readonly path: string
  readonly authorization: string | undefined
  readonly body: string
}

/** What the script answers: a response, a broken connection, nothing at all, or a 200 whose body never ends. */
export type Reply =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> }
  | "drop"
  | "hang"
  | "stall"

/** A token's answer. */
export const token = (accessToken: string, expiresIn = 3600): Reply => ({
  status: 200,
  body: { access_token: accessToken, expires_in: expiresIn }
})

const bodyOf = (request: HttpClientRequest.HttpClientRequest): string =>
  request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""

/** A client whose every request is answered by `reply`; `sent` fills with what was asked, `headerNames` with the names of its headers. */
export const scripted = (
  reply: (sent: Sent, index: number) => Reply | Effect.Effect<Reply>,
  settings: Partial<CXoneSettings["Service"]> = {}
) => {
  const sent: Array<Sent> = []
  const headerNames = new Set<string>()
  const client = HttpClient.make((request, url) =>
    Effect.suspend(() => {
      const one: Sent = {
        method: request.method,
        path: url.pathname + url.search,
        authorization: request.headers.authorization,
        body: bodyOf(request)
      }
      for (const name of Object.keys(request.headers)) headerNames.add(name)
      const answer = reply(one, sent.push(one) - 1)
      return Effect.flatMap(Effect.isEffect(answer) ? answer : Effect.succeed(answer), (answer) => {
        if (answer === "hang") return Effect.never
        if (answer === "drop") {
          const cause = Object.assign(new Error("dropped"), { code: "ECONNRESET" })
          return Effect.fail(
            new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) })
          )
        }
        if (answer === "stall")
          return Effect.succeed(HttpClientResponse.fromWeb(request, new Response(new ReadableStream())))
        const { body, headers, status } = answer
        const text = typeof body === "string" ? body : body === undefined ? null : JSON.stringify(body)
        return Effect.succeed(
          HttpClientResponse.fromWeb(request, new Response(text, { status, headers: headers ?? {} }))
        )
      })
    })
  )
  const layer = Layer.merge(
    Layer.succeed(HttpClient.HttpClient, client),
    CXoneSettings.layer({
      baseUrl: "http://cxone.test",
      clientId: "client",
      clientSecret: Redacted.make("secret"),
      attemptTimeout: DEFAULT_ATTEMPT_TIMEOUT,
      ...settings
    })
  )
  return { sent, headerNames, layer }
}

/** The requests that are no token requests. */
export const calls = (sent: ReadonlyArray<Sent>): ReadonlyArray<string> =>
  sent.filter(({ path }) => path !== "/oauth/token").map(({ method, path }) => `${method} ${path}`)
