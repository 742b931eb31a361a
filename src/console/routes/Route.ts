/** The routes of the console: what they get, and what they answer. */
import type { Effect } from "effect"
import type { HttpServerRequest, HttpServerResponse } from "effect/http"
import type { HistoryUnavailable } from "../../history/History.ts"
import type { Viewer } from "../Viewer.ts"
import type { Flash, View } from "../view.ts"

/** A request of one who may see the console. */
export interface Ask {
  readonly viewer: Viewer
  readonly query: URLSearchParams
  /** The parts of the path that the route names, such as `:id`. */
  readonly params: Readonly<Record<string, string | undefined>>
  readonly request: HttpServerRequest.HttpServerRequest
}

/** The same with a form. Its origin and its token are right. */
export interface Submission extends Ask {
  /** `application/x-www-form-urlencoded` or `multipart/form-data`; files are `File`s. */
  readonly form: FormData
}

/** Another page to go to, and what it shows first. */
export interface Redirect {
  readonly redirect: string
  readonly flash?: Flash
}

/** A page, another one to go to, or a response of the route's own. */
export type Answer = View | Redirect | HttpServerResponse.HttpServerResponse

/** A route. HEAD is GET without the body. */
export type Route =
  | {
      readonly method: "GET"
      readonly path: `/console${string}`
      readonly answer: (ask: Ask) => Effect.Effect<Answer, HistoryUnavailable>
    }
  | {
      readonly method: "POST"
      readonly path: `/console${string}`
      readonly answer: (submission: Submission) => Effect.Effect<Answer, HistoryUnavailable>
      /** The most bytes of the form. */
      readonly maxBody: number
    }

/** A page. */
export const get = (
  path: `/console${string}`,
  answer: (ask: Ask) => Effect.Effect<Answer, HistoryUnavailable>
): Route => ({ method: "GET", path, answer })

/** The most bytes of a form where nothing else is said. */
const MAX_FORM = 64 * 1024

/** An action. It records itself in the audit list before it is done. */
export const post = (
  path: `/console${string}`,
  answer: (submission: Submission) => Effect.Effect<Answer, HistoryUnavailable>,
  maxBody: number = MAX_FORM
): Route => ({ method: "POST", path, answer, maxBody })

/** The text of a form's field; nothing for a file. */
export const textOf = (form: FormData, name: string): string | undefined => {
  const value = form.get(name)
  return typeof value === "string" ? value : undefined
}
