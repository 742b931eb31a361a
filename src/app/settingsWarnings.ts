/** Settings that are accepted, and are probably not what was meant. */
import { Duration, Effect } from "effect"
import { inWords } from "../std/clock.ts"
import { given, type Problems } from "../std/Setting.ts"
import { credentialsWarnings } from "./credentialsWarnings.ts"
import { dialectWarnings } from "./dialectWarnings.ts"
import { latestStart, turnOf } from "./impossible.ts"
import { proxyWarnings } from "./proxyWarnings.ts"
import type { SettingValues } from "./Settings.ts"
import { workTime } from "./workTime.ts"

/** How long Cognigy's HTTP Request node waits by default. */
const COGNIGY_WAITS = Duration.seconds(8)

/** A call that may take less than this hardly gets an answer from another machine. */
const SHORTEST_ATTEMPT = Duration.millis(100)

/** The most handovers for each connection to CXone. */
const MOST_PER_CONNECTION = 10

/** The calls of a handover: for a user who has a conversation, to open one, to find theirs, and to route it; in digital, to post a message, to route the contact and to look at it. */
const USUAL_CALLS = 3

const USUAL = { webchat: "handover of a user who has a conversation", digital: "handover" } as const

type Warning = (settings: SettingValues) => Problems

const deadline: Warning = ({ cxone: { attemptTimeout }, deadline }) => {
  const name = "HANDOVER_DEADLINE"
  if (Duration.isGreaterThan(deadline, COGNIGY_WAITS)) {
    return [
      {
        name,
        problem: `is ${inWords(deadline)}, longer than Cognigy's HTTP Request node waits by default (8 s): the flow would go on without the answer`,
        instead: "a second less than your node's timeout, such as 7s; a longer one only when the node waits longer, too"
      }
    ]
  }
  return Duration.isLessThan(workTime(deadline), attemptTimeout)
    ? [
        {
          name,
          problem: `is ${inWords(deadline)}, and one attempt may take ${inWords(attemptTimeout)} (CXONE_ATTEMPT_TIMEOUT): a slow call is never tried again`,
          instead: "a longer HANDOVER_DEADLINE, or a shorter CXONE_ATTEMPT_TIMEOUT"
        }
      ]
    : []
}

const attempt: Warning = ({ cxone: { attemptTimeout } }) =>
  Duration.isLessThan(attemptTimeout, SHORTEST_ATTEMPT)
    ? [
        {
          name: "CXONE_ATTEMPT_TIMEOUT",
          problem: `is ${inWords(attemptTimeout)}, which is too short for most answers`,
          instead: "a length of time such as 2s"
        }
      ]
    : []

/** How long most load balancers keep an idle connection. */
const BALANCERS_KEEP = Duration.seconds(60)

const httpKeepAlive: Warning = ({ keepAlive }) =>
  Duration.isLessThan(keepAlive, BALANCERS_KEEP)
    ? [
        {
          name: "HTTP_KEEP_ALIVE",
          problem: `is ${inWords(keepAlive)}: most load balancers keep idle connections for 60 s, and a webhook on one that the router is closing is lost`,
          instead: "longer than what stands before the router keeps them, such as 75s"
        }
      ]
    : []

const window: Warning = ({ deadline, idempotencyWindow }) =>
  Duration.isLessThan(idempotencyWindow, deadline)
    ? [
        {
          name: "IDEMPOTENCY_WINDOW",
          problem: `is ${inWords(idempotencyWindow)}, shorter than HANDOVER_DEADLINE (${inWords(deadline)}): a webhook that comes again may be handed over twice`,
          instead: "a length of time such as 10m"
        }
      ]
    : []

const connections: Warning = ({ capacity, connections: { limit } }) =>
  limit * MOST_PER_CONNECTION < capacity
    ? [
        {
          name: "CXONE_CONNECTIONS",
          problem: `is ${limit}, for up to ${capacity} handovers at once (MAX_HANDOVERS): most would wait for a connection`,
          instead: "about as many connections as handovers"
        }
      ]
    : []

const rateLimit: Warning = (settings) =>
  turnOf(USUAL_CALLS, settings) > latestStart(settings)
    ? [
        {
          name: "CXONE_RATE_LIMIT",
          problem: `lets no ${USUAL[settings.cxone.dialect]} end in time: it needs ${USUAL_CALLS} calls within HANDOVER_DEADLINE (${inWords(settings.deadline)})`,
          instead: "a higher limit, such as 300/minute; or leave it out"
        }
      ]
    : []

const metricsOff = Effect.gen(function* (): Effect.fn.Return<Problems> {
  const isOff = (yield* given("METRICS")) !== undefined
  const port = yield* given("METRICS_PORT")
  return isOff && port !== undefined
    ? [{ name: "METRICS_PORT", problem: "is set and not used: METRICS is off", instead: "remove one of the two" }]
    : []
})

/** All of them, in the order of the settings' table. */
export const settingsWarnings = (settings: SettingValues): Effect.Effect<Problems> =>
  Effect.gen(function* () {
    return [
      ...(yield* dialectWarnings(settings.cxone)),
      ...[attempt, rateLimit, connections, httpKeepAlive, deadline, window].flatMap((warning) => warning(settings)),
      ...(yield* credentialsWarnings(settings)),
      ...(yield* proxyWarnings(settings)),
      ...(settings.metrics === "off" ? yield* metricsOff : [])
    ]
  })
