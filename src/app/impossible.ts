/** Settings that are right alone and cannot work together: no handover could succeed, or the server could not listen. */
import { Duration } from "effect"
import { END_MARGIN, MIN_ATTEMPT } from "../cxone/Deadline.ts"
import { bucketOf } from "../cxone/transport/RateLimit.ts"
import { inWords } from "../std/clock.ts"
import type { Problems } from "../std/Setting.ts"
import type { SettingValues } from "./Settings.ts"
import { workTime } from "./workTime.ts"

/** The fewest calls of a handover: to open a conversation, and to route it. */
const FEWEST_CALLS = 2

/** How long so many calls in a row wait for their turns, in milliseconds, when CXone has not been called before. */
export const turnOf = (calls: number, { cxone: { rateLimit } }: Pick<SettingValues, "cxone">): number => {
  if (rateLimit === undefined) return 0
  const { burst, interval } = bucketOf(rateLimit)
  return Math.max(0, calls - burst) * Duration.toMillis(interval)
}

/** The latest start of an attempt, in milliseconds after the handover's. */
export const latestStart = ({ deadline }: Pick<SettingValues, "deadline">): number =>
  Duration.toMillis(workTime(deadline)) - Duration.toMillis(MIN_ATTEMPT) - Duration.toMillis(END_MARGIN)

const deadline = (settings: SettingValues): Problems =>
  latestStart(settings) > 0
    ? []
    : [
        {
          name: "HANDOVER_DEADLINE",
          problem: `is wrong: ${inWords(settings.deadline)} is too short for any call to CXone`,
          instead: "a length of time less than Cognigy's HTTP Request node waits (8 seconds by default), such as 7s"
        }
      ]

const rateLimit = (settings: SettingValues): Problems =>
  latestStart(settings) <= 0 || turnOf(FEWEST_CALLS, settings) <= latestStart(settings)
    ? []
    : [
        {
          name: "CXONE_RATE_LIMIT",
          problem: `is wrong: a handover needs ${FEWEST_CALLS} calls, and the last one's turn comes after HANDOVER_DEADLINE (${inWords(settings.deadline)})`,
          instead: "how many calls CXone may get in how much time, such as 300/minute; or leave it out"
        }
      ]

const ALL_ADDRESSES = new Set(["0.0.0.0", "::"])

const address = (host: string) => (host === "localhost" ? "127.0.0.1" : host)

/** Two ports of the process that would be the same. */
const isSamePort = (
  one: { readonly host: string; readonly port: number },
  other: { readonly host: string; readonly port: number }
): boolean =>
  one.port === other.port &&
  one.port !== 0 &&
  ([one.host, other.host].some((host) => ALL_ADDRESSES.has(host)) || address(one.host) === address(other.host))

const ports = ({ console, host, metrics, port }: SettingValues): Problems => {
  const metricsAt = metrics === "off" || metrics === "on" ? undefined : metrics
  const consoleAt = console?.listen
  const webhook = { host, port }
  return [
    ...(metricsAt !== undefined && isSamePort(webhook, metricsAt)
      ? [
          {
            name: "METRICS_PORT",
            problem: `is wrong: ${port} is the webhook's port (PORT)`,
            instead: "another port, such as 9464; or METRICS=on without METRICS_PORT for /metrics on the webhook's port"
          }
        ]
      : []),
    ...(consoleAt !== undefined && isSamePort(webhook, consoleAt)
      ? [
          {
            name: "CONSOLE_PORT",
            problem: `is wrong: ${port} is the webhook's port (PORT)`,
            instead: "another port, such as 3001; or leave it out, for /console on the webhook's port"
          }
        ]
      : []),
    ...(consoleAt !== undefined && metricsAt !== undefined && isSamePort(metricsAt, consoleAt)
      ? [
          {
            name: "CONSOLE_PORT",
            problem: `is wrong: ${consoleAt.port} is the metrics' port (METRICS_PORT)`,
            instead: "another port, such as 3001"
          }
        ]
      : [])
  ]
}

/** The problems of settings that cannot work together. */
export const impossible = (settings: SettingValues): Problems => [
  ...deadline(settings),
  ...rateLimit(settings),
  ...ports(settings)
]
