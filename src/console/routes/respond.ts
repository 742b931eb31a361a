/** Answers of the console as HTTP responses, with the headers that each has. */
import { gzip as nodeGzip } from "node:zlib"
import { Effect } from "effect"
import { type HttpServerRequest, HttpServerResponse } from "effect/http"
import { acceptedBy } from "../../std/compressed.ts"
import { CONSOLE_PATH } from "../ConsoleSettings.ts"
import { type Flash, type Frame, page, type View } from "../view.ts"

/** The headers of every answer but those of the assets. */
export const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  // With no-referrer, browsers would send `Origin: null` with our own forms.
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY"
}

/** Fast: pages are made for each request. */
const gzip = (bytes: Uint8Array): Effect.Effect<Uint8Array> =>
  Effect.callback((resume) =>
    nodeGzip(bytes, { level: 5 }, (error, coded) => resume(error === null ? Effect.succeed(coded) : Effect.die(error)))
  )

/** The least bytes that are compressed. */
const LEAST_COMPRESSED = 1024

/**
 * A page as a response. Compression with a secret beside a text of the sender's is safe here: the cookie is `SameSite=Strict`, so no other site can ask for a
 * page with the session's token in it.
 */
export const respondWith = Effect.fnUntraced(function* (
  view: View,
  frame: Frame,
  { headers }: HttpServerRequest.HttpServerRequest
) {
  const plain = Buffer.from(page(view, frame).text)
  const isCompressed = plain.byteLength >= LEAST_COMPRESSED && acceptedBy(headers).includes("gzip")
  return HttpServerResponse.uint8Array(isCompressed ? yield* gzip(plain) : plain, {
    status: view.status ?? 200,
    contentType: "text/html; charset=utf-8",
    headers: { vary: "accept-encoding", ...(isCompressed && { "content-encoding": "gzip" }) }
  })
})

/** To another page of the console, by GET. */
export const seeOther = (location: string): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.empty({ status: 303, headers: { location: isInside(location) ? location : CONSOLE_PATH } })

/** True for a path of the console, with or without a query. `//host` and `/console@host` are none. */
export const isInside = (path: string): boolean => /^\/console(?:[/?](?!\/)[\x21-\x5b\x5d-\x7e]*)?$/.test(path)

/** The cookie of a message for the next page. */
const FLASH = "console-flash"

/** The seconds that a message waits for its page. */
const FLASH_AGE = 60

/** The most characters of a message, which travels in a cookie. */
const MAX_FLASH = 500

/** Signs and verifies texts for a session. */
interface Signing {
  readonly sign: (text: string, session: string) => string
  readonly verify: (signed: string, session: string) => string | undefined
}

const flashCookie = (value: string, age: number) =>
  `${FLASH}=${value}; Path=${CONSOLE_PATH}; Max-Age=${age}; HttpOnly; SameSite=Strict`

/** The `Set-Cookie` of a message for the next page of a session. */
export const flashCookieOf = ({ kind, text }: Flash, session: string, { sign }: Signing): string =>
  flashCookie(sign(JSON.stringify({ kind, text: text.slice(0, MAX_FLASH) }), session), FLASH_AGE)

/** The `Set-Cookie` that removes it. */
export const noFlash = flashCookie("", 0)

/** The message that a request brings, if we wrote it. */
export const flashOf = (
  { cookies }: HttpServerRequest.HttpServerRequest,
  session: string,
  { verify }: Signing
): Flash | undefined => {
  const signed = cookies[FLASH]
  const text = signed === undefined ? undefined : verify(signed, session)
  return text === undefined ? undefined : JSON.parse(text)
}
