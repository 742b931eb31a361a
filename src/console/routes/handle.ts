/** How each request of the console is handled: who may, how, and what becomes of failures. */
import { Effect } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { Assets } from "../Assets.ts"
import { isLoopbackHost, isSameOrigin } from "../access/origin.ts"
import { readForm } from "../access/readForm.ts"
import { Sessions } from "../access/Sessions.ts"
import { CONSOLE_PATH, type ConsoleSettings } from "../ConsoleSettings.ts"
import type { Viewer } from "../Viewer.ts"
import { errorView, type Flash, type View } from "../view.ts"
import { end } from "./events.ts"
import { type Answer, type Route, textOf } from "./Route.ts"
import { flashCookieOf, flashOf, HEADERS, noFlash, respondWith, seeOther } from "./respond.ts"

type Request = HttpServerRequest.HttpServerRequest
type Response = HttpServerResponse.HttpServerResponse

const notFound = errorView(404, "There is no such page", "The address may be incomplete, or of another version.")
const otherHost = errorView(
  403,
  "This console answers on loopback only",
  "It has no password. Open it by http://127.0.0.1 or http://localhost."
)
const otherSite = errorView(
  403,
  "This request came from another site",
  "Nothing was done. Open the console itself, and try again there."
)
const oldForm = errorView(
  403,
  "This form is no longer valid",
  "Nothing was done. It is from another session: go back, reload the page, and try again."
)
const broken = errorView(500, "The console has a defect", "The log of the router says more. Handovers go on.")
const notAllowed = (allowed: string) => errorView(405, "This address does not take that", `It takes ${allowed}.`)

/** The log-in, and the page to go to after it. A live page that comes back is told that its session is over: it would take the log-in for a broken connection. */
const logIn = ({ headers, method, url }: Request): Response => {
  if (headers.accept === "text/event-stream") return HttpServerResponse.text(end, { contentType: "text/event-stream" })
  return seeOther(
    method === "POST" || url === CONSOLE_PATH ? "/console/login" : `/console/login?${new URLSearchParams({ to: url })}`
  )
}

const isResponse = (answer: Answer): answer is Response => HttpServerResponse.isHttpServerResponse(answer)

const queryOf = (url: string) => new URLSearchParams(url.split("#", 1)[0]?.split("?").slice(1).join("?"))

/** A route that needs no log-in. */
export interface PublicRoute {
  readonly method: "GET" | "POST"
  readonly answer: (request: Request) => Effect.Effect<View | Response, never, HttpRouter.RouteContext>
}

const methodOf = ({ method }: Request) => (method === "HEAD" ? "GET" : method)

/** Makes a handler of all routes of one path, for those who may see them. */
export const makeHandler = Effect.fnUntraced(function* ({ access }: ConsoleSettings) {
  const sessions = yield* Sessions
  const assets = yield* Assets

  const framed = (view: View, request: Request, viewer?: Viewer, flash?: Flash) =>
    respondWith(view, { viewer, flash, asset: assets.path }, request)

  /** An answer as a response. */
  const show = Effect.fnUntraced(function* (answer: Answer, request: Request, viewer: Viewer) {
    if (isResponse(answer)) return answer
    if ("redirect" in answer) {
      const response = seeOther(answer.redirect)
      if (answer.flash === undefined) return response
      return HttpServerResponse.setHeader(response, "set-cookie", flashCookieOf(answer.flash, viewer.session, sessions))
    }
    const flash = flashOf(request, viewer.session, sessions)
    const response = yield* framed(answer, request, viewer, flash)
    return flash === undefined ? response : HttpServerResponse.setHeader(response, "set-cookie", noFlash)
  })

  const refused = (routes: ReadonlyArray<{ readonly method: string }>, request: Request, viewer?: Viewer) => {
    const allowed = routes.flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method])).join(", ")
    return Effect.map(framed(notAllowed(allowed), request, viewer), HttpServerResponse.setHeader("allow", allowed))
  }

  const act = Effect.fnUntraced(function* (
    route: Route & { readonly method: "POST" },
    viewer: Viewer,
    request: Request,
    params: Readonly<Record<string, string | undefined>>
  ) {
    const form = yield* Effect.result(readForm(request, route.maxBody))
    if (form._tag === "Failure") {
      const { message, status } = form.failure
      return yield* framed(errorView(status, "The form was not taken", message), request, viewer)
    }
    if (!sessions.isToken(viewer, textOf(form.success, "csrf"))) return yield* framed(oldForm, request, viewer)
    const query = queryOf(request.url)
    const answer = yield* route.answer({ viewer, query, params, request, form: form.success })
    return yield* show(answer, request, viewer)
  })

  /** Those who are logged in only. */
  const forViewer = Effect.fnUntraced(function* (routes: ReadonlyArray<Route>, request: Request) {
    const viewer = yield* sessions.viewerOf(request)
    if (viewer === undefined) return logIn(request)
    const params = yield* HttpRouter.params
    // The requests that no other route took.
    if (params["*"]) return yield* framed(notFound, request, viewer)
    const route = routes.find(({ method }) => method === methodOf(request))
    if (route === undefined) return yield* refused(routes, request, viewer)
    return yield* Effect.gen(function* () {
      if (route.method === "POST") return yield* act(route, viewer, request, params)
      const answer = yield* route.answer({ viewer, query: queryOf(request.url), params, request })
      return yield* show(answer, request, viewer)
    }).pipe(
      Effect.catch(({ message }) =>
        framed(
          errorView(
            503,
            "The history cannot be read now",
            message,
            "Handovers go on. Try again in a moment; when it stays so, look at the database and at the router's log."
          ),
          request,
          viewer
        )
      )
    )
  })

  /** Checks that hold for everyone, and the headers of every answer. */
  const guarded = <E>(handler: (request: Request) => Effect.Effect<Response, E, HttpRouter.RouteContext>) =>
    Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest
      if (access === "open" && !isLoopbackHost(request.headers)) return yield* framed(otherHost, request)
      const reads = request.method === "GET" || request.method === "HEAD"
      if (!reads && !isSameOrigin(request.headers)) return yield* framed(otherSite, request)
      return yield* handler(request).pipe(
        Effect.catchDefect((defect) =>
          Effect.andThen(Effect.logError("a defect in the console", defect), framed(broken, request))
        )
      )
    }).pipe(Effect.map((response) => HttpServerResponse.setHeaders(response, { ...HEADERS, ...response.headers })))

  return {
    /** A handler of the routes of one path, for those who are logged in. The route `*` is for what no other one takes. */
    forViewers: (routes: ReadonlyArray<Route>) => guarded((request) => forViewer(routes, request)),
    /** The same for everyone. */
    forAll: (routes: ReadonlyArray<PublicRoute>) =>
      guarded((request) => {
        const route = routes.find(({ method }) => method === methodOf(request))
        if (route === undefined) return refused(routes, request)
        return Effect.flatMap(route.answer(request), (answer) =>
          isResponse(answer) ? Effect.succeed(answer) : framed(answer, request)
        )
      })
  }
})
