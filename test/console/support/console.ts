/** A console on a port of its own, with a world of its own behind it. */
import { NodeHttpClient } from "@effect/platform-node"
import { Context, Effect, Layer, Redacted } from "effect"
import { HttpBody, HttpClient, HttpClientRequest, HttpServer } from "effect/http"
import { Closing } from "../../../src/console/Closing.ts"
import type { ConsoleAccess } from "../../../src/console/ConsoleSettings.ts"
import * as ConsoleServer from "../../../src/console/server.ts"
import { makeWorld, servicesOf, type World } from "./fakes.ts"

/** The user and the password of a test's console. */
export const operator = { user: "operator", password: "correct horse battery staple" }

/** A whole answer. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
}

/** A console. Requests follow no redirect, and keep no cookie. */
export class TestConsole extends Context.Service<
  TestConsole,
  {
    readonly url: string
    readonly world: World
    readonly closing: Closing["Service"]
    readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Effect.Effect<Reply>
    /** Posts a form. */
    readonly post: (
      path: string,
      form: Readonly<Record<string, string>>,
      headers?: Readonly<Record<string, string>>
    ) => Effect.Effect<Reply>
    readonly send: (request: HttpClientRequest.HttpClientRequest) => Effect.Effect<Reply>
    /** The cookie of a new session. */
    readonly logIn: Effect.Effect<string>
  }
>()("test/console/TestConsole") {
  static readonly layer = (access?: ConsoleAccess): Layer.Layer<TestConsole> =>
    Layer.effect(
      TestConsole,
      Effect.gen(function* () {
        const world = yield* makeWorld
        const settings = {
          access: access ?? { user: operator.user, password: Redacted.make(operator.password) },
          listen: { host: "127.0.0.1", port: 0 }
        }
        const context = yield* Layer.build(
          ConsoleServer.layer(settings).pipe(Layer.provide(servicesOf(world)), Layer.provideMerge(Closing.layer))
        )
        const { address } = Context.get(context, HttpServer.HttpServer)
        const url = HttpServer.formatAddress(address)
        const client = yield* HttpClient.HttpClient

        const send = Effect.fnUntraced(function* (request: HttpClientRequest.HttpClientRequest) {
          const { headers, status, text } = yield* client.execute(request)
          return { status, headers, text: yield* text }
        }, Effect.orDie)
        const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
          send(HttpClientRequest.get(`${url}${path}`, { headers }))
        const post = (
          path: string,
          form: Readonly<Record<string, string>>,
          headers: Readonly<Record<string, string>> = {}
        ) =>
          send(
            HttpClientRequest.post(`${url}${path}`, {
              headers,
              body: HttpBody.text(new URLSearchParams(form).toString(), "application/x-www-form-urlencoded")
            })
          )
        const logIn = Effect.map(
          post("/console/login", operator),
          ({ headers }) => headers["set-cookie"]?.split(";", 1)[0] ?? ""
        )
        return { url, world, closing: Context.get(context, Closing), get, post, send, logIn }
      })
    ).pipe(Layer.provide(NodeHttpClient.layerNodeHttp), Layer.orDie)
}
