import { HttpClientRequest } from "effect/http"
import { version } from "./version.ts"

const OURS = `cognigy-cxone-router/${version}`

/**
 * A request to another server, with our name and version, before the name that it has (an exporter's, say). Answers are small, so they need not be compressed; those that
 * are all the same are read too.
 */
export const introduced = (request: HttpClientRequest.HttpClientRequest): HttpClientRequest.HttpClientRequest => {
  const { "user-agent": theirs } = request.headers
  return HttpClientRequest.setHeaders(request, {
    "user-agent": theirs === undefined || theirs === OURS ? OURS : `${OURS} ${theirs}`,
    "accept-encoding": "identity"
  })
}
