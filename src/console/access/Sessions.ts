/**
 * Sessions of the console. A session is a signed cookie, so it holds over restarts and on every replica with the same user and password, and ends when one of them
 * changes.
 */
import { createHmac, randomBytes, scrypt, timingSafeEqual } from "node:crypto"
import { Clock, Context, Duration, Effect, Layer, Redacted } from "effect"
import type { HttpServerRequest } from "effect/http"
import { CONSOLE_PATH, type ConsoleAccess, type ConsoleSettings } from "../ConsoleSettings.ts"
import type { Viewer } from "../Viewer.ts"

/** How long a session holds. */
export const SESSION_TIME = Duration.hours(12)

/** The cookie of the session. */
const COOKIE = "console"

/** The session of a console without a password. */
const OPEN = "open"

/** The user of a console without a password, in the audit list. */
const OPEN_USER = "demo"

/** An id, the end in seconds since 1970, and the signature. */
const FORM = /^([\w-]{22})\.(\d{1,12})\.([\w-]{43})$/

/** The most sessions that are remembered as closed. Each is forgotten when it would have ended. */
const MAX_CLOSED = 10_000

/** A key that guesses at the password cost time for, although the signature of a cookie is known. */
const keyOf = (access: ConsoleAccess): Effect.Effect<Uint8Array> =>
  access === "open"
    ? Effect.sync(() => randomBytes(32))
    : Effect.callback((resume) =>
        scrypt(
          Redacted.value(access.password),
          `cognigy-cxone-router console ${access.user}`,
          32,
          { N: 2 ** 15, maxmem: 2 ** 26 },
          (error, key) => resume(error === null ? Effect.succeed(key) : Effect.die(error))
        )
      )

/** Compares texts in a time that tells nothing of them: their digests are compared. */
const makeIsSame = () => {
  const key = randomBytes(32)
  const digest = (text: string) => createHmac("sha256", key).update(text).digest()
  return (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other))
}

/** True where a proxy before us says that the browser speaks TLS. */
const isSecure = ({ headers }: HttpServerRequest.HttpServerRequest): boolean =>
  headers["x-forwarded-proto"]?.split(",")[0]?.trim().toLowerCase() === "https"

/** The sessions of the console. */
export class Sessions extends Context.Service<
  Sessions,
  {
    /** The viewer of a request; `undefined` for one who has to log in. */
    readonly viewerOf: (request: HttpServerRequest.HttpServerRequest) => Effect.Effect<Viewer | undefined>
    /** True while the session of a viewer holds. */
    readonly holds: (viewer: Viewer) => Effect.Effect<boolean>
    /** True for the user and the password of the settings. */
    readonly isRight: (user: string, password: string) => boolean
    /** The `Set-Cookie` of a new session. */
    readonly begin: (request: HttpServerRequest.HttpServerRequest) => Effect.Effect<string>
    /** Ends a session, and the `Set-Cookie` that removes it. Other replicas take its cookie until its time is over. */
    readonly end: (viewer: Viewer, request: HttpServerRequest.HttpServerRequest) => Effect.Effect<string>
    /** True for the token of a viewer's forms. */
    readonly isToken: (viewer: Viewer, token: string | undefined) => boolean
    /** Signs a text for a session. */
    readonly sign: (text: string, session: string) => string
    /** The text that was signed for this session; `undefined` for any other. */
    readonly verify: (signed: string, session: string) => string | undefined
  }
>()("cognigy-cxone-router/console/Sessions") {
  /** Derives the key, which takes about a tenth of a second in a thread. */
  static readonly layer = ({ access }: Pick<ConsoleSettings, "access">): Layer.Layer<Sessions> =>
    Layer.effect(
      Sessions,
      Effect.gen(function* () {
        const key = yield* keyOf(access)
        const isSame = makeIsSame()
        const mac = (use: string, text: string) =>
          createHmac("sha256", key).update(`${use}\0${text}`).digest("base64url")
        const user = access === "open" ? OPEN_USER : access.user
        /** The ends of sessions that were closed, by their ids. */
        const closed = new Map<string, number>()

        const viewer = (session: string, expires: number): Viewer => ({
          user,
          session,
          expires,
          csrf: mac("form", session),
          isOpen: access === "open"
        })
        const isLive = (session: string, expires: number, now: number) => now < expires && !closed.has(session)

        const cookie = (value: string, maxAge: number, request: HttpServerRequest.HttpServerRequest) =>
          `${COOKIE}=${value}; Path=${CONSOLE_PATH}; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${isSecure(request) ? "; Secure" : ""}`

        return {
          viewerOf: Effect.fnUntraced(function* ({ cookies }) {
            if (access === "open") return viewer(OPEN, Number.POSITIVE_INFINITY)
            const [, id = "", seconds = "", signature = ""] = FORM.exec(cookies[COOKIE] ?? "") ?? []
            if (!isSame(signature, mac("session", `${id}.${seconds}`))) return undefined
            const expires = Number(seconds) * 1000
            return isLive(id, expires, yield* Clock.currentTimeMillis) ? viewer(id, expires) : undefined
          }),
          holds: ({ expires, session }) => Effect.map(Clock.currentTimeMillis, (now) => isLive(session, expires, now)),
          isRight: (user, password) => {
            if (access === "open") return false
            // Both are compared, whatever the first one gives.
            const isUser = isSame(user, access.user)
            const isPassword = isSame(password, Redacted.value(access.password))
            return isUser && isPassword
          },
          begin: (request) =>
            Effect.map(Clock.currentTimeMillis, (now) => {
              const session = `${randomBytes(16).toString("base64url")}.${Math.floor((now + Duration.toMillis(SESSION_TIME)) / 1000)}`
              return cookie(`${session}.${mac("session", session)}`, Duration.toSeconds(SESSION_TIME), request)
            }),
          end: ({ expires, session }, request) =>
            Effect.map(Clock.currentTimeMillis, (now) => {
              for (const [id, end] of closed) if (end <= now) closed.delete(id)
              const [oldest] = closed.keys()
              if (closed.size >= MAX_CLOSED && oldest !== undefined) closed.delete(oldest)
              if (access !== "open") closed.set(session, expires)
              return cookie("", 0, request)
            }),
          isToken: ({ csrf }, token) => isSame(csrf, token ?? ""),
          sign: (text, session) => {
            const encoded = Buffer.from(text).toString("base64url")
            return `${encoded}.${mac("text", `${session}.${encoded}`)}`
          },
          verify: (signed, session) => {
            const [encoded = "", signature = ""] = signed.split(".", 2)
            return isSame(signature, mac("text", `${session}.${encoded}`))
              ? Buffer.from(encoded, "base64url").toString()
              : undefined
          }
        }
      })
    )
}
