/** The access token of all calls: fetched once for all callers that wait, and renewed before it expires. */
import {
  Cache,
  Context,
  Duration,
  Effect,
  Exit,
  FiberHandle,
  Layer,
  Metric,
  Option,
  type Redacted,
  Ref,
  Schedule,
  type Scope
} from "effect"
import * as Trail from "../../domain/Trail.ts"
import { nowMillis } from "../../std/clock.ts"
import { count, declare, observe } from "../../std/metrics.ts"
import { makeWayTo, throughWhat } from "../../std/Proxies.ts"
import { snakeCase } from "../../std/snakeCase.ts"
import { DeadlineExceeded, isTimeout, isTransient, RateLimited, Unauthorized, type Unavailable } from "../CXoneError.ts"
import * as Deadline from "../Deadline.ts"
import type { Grant, GrantError, Granted } from "./Grant.ts"
import { tokenAge, tokenRefreshesTotal } from "./metrics.ts"
import { renewalSchedule, tokenSchedule } from "./Schedules.ts"
import { Transport } from "./Transport.ts"

/** The errors of getting a token. */
export type TokenError = GrantError | DeadlineExceeded

/** Access tokens of one CXone client. */
export class AccessToken extends Context.Service<
  AccessToken,
  {
    /**
     * The current token, or a new one; one request serves all callers that wait. Fails when CXone grants none, and at the surrounding `Deadline` with the last
     * failure of the request, else `DeadlineExceeded`.
     */
    readonly get: Effect.Effect<Granted, TokenError>
    /** CXone answered 401 to this token: it is not used again. A newer one stays. */
    readonly drop: (token: Redacted.Redacted) => Effect.Effect<void>
    /** The same for a token that CXone never accepted: `get` fails with `Unauthorized` for 5 s, so that not every call requests another one. */
    readonly reject: (token: Redacted.Redacted) => Effect.Effect<void>
    /** A new token in place of the current one, such as for a client that has changed. Fails with `GrantError` when CXone grants none: then the current one stays. */
    readonly replace: Effect.Effect<void, GrantError>
  }
>()("cognigy-cxone-router/cxone/AccessToken") {
  /** Tokens by a dialect's grant. Each call makes a layer with a token of its own. */
  static readonly layerFrom = (grant: Grant): Layer.Layer<AccessToken, never, Transport> =>
    Layer.effect(AccessToken, make(grant))
}

/** The longest margin before a token's expiry in which it is no longer used. */
export const EXPIRY_MARGIN = Duration.seconds(60)

/** A renewal starts this long before that margin; a fifth of the usable time, when that is less. */
export const RENEWAL_LEAD = Duration.seconds(30)

/** A token that claims to live longer than this is renewed as if it did not. */
export const LONGEST_LIFE = Duration.days(1)

/** A refusal of our credentials is remembered this long, so that wrong ones are not tried with every webhook. */
export const REFUSAL_MEMORY = Duration.seconds(5)

/** A rate limit of the token endpoint is remembered this long at most: past it, a request says more than an old answer. */
export const LONGEST_MEMORY = Duration.seconds(60)

/** A token that is usable for less than this is not renewed in the background, since no call may need it. */
export const SHORTEST_RENEWED = Duration.seconds(1)

/** How long a token is used, and how long after its issue its renewal starts. */
export const lifetime = (
  life: Duration.Duration
): { readonly usable: Duration.Duration; readonly renewal: Duration.Duration } => {
  const bounded = Duration.min(life, LONGEST_LIFE)
  const usable = Duration.subtract(bounded, Duration.min(EXPIRY_MARGIN, Duration.times(bounded, 0.5)))
  return { usable, renewal: Duration.subtract(usable, Duration.min(RENEWAL_LEAD, Duration.times(usable, 0.2))) }
}

/** How long the outcome of a request is kept: the token while it is usable, a refusal for a short time, another failure not at all. */
const memoryOf = (exit: Exit.Exit<Granted, GrantError>): Duration.Duration => {
  if (Exit.isSuccess(exit)) return lifetime(exit.value.life).usable
  const error = Option.getOrUndefined(Exit.findErrorOption(exit))
  if (error?._tag === "Unauthorized") return REFUSAL_MEMORY
  return error?._tag === "RateLimited" ? Duration.min(error.retryAfter ?? Duration.zero, LONGEST_MEMORY) : Duration.zero
}

/** All outcomes of a request for a token, as metrics name them. */
export const OUTCOMES = ["success", "unauthorized", "rate_limited", "unavailable", "unexpected_response"]

/** The cache has one entry. */
const KEY = "token"

