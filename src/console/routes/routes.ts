/** The console as a layer that adds its routes to a router. */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { Effect, Layer } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import type { Handover } from "../../handover/Handover.ts"
import type { Readiness } from "../../handover/Readiness.ts"
import type { Audit } from "../../history/Audit.ts"
import type { History } from "../../history/History.ts"
import type { RoutingPolicy } from "../../routing/RoutingPolicy.ts"
import { Assets } from "../Assets.ts"
import { LogIns } from "../access/LogIns.ts"
import { Sessions } from "../access/Sessions.ts"
import type { Closing } from "../Closing.ts"
import { CONSOLE_PATH, type ConsoleSettings } from "../ConsoleSettings.ts"
import { HandOverAgain } from "../HandOverAgain.ts"
import { TableChecks } from "../routing/TableChecks.ts"
import { logIn, logOut } from "./access.ts"
import { audit } from "./audit.ts"
import { checkTable } from "./checkTable.ts"
import { makeHandler, type PublicRoute } from "./handle.ts"
import { handover } from "./handover.ts"
import { handovers } from "./handovers.ts"
import { now } from "./now.ts"
import type { Route } from "./Route.ts"
import { routing } from "./routing.ts"
import { tryPayload } from "./tryPayload.ts"

/** All pages and actions of those who are logged in. */
const pages = Effect.map(
  Effect.all([now, handovers, handover, routing, tryPayload, checkTable, audit, logOut]),
  (routes): ReadonlyArray<Route> => routes.flat()
)

/** Routes by their paths. */
const byPath = (routes: ReadonlyArray<Route>) =>
  [...Map.groupBy(routes, ({ path }) => path)].map(([path, routes]) => ({ path, routes }))

const asset = Effect.map(
  Assets,
  ({ response }): ReadonlyArray<PublicRoute> => [
    {
      method: "GET",
      answer: (request) =>
        Effect.map(
          HttpRouter.params,
          ({ name = "", version = "" }) => response(version, name, request) ?? HttpServerResponse.empty({ status: 404 })
        )
    }
  ]
)

/** The services that the console needs. */
export type ConsoleRequirements = Audit | Closing | Handover | History | Readiness | RoutingPolicy

/** The routes of the console, all of them below `/console`. */
export const routes = (
  settings: ConsoleSettings
): Layer.Layer<never, never, ConsoleRequirements | HttpRouter.HttpRouter> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const router = yield* HttpRouter.HttpRouter
      const { forAll, forViewers } = yield* makeHandler(settings)
      for (const { path, routes } of byPath(yield* pages)) {
        // "/console/*" is "/console", too.
        yield* router.add("*", path === CONSOLE_PATH ? `${CONSOLE_PATH}/*` : path, forViewers(routes))
      }
      yield* router.add("*", "/console/login", forAll(yield* logIn))
      yield* router.add("*", "/console/assets/:version/:name", forAll(yield* asset))
    })
  ).pipe(
    Layer.provide([
      LogIns.layer,
      HandOverAgain.layer,
      TableChecks.layer,
      Layer.provide(Assets.layer, NodeFileSystem.layer)
    ]),
    Layer.provide(Sessions.layer(settings))
  )
