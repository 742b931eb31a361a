/** Log-in and log-out. */
import { Effect, Option } from "effect"
import { type HttpServerRequest, HttpServerResponse } from "effect/http"
import { Audit } from "../../history/Audit.ts"
import { makeRecordFailure } from "../access/failedLogIns.ts"
import { LogIns } from "../access/LogIns.ts"
import { readForm } from "../access/readForm.ts"
import { Sessions } from "../access/Sessions.ts"
import { CONSOLE_PATH } from "../ConsoleSettings.ts"
import { errorView } from "../view.ts"
import { loginView } from "../views/login.ts"
import type { PublicRoute } from "./handle.ts"
import { post, textOf } from "./Route.ts"
import { isInside, seeOther } from "./respond.ts"

type Request = HttpServerRequest.HttpServerRequest

/** The most bytes of the form. */
const MAX_BODY = 8 * 1024

/** The page to go to after the log-in. */
const toOf = (to: string | null | undefined): string =>
  typeof to === "string" && isInside(to) && !to.startsWith("/console/login") ? to : CONSOLE_PATH

const queryOf = ({ url }: Request) => new URLSearchParams(url.split("?").slice(1).join("?"))

/** The page of the log-in, and the log-in: for those who are not logged in. */
export const logIn = Effect.gen(function* () {
  const sessions = yield* Sessions
  const logIns = yield* LogIns
  const audit = yield* Audit
  const recordFailure = yield* makeRecordFailure

  /** An operator needs the console most when the database is away, so a log-in that cannot be recorded is in the log instead. */
  const recorded = (who: string, what: string, subject: string | null) =>
    Effect.catch(audit.record({ who, what, subject }), ({ message }) =>
      Effect.logWarning(`${what} of the console's user is not in the audit list: ${message}`)
    )

  const addressOf = ({ remoteAddress }: Request) =>
    Option.match(remoteAddress, { onNone: () => null, onSome: (address) => `from ${address}` })

  const check = Effect.fnUntraced(function* (request: Request) {
    const form = yield* readForm(request, MAX_BODY)
    const to = toOf(textOf(form, "to"))
    const user = textOf(form, "user") ?? ""
    const checked = yield* logIns.check(user, textOf(form, "password") ?? "")
    switch (checked) {
      case "right":
        yield* recorded(user, "log_in", addressOf(request))
        return HttpServerResponse.setHeader(seeOther(to), "set-cookie", yield* sessions.begin(request))
      case "wrong":
        yield* recordFailure(addressOf(request))
        return loginView({ to, status: 403, problem: "The user or the password is wrong." })
      case "busy":
        return loginView({
          to,
          status: 429,
          problem: "Too many are logging in, or somebody is guessing passwords. Try again in half a minute."
        })
    }
  })

  const routes: ReadonlyArray<PublicRoute> = [
    {
      method: "GET",
      answer: (request) => Effect.succeed(loginView({ to: toOf(queryOf(request).get("to")) }))
    },
    {
      method: "POST",
      answer: (request) =>
        Effect.catch(check(request), ({ message, status }) =>
          Effect.succeed(errorView(status, "The log-in was not taken", message))
        )
    }
  ]
  return routes
})

/** The log-out. */
export const logOut = Effect.gen(function* () {
  const sessions = yield* Sessions
  const audit = yield* Audit
  return post("/console/logout", ({ request, viewer }) =>
    Effect.gen(function* () {
      if (viewer.isOpen) return { redirect: CONSOLE_PATH }
      // Leaving is always possible.
      yield* Effect.ignore(audit.record({ who: viewer.user, what: "log_out", subject: null }))
      return HttpServerResponse.setHeader(
        seeOther("/console/login"),
        "set-cookie",
        yield* sessions.end(viewer, request)
      )
    })
  )
})
