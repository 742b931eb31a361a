/** Authorized calls to CXone: the token and the meaning of each answer, once for all operations. */
import { Context, Duration, Effect, Layer, Option, Redacted, Schema } from "effect"
import { Headers, HttpBody, HttpClientRequest, UrlParams } from "effect/http"
import { nowMillis } from "../../std/clock.ts"
import { describeIssue } from "../../std/describeIssue.ts"
import {
  type CallError,
  PermissionMissing,
  UNEXPECTED_STATUS,
  Unauthorized,
  UnexpectedResponse
} from "../CXoneError.ts"
import { AccessToken, REFUSAL_MEMORY } from "./AccessToken.ts"
import type { Answer, Answers, Call, ErrorOf, SuccessOf } from "./Call.ts"
import type { Granted } from "./Grant.ts"
import { callSchedule } from "./Schedules.ts"
import { Transport } from "./Transport.ts"

/** The most fresh tokens that one call takes. */
const MAX_FRESH_TOKENS = 2

/** Advice about errors for the person who runs the service, in the dialect's words. */
export interface Remedies {
  /** CXone refuses a fresh token. */
  readonly unauthorized: string
  /** A permission is missing. */
  readonly permissionMissing: string
}

/**
 * The client for all operations but the token's.
 *
 * A 401 drops the token that was used and repeats the call with a fresh one. When CXone refuses that one too, the call fails; but if CXone accepted it
 * from another call meanwhile, it has been revoked as well, and one more is taken. A fresh token that no call got accepted may have been revoked before its
 * first use: only two of them in a row are refused credentials, which all calls remember for 5 s. A page with 401 may be CXone's or a firewall's: it costs one fresh token
 * in 5 s, and when that one gets a page too, the call fails with `UnexpectedResponse`. A background call costs callers no token that works: it rejects none, drops none that
 * was accepted since the call was sent, and takes one fresh token at most. 429, 5xx, broken connections and timeouts are retried by the call's
 * schedule, inside the surrounding `Deadline`.
 */
export class CXoneClient extends Context.Service<
  CXoneClient,
  {
    /** Makes a call. Succeeds and fails as its answers say, and fails with the errors of every call. */
    readonly call: <const A extends Answers>(call: Call<A>) => Effect.Effect<SuccessOf<A>, ErrorOf<A> | CallError>
  }
>()("cognigy-cxone-router/cxone/CXoneClient") {
  /** The client of a tenant. Each call makes a layer of its own. */
  static readonly layer = (remedies: Remedies): Layer.Layer<CXoneClient, never, AccessToken | Transport> =>
    Layer.effect(CXoneClient, make(remedies))
}

const make = Effect.fnUntraced(function* (remedies: Remedies) {
  const accessToken = yield* AccessToken
  const transport = yield* Transport
  /** The tokens that CXone accepted from calls that callers wait for, and for each the number of its last such call. */
  const accepted = new WeakMap<Redacted.Redacted, number>()
  /** The tokens that CXone refused from calls that callers wait for, and never accepted. */
  const refused = new WeakSet<Redacted.Redacted>()
  /** The number of those since CXone accepted one. */
  let refusedInARow = 0
  /** The number of calls that callers waited for. */
  let calls = 0
  /** The last fresh token that was answered with a page, and until when it is kept, in milliseconds on the monotonic clock. */
  let spared: { readonly token: Redacted.Redacted; readonly until: number } | undefined

  const send = <A extends Answers>(call: Call<A>, { baseUrl, token }: Granted) => {
    const request = HttpClientRequest.makeWith(
      call.method,
      baseUrl + call.path,
      UrlParams.empty,
      Option.none(),
      Headers.fromInput({
        accept: "application/json",
        authorization: `Bearer ${Redacted.value(token)}`,
        ...(call.body === undefined ? {} : { "content-type": "application/json" })
      }),
      call.body === undefined ? HttpBody.empty : HttpBody.jsonUnsafe(call.body)
    )
    return transport.send(request, { schedule: callSchedule, ...call })
  }

  const accept = ({ lane }: Pick<Call<Answers>, "lane">, { token }: Granted) =>
    Effect.sync(() => {
      if (lane === "background") return
      accepted.set(token, ++calls)
      refusedInARow = 0
    })

  /** Another token would not help, so that this one is kept for a while. */
  const spare = ({ token }: Granted) =>
    Effect.map(nowMillis, (now) => {
      spared = { token, until: now + Duration.toMillis(REFUSAL_MEMORY) }
    })
  const isSpared = ({ token }: Granted) => Effect.map(nowMillis, (now) => spared?.token === token && now < spared.until)

  const exchange = Effect.fnUntraced(function* <A extends Answers>(call: Call<A>): Effect.fn.Return<Answer, CallError> {
    const before = calls
    const isBackground = call.lane === "background"
    let granted = yield* accessToken.get
    for (let fresh = 0; ; fresh++) {
      const answer = yield* Effect.catchTag(send(call, granted), "UnexpectedResponse", (error) =>
        error.status === 401 ? Effect.succeed(error) : Effect.fail(error)
      )
      const isPage = answer instanceof UnexpectedResponse
      const answered = isPage ? Effect.fail(answer) : Effect.succeed(answer)
      if (answer.status !== 401) {
        yield* accept(call, granted)
        return yield* answered
      }
      const acceptedAt = accepted.get(granted.token)
      if (isBackground && (fresh > 0 || (acceptedAt ?? 0) > before)) return yield* answered
      const isUnknown = acceptedAt === undefined
      if (isPage && isUnknown) {
        if (fresh > 0) yield* spare(granted)
        if (fresh > 0 || (yield* isSpared(granted))) return yield* answered
      } else if (isUnknown && !isBackground) {
        if (!refused.has(granted.token)) refusedInARow++
        refused.add(granted.token)
        const areCredentials = refusedInARow > 1
        if (areCredentials || fresh > 0) {
          yield* areCredentials ? accessToken.reject(granted.token) : accessToken.drop(granted.token)
          return yield* answered
        }
      }
      yield* accessToken.drop(granted.token)
      if (fresh === MAX_FRESH_TOKENS) return yield* answered
      granted = yield* accessToken.get
    }
  })

  const read = <A extends Answers>(
    { answers, operation, permissions }: Call<A>,
    answer: Answer
  ): Effect.Effect<SuccessOf<A>, ErrorOf<A> | CallError> => {
    const { body, status, unreadable } = answer
    const unexpected = (issue: string) => new UnexpectedResponse({ operation, status, issue })
    const known = answers[status] as A[keyof A & number] | undefined
    if (known !== undefined) {
      return Effect.mapError(
        known(body, answer) as Effect.Effect<SuccessOf<A>, ErrorOf<A> | Schema.SchemaError>,
        (error) => (Schema.isSchemaError(error) ? unexpected(unreadable ?? describeIssue(error.issue)) : error)
      )
    }
    if (status === 401) return Effect.fail(new Unauthorized({ operation, remedy: remedies.unauthorized }))
    if (status === 403) {
      return Effect.fail(new PermissionMissing({ operation, permissions, remedy: remedies.permissionMissing }))
    }
    return Effect.fail(unexpected(UNEXPECTED_STATUS))
  }

  return CXoneClient.of({
    // Answers are read outside the span: a user with a conversation is no failure of the call.
    call: (call) =>
      Effect.flatMap(
        Effect.withSpan(exchange(call), `CXone.${call.operation}`, { captureStackTrace: false }),
        (answer) => read(call, answer)
      )
  })
})
