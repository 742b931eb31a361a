/** The paths of requests: their comparison, their tracing, and the removal of queries. */
import type { IncomingMessage } from "node:http"
import { DECIDE_PATH, EXPLAIN_PATH, WEBHOOK_PATH } from "../Api.ts"

/** A path as routes are compared: without host, parameters after a semicolon, case, repeated slashes and escapes. */
export const plainPath = (path: string): string => {
  const [own = ""] = path.replace(/^https?:\/\/[^/]*/i, "").split(";", 1)
  const parts = own
    .toLowerCase()
    .split("/")
    .filter((part) => part !== "")
  try {
    return `/${parts.map(decodeURIComponent).join("/")}`
  } catch {
    return path
  }
}

/** True for a path that accepts only POST. */
const isPosted = (path: string): boolean => [WEBHOOK_PATH, DECIDE_PATH, EXPLAIN_PATH].includes(plainPath(path))

/** The paths that accept only GET and HEAD. */
const READ = ["/", "/docs", "/openapi.json", "/healthz", "/readyz"]

/** What a path accepts, for `Allow`; `undefined` for one that is not there. */
export const methodsOf = (path: string): string | undefined => {
  if (isPosted(path)) return "POST"
  return READ.includes(plainPath(path)) ? "GET, HEAD" : undefined
}

/** True for a URL whose requests make spans, on the router's own server. */
export const isTraced = isPosted

/** Headers of other trace formats than `traceparent`, the one that we describe: their ids can be invalid. */
const OTHER_TRACES = ["b3", "x-b3-traceid", "x-b3-spanid", "x-b3-sampled", "x-b3-flags"]

/** The most characters of the query's `at` that are kept. */
const MAX_TIME = 64

/** True for a path and those below it, as routes match it. */
const isWithin = (path: string, root: string): boolean => path === root || path.startsWith(`${root}/`)

/**
 * Removes the query before anything, such as a tracer, sees the request: people put tokens into URLs. Only the time that `/routing/explain` reads stays, and the
 * queries of the paths below `withQueries`, which make no spans.
 */
export const simplify = (request: IncomingMessage, withQueries?: string): void => {
  for (const name of OTHER_TRACES) delete request.headers[name]
  const [path, query] = request.url?.split(/[?#]/, 2) ?? []
  if (path === undefined || (withQueries !== undefined && isWithin(path, withQueries))) return
  const at =
    query !== undefined && plainPath(path) === EXPLAIN_PATH
      ? new URLSearchParams(query).get("at")?.slice(0, MAX_TIME)
      : undefined
  request.url = at ? `${EXPLAIN_PATH}?${new URLSearchParams({ at })}` : path
}
