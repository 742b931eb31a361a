/** Requests that other sites cause, and names of this machine that others can give themselves. */
import type { HttpServerRequest } from "effect/http"

type Headers = HttpServerRequest.HttpServerRequest["headers"]

/** The host of a `Host` header, without the port. */
const hostOf = (host: string): string => host.replace(/:\d+$/, "").toLowerCase()

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** True where the browser reached us by a loopback name. A stranger's page whose name resolves to 127.0.0.1 has another one. */
export const isLoopbackHost = ({ host }: Headers): boolean => host !== undefined && LOOPBACK.test(hostOf(host))

/** True for a request of our own page, or of no page. Browsers send one of both headers with every form. */
export const isSameOrigin = (headers: Headers): boolean => {
  const site = headers["sec-fetch-site"]
  if (site !== undefined) return site === "same-origin" || site === "none"
  const { origin } = headers
  if (origin === undefined) return true
  // A proxy may have put its own name for us into `Host`.
  const hosts = [headers.host, headers["x-forwarded-host"]?.split(",")[0]?.trim()]
  return URL.canParse(origin) && hosts.some((host) => host?.toLowerCase() === new URL(origin).host)
}
