/** Authorized calls to CXone: token, attempt timeout, retries and the deadline are dealt with here, once for all operations. */
import { Context, Effect, Exit, Layer, Option, Redacted, type Schedule, Schema } from "effect"
import { Headers, HttpBody, type HttpClient, HttpClientRequest, UrlParams } from "effect/http"
import { describeIssue } from "../../std/describeIssue.ts"
import { spanned } from "../../std/measure.ts"
import {
  type CallError,
  type CXoneError,
  type DeadlineExceeded,
  Forbidden,
  type Operation,
  scopesOf,
  Unauthorized,
  UnexpectedResponse
} from "../CXoneError.ts"
import { CXoneSettings } from "../webchat/CXoneSettings.ts"
import { AccessToken } from "./AccessToken.ts"
import type { Answer } from "./Attempt.ts"
import { callSchedule } from "./Schedules.ts"
import { Transport } from "./Transport.ts"

/** One operation of CXone's contract: what is sent, and what each status of the answer means. */
export interface Call<A, E> {
  /** Its name: errors and spans have it. */
  readonly operation: Operation
  /** Its HTTP method. */
  readonly method: "GET" | "POST" | "PUT"
  /** From the base URL on, encoded. */
  readonly path: string
  /** Sent as JSON. */
  readonly body?: unknown
  /** What to make of an answer's body, by its status. A status that is not named is an `UnexpectedResponse`. */
  readonly answers: Partial<Record<number, (body: string) => Effect.Effect<A, E | Schema.SchemaError>>>
  /** When to try again; `callSchedule` where it is left out. */
  readonly schedule?: Schedule.Schedule<unknown, CXoneError, DeadlineExceeded>
  /** The call has failed before: see `SendOptions`. */
  readonly isRetry?: boolean
}

/** What of a call is sent. */
type Sent = Omit<Call<unknown, never>, "answers">

/** How many fresh tokens a call takes at the most. */
const MAX_FRESH_TOKENS = 2

/**
 * The client for all operations but the token's.
 *
 * A 401 drops the token that was used and repeats the call with a fresh one. Where that is refused too, the call fails; unless CXone has taken it
 * from another call meanwhile, so that it has been revoked as well: then there is one more. A label that is refused costs others nothing: it drops
 * no token that has worked since the label was sent, and none but the first. 429, 5xx, broken connections and attempts that
 * take too long are retried by the call's schedule, inside the surrounding `Deadline`.
 */
export class CXoneClient extends Context.Service<
  CXoneClient,
  {
    /** Makes a call, and fails with what its answers say or with what any call can fail with. */
    readonly call: <A, E extends CXoneError>(call: Call<A, E>) => Effect.Effect<A, E | CallError>
  }
>()("cognigy-cxone-router/cxone/CXoneClient") {
  /** The client over whatever token and transport are given. */
  static layerNoDeps(): Layer.Layer<CXoneClient, never, AccessToken | CXoneSettings | Transport> {
    return Layer.effect(CXoneClient, make)
  }

  /** The client with its access token and transport. */
  static layer(): Layer.Layer<CXoneClient | AccessToken, never, CXoneSettings | HttpClient.HttpClient> {
    return CXoneClient.layerNoDeps().pipe(
      Layer.provideMerge(AccessToken.layerNoDeps()),
      Layer.provide(Transport.layer())
    )
  }
}

