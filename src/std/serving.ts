/** An application on a Node server of its own. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Effect, Layer, type Scope } from "effect"
import { HttpServer, type HttpServerRequest, type HttpServerResponse } from "effect/http"
import type { makeNodeServer } from "./nodeServer.ts"

/** Serves an application on a Node server, until the scope closes. It listens once the application is built: Node answers nothing that comes before. */
export const serving = <E, R>(
  app: Effect.Effect<
    Effect.Effect<HttpServerResponse.HttpServerResponse, E, HttpServerRequest.HttpServerRequest | Scope.Scope>,
    never,
    R
  >,
  { beforeClose, server }: ReturnType<typeof makeNodeServer>,
  options: NodeHttpServer.Options
) => {
  const listening = NodeHttpServer.layer(() => server, options)
  const cutting = Layer.effectDiscard(Effect.addFinalizer(() => Effect.sync(() => server.closeAllConnections())))
  return Layer.unwrap(
    Effect.map(app, (app) =>
      Layer.effectDiscard(
        Effect.andThen(
          HttpServer.serveEffect(app),
          Effect.addFinalizer(() => beforeClose)
        )
      ).pipe(Layer.provideMerge(Layer.provideMerge(cutting, listening)))
    )
  ).pipe(Layer.provide(NodeHttpServer.layerHttpServices))
}
