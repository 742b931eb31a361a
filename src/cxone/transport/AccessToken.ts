/** The access token that all calls carry: fetched once for everyone who waits, renewed before it expires. */
import { Context, Deferred, Duration, Effect, FiberHandle, Layer, Redacted, Schedule, Schema } from "effect"
import { type HttpClient, HttpClientRequest } from "effect/http"
import { tokenAge, tokenRefreshesTotal } from "../../metrics.ts"
import { describeIssue } from "../../std/describeIssue.ts"
import { count, counters, declare, observe, snakeCase, spanned } from "../../std/measure.ts"
import { RateLimited, Unauthorized, type Unavailable, UnexpectedResponse } from "../CXoneError.ts"
import { CXoneSettings } from "../webchat/CXoneSettings.ts"
import type { Answer } from "./Attempt.ts"
import * as Deadline from "./Deadline.ts"
import { renewalSchedule, tokenSchedule } from "./Schedules.ts"
import { Transport } from "./Transport.ts"

/** What getting a token can fail with. */
export type TokenError = Unauthorized | RateLimited | Unavailable | UnexpectedResponse

/** Access tokens of one CXone client: fetched once for all who wait, and renewed before they expire. */
export class AccessToken extends Context.Service<
  AccessToken,
  {
    /**
     * The token at hand, or a new one; however many wait, one request is made. Waiting can be interrupted without disturbing the others. Fails where
     * none comes.
     */
    readonly get: Effect.Effect<Redacted.Redacted, TokenError>
    /** This token is not to be used again (CXone answered 401 to it). A newer one stays. */
    readonly drop: (token: Redacted.Redacted) => Effect.Effect<void>
    /**
     * The same, of a token that CXone has never taken: `get` fails with `Unauthorized` for 5 s, so that CXone is not asked for a token with every
     * call.
     */
    readonly reject: (token: Redacted.Redacted) => Effect.Effect<void>
  }
>()("cognigy-cxone-router/cxone/AccessToken") {
  /** Tokens from `POST /oauth/token` with the client credentials grant, over whatever transport is given. */
  static layerNoDeps(): Layer.Layer<AccessToken, never, CXoneSettings | Transport> {
    return Layer.effect(AccessToken, make)
  }

  /** The same with a transport of its own. */
  static layer(): Layer.Layer<AccessToken, never, CXoneSettings | HttpClient.HttpClient> {
    return Layer.provide(AccessToken.layerNoDeps(), Transport.layer())
  }
}

/** The longest margin before a token's expiry in which it is no longer used. */
export const EXPIRY_MARGIN = Duration.seconds(60)

/** How long before that margin a renewal starts; a fifth of the usable time, where that is less. */
export const RENEWAL_LEAD = Duration.seconds(30)

/** Tokens that claim to live longer than this are renewed as if they did not. */
export const LONGEST_LIFE = Duration.days(1)

/** For how long a refusal of our credentials is remembered, so that wrong ones are not tried with every webhook. */
export const REFUSAL_MEMORY = Duration.seconds(5)

/** For how long a rate limit of the token endpoint is remembered at the most: past it, asking is better than trusting an old answer. */
export const LONGEST_MEMORY = Duration.seconds(60)

/** Tokens that are used for less than this are not renewed in the background: nobody may be asking for them. */
export const SHORTEST_RENEWED = Duration.seconds(1)

/** How long a token is used, and when its renewal starts, in milliseconds from its issue. */
export const lifetime = (expiresInSeconds: number): { readonly usable: number; readonly renewal: number } => {
  const life = Math.min(expiresInSeconds * 1000, Duration.toMillis(LONGEST_LIFE))
  const usable = life - Math.min(Duration.toMillis(EXPIRY_MARGIN), life / 2)
  return { usable, renewal: usable - Math.min(Duration.toMillis(RENEWAL_LEAD), usable / 5) }
}

const TokenAnswer = Schema.fromJsonString(
  Schema.Struct({
    access_token: Schema.String.check(
      Schema.isPattern(/^[\x21-\x7e]{1,16384}$/, { message: "not a token that a header can carry" })
    ),
    expires_in: Schema.Finite.check(Schema.isGreaterThan(0))
  })
)

const decodeToken = Schema.decodeUnknownEffect(TokenAnswer)

interface Held {
  readonly token: Redacted.Redacted
  /** On the monotonic clock, in milliseconds. */
  readonly usableUntil: number
  readonly issuedAt: number
}

interface Pending {
  readonly token: Deferred.Deferred<Redacted.Redacted, TokenError>
  /** None, but it knows why the request has not succeeded yet. */
  readonly deadline: Deadline.Deadline
}

const refreshSeries = counters(tokenRefreshesTotal)
const OUTCOMES = ["success", "unauthorized", "rate_limited", "unavailable", "unexpected_response"]