const make = Effect.fnUntraced(function* (
  grant: Grant
): Effect.fn.Return<AccessToken["Service"], never, Transport | Scope.Scope> {
  const transport = yield* Transport
  const wayTo = yield* makeWayTo
  const renewals = yield* FiberHandle.make()
  // In the layer's context: a caller's holds its whole request.
  const renew = yield* FiberHandle.runtime(renewals)<never>()
  /** The last failure of the request in progress: callers whose deadline comes first fail with it. */
  const lastFailure = yield* Ref.make<RateLimited | Unavailable | undefined>(undefined)
  /** The latest request, which callers wait for: its name, and the proxy on its way, if any. */
  let latest: { readonly operation: string; readonly through?: string } = { operation: "token" }
  /** CXone refuses its own fresh tokens: the next look-up fails without a request. */
  const isRejected = yield* Ref.make(false)
  /** When the token in use was issued, and until when it is usable, in milliseconds on the monotonic clock. */
  let inUse: { readonly issuedAt: number; readonly usableUntil: number } | undefined
  /** When the token endpoint's limit is over, in the same way. */
  let limitedUntil = 0

  const { dialect } = transport
  yield* declare(OUTCOMES.map((outcome) => Metric.withAttributes(tokenRefreshesTotal, { dialect, outcome })))
  const context = yield* Effect.context<never>()
  yield* observe(tokenAge, () => {
    const now = Effect.runSyncWith(context)(nowMillis)
    return inUse === undefined || now >= inUse.usableUntil ? -1 : (now - inUse.issuedAt) / 1000
  })

  const send: Parameters<Grant["get"]>[0] = (request, operation = "token") =>
    Effect.gen(function* () {
      const through = throughWhat(wayTo(request.url))
      latest = { operation, ...(through === undefined ? {} : { through }) }
      // Not at the end: the last caller to give up ends the request, and reads the failure after that.
      yield* Ref.set(lastFailure, undefined)
      return yield* transport.send(request, { operation, lane: "token", schedule: remembering })
    }).pipe(
      // The request itself has no deadline: callers have their own.
      Effect.catchTag("DeadlineExceeded", Effect.die)
    )
  const remembering = Schedule.tap(tokenSchedule, ({ input }) =>
    isTransient(input) && !isTimeout(input) ? Ref.set(lastFailure, input) : Effect.void
  )

  const fetch = Effect.gen(function* () {
    const granted = yield* grant.get(send)
    const issuedAt = yield* nowMillis
    inUse = { issuedAt, usableUntil: issuedAt + Duration.toMillis(lifetime(granted.life).usable) }
    return granted
  }).pipe(
    Effect.tap(() => count(tokenRefreshesTotal, { dialect, outcome: "success" })),
    Effect.tapError((error) => count(tokenRefreshesTotal, { dialect, outcome: snakeCase(error._tag) })),
    Effect.tapErrorTag("RateLimited", ({ retryAfter = Duration.zero }) =>
      Effect.map(nowMillis, (now) => {
        limitedUntil = now + Duration.toMillis(Duration.min(retryAfter, LONGEST_MEMORY))
      })
    ),
    Deadline.unlimited,
    Effect.provideService(Trail.CurrentTrail, undefined)
  )

  /** A token for callers that wait. The refusal of a fresh one is remembered like other outcomes. */
  const lookup = Effect.gen(function* () {
    if (yield* Ref.getAndSet(isRejected, false)) {
      return yield* new Unauthorized({ operation: "token", remedy: grant.remedy })
    }
    const granted = yield* Effect.withSpan(fetch, "AccessToken.fetch")
    renew(renewing(granted))
    return granted
  })

  /** Renews a token, and then the one that follows it, for as long as that works before the token is no longer usable. */
  const renewing = (granted: Granted): Effect.Effect<void> => {
    const { renewal, usable } = lifetime(granted.life)
    if (Duration.isLessThan(usable, SHORTEST_RENEWED)) return Effect.void
    return fetch.pipe(
      // The trace of the first caller is over by then.
      Effect.withSpan("AccessToken.renew", { root: true }),
      Effect.retry(renewalSchedule),
      Effect.delay(renewal),
      Effect.timeout(usable),
      Effect.tap((next) => Cache.set(tokens, KEY, next)),
      Effect.matchEffect({ onFailure: () => Effect.void, onSuccess: renewing })
    )
  }

  const tokens: Cache.Cache<string, Granted, GrantError> = yield* Cache.makeWith((_key: string) => lookup, {
    capacity: 1,
    timeToLive: memoryOf
  })

  /** A remembered limit, with the time that is left of it. */
  const asOfNow = (error: RateLimited) =>
    Effect.flatMap(nowMillis, (now) =>
      error.retryAfter === undefined
        ? Effect.fail(error)
        : Effect.fail(new RateLimited({ ...error, retryAfter: Duration.millis(Math.max(0, limitedUntil - now)) }))
    )

  const get = Effect.gen(function* () {
    const cached = yield* Cache.getSuccess(tokens, KEY)
    if (Option.isSome(cached)) return cached.value
    const startedAt = yield* nowMillis
    return yield* Cache.get(tokens, KEY).pipe(
      Effect.catchTag("RateLimited", asOfNow),
      Effect.timeoutOrElse({
        duration: Duration.subtract(yield* Deadline.remaining, Deadline.END_MARGIN),
        orElse: () =>
          Effect.flatMap(Ref.get(lastFailure), (failure) => Effect.fail(failure ?? new DeadlineExceeded(latest)))
      }),
      Effect.ensuring(Trail.add({ kind: "wait", name: "token", startedAt, outcome: "over" }))
    )
  })

  const drop = Effect.fnUntraced(function* (token: Redacted.Redacted, isRefused: boolean) {
    const current = yield* Cache.getSuccess(tokens, KEY)
    if (Option.isNone(current) || current.value.token !== token) return
    yield* Cache.invalidate(tokens, KEY)
    inUse = undefined
    if (isRefused) {
      yield* Ref.set(isRejected, true)
      yield* Effect.ignore(Cache.get(tokens, KEY))
    }
    yield* FiberHandle.clear(renewals)
  })

  return AccessToken.of({
    get,
    replace: Effect.flatMap(Effect.withSpan(fetch, "AccessToken.replace"), (next) =>
      Effect.andThen(
        Cache.set(tokens, KEY, next),
        Effect.sync(() => renew(renewing(next)))
      )
    ),
    drop: (token) => drop(token, false),
    reject: (token) => drop(token, true)
  })
})
