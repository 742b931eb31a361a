/** The settings of the ports that the process listens on: the webhook's, and those of metrics and console. */
import { Config, Effect, Option } from "effect"
import { durationConfig } from "../std/DurationConfig.ts"
import { DEFAULT_KEEP_ALIVE } from "../std/nodeServer.ts"
import { type Problems, setting, together } from "../std/Setting.ts"
import { hostConfig, portConfig, wordConfig } from "../std/valueConfigs.ts"

/** The place of `/metrics`: nowhere, beside the webhook, or on its own port. */
export type MetricsSettings =
  | "off"
  | "on"
  | {
      /** The address to listen on. */
      readonly host: string
      /** The TCP port; 0 takes any free one. */
      readonly port: number
    }

/** The webhook's port. */
export const port = setting(
  "PORT",
  portConfig("PORT").pipe(Config.withDefault(3000)),
  "a port number, 0 to 65535; 0 takes any free one"
)

/** Other words for on and off. */
const YES_AND_NO = { true: "on", yes: "on", "1": "on", false: "off", no: "off", "0": "off" } as const
/** The idle timeout of a connection to either port. */
export const keepAlive = setting(
  "HTTP_KEEP_ALIVE",
  durationConfig("HTTP_KEEP_ALIVE").pipe(Config.withDefault(DEFAULT_KEEP_ALIVE)),
  "the idle timeout of a connection, longer than that of the load balancer before the router, such as 75s"
)

/** The port and the host of what is served beside the webhook, such as `/metrics`. */
export const ownPort = (name: "CONSOLE" | "METRICS", what: string) => ({
  port: setting(
    `${name}_PORT`,
    Config.option(portConfig(`${name}_PORT`)),
    `a port number, 0 to 65535, to serve ${what} on instead of the webhook's; or leave it out`
  ),
  host: setting(`${name}_HOST`, Config.option(hostConfig(`${name}_HOST`)), `an address to serve ${what} on`)
})

/** The problem of a setting that says nothing without another one. */
export const without = (name: string, missing: string, example: string): Problems => [
  {
    name,
    problem: `is wrong: it is set without ${missing}`,
    instead: `set ${missing}, such as ${example}, or leave ${name} out`
  }
]

/** The place of `/metrics`. */
export const metrics: Effect.Effect<MetricsSettings, Problems> = Effect.flatMap(
  together({
    mode: setting(
      "METRICS",
      Config.option(wordConfig("METRICS", ["off", "on"], YES_AND_NO)),
      "on (at /metrics of the webhook's port, for everyone who reaches it) or off"
    ),
    ...ownPort("METRICS", "/metrics")
  }),
  ({ host, mode, port }): Effect.Effect<MetricsSettings, Problems> => {
    if (Option.isSome(port) && !Option.contains(mode, "off")) {
      return Effect.succeed({ host: Option.getOrElse(host, () => "127.0.0.1"), port: port.value })
    }
    return Option.isSome(host) && Option.isNone(port)
      ? Effect.fail(without("METRICS_HOST", "METRICS_PORT", "9464"))
      : Effect.succeed(Option.getOrElse(mode, () => "off" as const))
  }
)