const make = Effect.gen(function* () {
  const transport = yield* Transport
  const settings = yield* CXoneSettings
  const scope = yield* Effect.scope
  const renewals = yield* FiberHandle.make()

  let held: Held | undefined
  let pending: Pending | undefined
  let refusal: { readonly error: TokenError; readonly until: number } | undefined

  yield* declare(OUTCOMES.map((outcome) => refreshSeries({ outcome })))
  const context = yield* Effect.context<never>()
  yield* observe(tokenAge, () => {
    const now = Effect.runSyncWith(context)(Deadline.nowMillis)
    return held === undefined || now >= held.usableUntil ? -1 : (now - held.issuedAt) / 1000
  })

  const request = HttpClientRequest.post(`${settings.baseUrl}/oauth/token`).pipe(
    HttpClientRequest.acceptJson,
    HttpClientRequest.bodyUrlParams({
      grant_type: "client_credentials",
      client_id: settings.clientId,
      client_secret: Redacted.value(settings.clientSecret)
    })
  )

  const fetch = transport.send(request, { operation: "token", schedule: tokenSchedule }).pipe(
    // There is no deadline: who waits has one.
    Effect.catchTag("DeadlineExceeded", Effect.die),
    Effect.flatMap(toToken),
    spanned("CXone.token")
  )

  const hold = Effect.fnUntraced(function* (answer: typeof TokenAnswer.Type) {
    const token = Redacted.make(answer.access_token, { label: "CXone access token" })
    const { renewal, usable } = lifetime(answer.expires_in)
    const issuedAt = yield* Deadline.nowMillis
    const usableUntil = issuedAt + usable
    held = { token, usableUntil, issuedAt }
    if (usable < Duration.toMillis(SHORTEST_RENEWED)) return token
    yield* FiberHandle.run(
      renewals,
      refresh.pipe(
        Effect.retry(
          renewalSchedule.pipe(Schedule.while(() => Effect.map(Deadline.nowMillis, (now) => now < usableUntil)))
        ),
        Effect.delay(Duration.millis(renewal)),
        Effect.ignore
      )
    )
    return token
  })

  const remember = Effect.fnUntraced(function* (error: TokenError) {
    const memory =
      error._tag === "Unauthorized"
        ? REFUSAL_MEMORY
        : error._tag === "RateLimited"
          ? Duration.min(error.retryAfter ?? Duration.zero, LONGEST_MEMORY)
          : Duration.zero
    refusal = { error, until: (yield* Deadline.nowMillis) + Duration.toMillis(memory) }
  })

  const wait = ({ deadline, token }: Pending) => Deadline.explained(() => deadline.lastFailure())(Deferred.await(token))

  /** A new token for everyone who waits for one. The request runs on in the layer's scope when a caller leaves. */
  const refresh: Effect.Effect<Redacted.Redacted, TokenError> = Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(Deadline.nowMillis, (now) => {
      if (refusal !== undefined && now < refusal.until) return Effect.fail(asOf(now, refusal))
      if (pending !== undefined) return restore(wait(pending))
      const request: Pending = { token: Deferred.makeUnsafe(), deadline: Deadline.unlimited() }
      pending = request
      return fetch.pipe(
        Effect.flatMap(hold),
        Effect.tap(() => count(refreshSeries({ outcome: "success" }))),
        Effect.tapError((error) =>
          Effect.andThen(remember(error), count(refreshSeries({ outcome: snakeCase(error._tag) })))
        ),
        Effect.ensuring(
          Effect.sync(() => {
            pending = undefined
          })
        ),
        Effect.interruptible,
        Deferred.into(request.token),
        Effect.provideService(Deadline.CurrentDeadline, request.deadline),
        Effect.forkIn(scope),
        Effect.andThen(restore(wait(request)))
      )
    })
  )

  const drop = (token: Redacted.Redacted) =>
    Effect.suspend(() => {
      if (held?.token !== token) return Effect.void
      held = undefined
      return FiberHandle.clear(renewals)
    })

  return AccessToken.of({
    get: Effect.withFiber((fiber) =>
      held !== undefined && Deadline.millisOf(fiber) < held.usableUntil ? Effect.succeed(held.token) : refresh
    ),
    drop,
    reject: (token) =>
      Effect.andThen(
        Effect.when(
          remember(new Unauthorized({ operation: "token" })),
          Effect.sync(() => held?.token === token)
        ),
        drop(token)
      )
  })
})

/** A refusal that is remembered, with what is left of its `Retry-After`. */
const asOf = (now: number, { error, until }: { readonly error: TokenError; readonly until: number }): TokenError =>
  error._tag === "RateLimited"
    ? new RateLimited({ operation: "token", retryAfter: Duration.millis(until - now) })
    : error

const toToken = (answer: Answer): Effect.Effect<typeof TokenAnswer.Type, Unauthorized | UnexpectedResponse> => {
  if (answer.status === 400 || answer.status === 401 || answer.status === 403) {
    return Effect.fail(new Unauthorized({ operation: "token" }))
  }
  if (answer.status !== 200) {
    const issue = "this status is not part of it"
    return Effect.fail(new UnexpectedResponse({ operation: "token", status: answer.status, issue }))
  }
  return Effect.mapError(
    decodeToken(answer.body),
    (error) => new UnexpectedResponse({ operation: "token", status: 200, issue: describeIssue(error.issue) })
  )
}