/** An answer whose body is JSON of this shape; members that the schema does not name are ignored. Fails where it is not. */
export const json = <S extends Schema.ConstraintDecoder<unknown, never>>(schema: S) => {
  const decode = Schema.decodeUnknownExit(schema)
  const explain = Schema.decodeUnknownEffect(Schema.fromJsonString(schema))
  // At once: what decodes the text as well takes a dozen steps, and says better what is wrong.
  return (body: string): Effect.Effect<S["Type"], Schema.SchemaError> => {
    const parsed = parse(body)
    const decoded = parsed === undefined ? undefined : decode(parsed)
    return decoded !== undefined && Exit.isSuccess(decoded) ? decoded : explain(body)
  }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const REFUSED: Answer = { status: 401, body: "" }

const make = Effect.gen(function* () {
  const { baseUrl } = yield* CXoneSettings
  const accessToken = yield* AccessToken
  const transport = yield* Transport
  /** How many calls that handovers wait for CXone has taken a token from, and for each token how many it was at the last of its own. */
  let taken = 0
  const accepted = new WeakMap<Redacted.Redacted, number>()

  const send = (
    { body, isRetry = false, method, operation, path, schedule = callSchedule }: Sent,
    token: Redacted.Redacted
  ) => {
    // All at once: each change of a request is a copy of it.
    const request = HttpClientRequest.makeWith(
      method,
      baseUrl + path,
      UrlParams.empty,
      Option.none(),
      body === undefined ? headersWith(token).plain : headersWith(token).json,
      body === undefined ? HttpBody.empty : HttpBody.jsonUnsafe(body)
    )
    return transport.send(request, { operation, schedule, isRetry })
  }

  const known = new WeakMap<Redacted.Redacted, { readonly plain: Headers.Headers; readonly json: Headers.Headers }>()

  /** The headers of all calls with a token, without a body and with one; a body's length is told by what sends it. */
  const headersWith = (token: Redacted.Redacted) => {
    const before = known.get(token)
    if (before !== undefined) return before
    const plain = Headers.fromInput({ accept: "application/json", authorization: `Bearer ${Redacted.value(token)}` })
    const headers = { plain, json: Headers.set(plain, "content-type", "application/json") }
    known.set(token, headers)
    return headers
  }

  const read = <A, E extends CXoneError>(call: Call<A, E>, answer: Answer): Effect.Effect<A, E | CallError> => {
    const { operation } = call
    const { body, status } = answer
    const unexpected = (issue: string) => new UnexpectedResponse({ operation, status, issue })
    const known = call.answers[status]
    if (known !== undefined) {
      return Effect.mapErrorEager(known(body), (error) =>
        Schema.isSchemaError(error) ? unexpected(describeIssue(error.issue)) : error
      )
    }
    if (status === 401) return Effect.fail(new Unauthorized({ operation }))
    if (status === 403) return Effect.fail(new Forbidden({ operation, scopes: scopesOf[operation] }))
    return Effect.fail(unexpected("this status is not part of it"))
  }

  const exchange = (call: Sent): Effect.Effect<Answer, CallError> =>
    Effect.flatMap(accessToken.get, (token) => {
      const before = taken
      return Effect.flatMap(send(call, token), (answer) => {
        if (answer.status === 401) return withFreshToken(call, token, before)
        accept(call, token)
        return Effect.succeed(answer)
      })
    })

  // Whatever CXone makes of labels, it must not cost handovers a token that works.
  const accept = ({ operation }: Sent, token: Redacted.Redacted) => {
    if (operation !== "label") accepted.set(token, ++taken)
  }

  /** Repeats a call whose token was refused. */
  const withFreshToken = Effect.fnUntraced(function* (call: Sent, refused: Redacted.Redacted, before: number) {
    let token = refused
    for (let fresh = 0; ; fresh++) {
      if (call.operation === "label" && (fresh > 0 || (accepted.get(token) ?? 0) > before)) return REFUSED
      if (fresh > 0 && !accepted.has(token)) {
        yield* accessToken.reject(token)
        return REFUSED
      }
      yield* accessToken.drop(token)
      if (fresh === MAX_FRESH_TOKENS) return REFUSED
      token = yield* accessToken.get
      const answer = yield* send(call, token)
      if (answer.status !== 401) {
        accept(call, token)
        return answer
      }
    }
  })

  /** What an answer means comes after the span: a user who has a conversation already is no failure of the call. */
  const call = <A, E extends CXoneError>(call: Call<A, E>): Effect.Effect<A, E | CallError> =>
    Effect.flatMap(spanned(`CXone.${call.operation}`)(exchange(call)), (answer) => read(call, answer))

  return CXoneClient.of({ call })
})
