/** Single calls to a tenant, and their answers as they are: any status, no retries, no circuit. */
import {
  Context,
  type Duration,
  Effect,
  Layer,
  Option,
  Predicate,
  Redacted,
  References,
  Result,
  Schema,
  Semaphore
} from "effect"
import { type Headers, HttpBody, HttpClient, HttpClientRequest } from "effect/http"
import { Unavailable } from "../cxone/CXoneError.ts"
import { fieldOf } from "../cxone/digital/apiError.ts"
import type { DigitalSettings } from "../cxone/digital/DigitalSettings.ts"
import { accessKeyGrant } from "../cxone/digital/grant.ts"
import type { GrantError, Granted } from "../cxone/transport/Grant.ts"
import { ask, type NoAnswer } from "../doctor/probe.ts"
import { Unanswered } from "./Finding.ts"

/** The default time limit for one answer. */
export const PATIENCE = "10 seconds"

/** An answer. Its body may hold secrets and users' data: only chosen members of it are shown. */
export interface Seen {
  readonly status: number
  readonly headers: Headers.Headers
  /** The body, where it is JSON. */
  readonly body: unknown
  /** The field that CXone complains of. */
  readonly field: string | undefined
}

/** The method of a call. */
export type Method = "GET" | "POST" | "PUT"

/** A tenant with the Digital Engagement API. */
export class Tenant extends Context.Service<
  Tenant,
  {
    /** Gets a token and the API's start by the router's own grant, once. */
    readonly grant: Effect.Effect<Granted, GrantError>
    /** What the issuer answered to the grant's requests, by their operation. */
    readonly issuer: ReadonlyMap<string, Seen>
    /** The token, if there is one: no output may show it. */
    readonly secret: Effect.Effect<ReadonlyArray<Redacted.Redacted>>
    /** Makes a call with the token. A 401 is tried again once, with a fresh one. */
    readonly call: (method: Method, path: string, body?: unknown) => Effect.Effect<Seen, Unanswered>
    /** Makes a request without a token. */
    readonly plain: (url: string) => Effect.Effect<Seen, Unanswered>
  }
>()("cognigy-cxone-router/probe/Tenant") {
  /** A tenant whose single answers may take so long. */
  static readonly layer = (
    settings: DigitalSettings["Service"],
    patience: Duration.Duration
  ): Layer.Layer<Tenant, never, HttpClient.HttpClient> => Layer.effect(Tenant, make(settings, patience))
}

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))

const unanswered = ({ message }: { readonly message: string }) => new Unanswered({ why: message })

const make = Effect.fnUntraced(function* (settings: DigitalSettings["Service"], patience: Duration.Duration) {
  const http = yield* HttpClient.HttpClient
  const grants = accessKeyGrant(settings)
  const issuer = new Map<string, Seen>()
  let granted: Granted | undefined
  // A token for all calls that wait for one.
  const turn = yield* Semaphore.make(1)

  const send = (request: HttpClientRequest.HttpClientRequest) =>
    Effect.map(
      Effect.provideService(ask(request, patience), HttpClient.HttpClient, http),
      ({ headers, status, text }) => {
        const body = Option.getOrUndefined(decode(text))
        return { seen: { status, headers, body, field: fieldOf(text) } satisfies Seen, text }
      }
    )

  const unavailable = (operation: string) => (error: NoAnswer) =>
    new Unavailable({
      operation,
      reason: error.code === "TIMEOUT" ? "Timeout" : "Connection",
      detail: error.message,
      retryAfter: undefined
    })

  const fetch = grants
    .get((request, operation = "token") =>
      send(request).pipe(
        Effect.mapError(unavailable(operation)),
        Effect.map(({ seen, text }) => {
          issuer.set(operation, seen)
          return { status: seen.status, body: text }
        })
      )
    )
    .pipe(
      // The probe's own lines say where the API is.
      Effect.provideService(References.MinimumLogLevel, "Warn"),
      Effect.tap((fresh) =>
        Effect.sync(() => {
          granted = fresh
        })
      )
    )

  /** The token, or another one than that which CXone refused. */
  const token = (refused?: Granted) =>
    turn.withPermit(
      Effect.suspend(() => (granted === undefined || granted === refused ? fetch : Effect.succeed(granted)))
    )

  const request = (method: Method, path: string, body: unknown, { baseUrl, token }: Granted) =>
    HttpClientRequest.make(method)(baseUrl + path, {
      headers: { accept: "application/json", authorization: `Bearer ${Redacted.value(token)}` },
      ...(body === undefined ? {} : { body: HttpBody.jsonUnsafe(body) })
    })

  return Tenant.of({
    grant: token(),
    issuer,
    secret: Effect.sync(() => (granted === undefined ? [] : [granted.token])),
    call: (method, path, body) =>
      Effect.gen(function* () {
        const first = yield* token()
        const { seen } = yield* send(request(method, path, body, first))
        if (seen.status !== 401) return seen
        return (yield* send(request(method, path, body, yield* token(first)))).seen
      }).pipe(Effect.mapError(unanswered)),
    plain: (url) =>
      send(HttpClientRequest.acceptJson(HttpClientRequest.get(url))).pipe(
        Effect.map(({ seen }) => seen),
        Effect.mapError(unanswered)
      )
  })
})

/** A member of a body, by its path; `undefined` when it is not there. */
export const memberOf = (body: unknown, ...path: ReadonlyArray<string | number>): unknown =>
  path.reduce<unknown>((value, name) => (Predicate.hasProperty(value, name) ? value[name] : undefined), body)

/** True for a status that says yes. */
export const isSuccess = ({ status }: Pick<Seen, "status">): boolean => status >= 200 && status < 300

/** A status in words, with the field that CXone complains of. */
export const shown = ({ field, status }: Pick<Seen, "field" | "status">): string =>
  field === undefined ? String(status) : `${status}, about the field ${field}`

/** A status and a field as values. */
export const valuesOf = ({
  field,
  status
}: Pick<Seen, "field" | "status">): Readonly<Record<string, string | number>> =>
  field === undefined ? { status } : { status, field }

/** The successful answer of a call that is needed to go on. */
export const needed = <E, R>(what: string, call: Effect.Effect<Seen, E, R>): Effect.Effect<Seen, E | Unanswered, R> =>
  Effect.flatMap(call, (seen) =>
    Effect.fromResult(
      isSuccess(seen)
        ? Result.succeed(seen)
        : Result.fail(new Unanswered({ why: `${what}: CXone answered ${shown(seen)}` }))
    )
  )
