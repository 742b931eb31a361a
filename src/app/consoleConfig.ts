/** The settings of the console. */
import { Config, Effect, Option } from "effect"
import { type ConsoleSettings, DEFAULT_CONSOLE_USER } from "../console/ConsoleSettings.ts"
import { type Problems, setting, together } from "../std/Setting.ts"
import { textConfig } from "../std/valueConfigs.ts"
import { ownPort, without } from "./PortSettings.ts"

const PASSWORD = "CONSOLE_PASSWORD"

/** The console; `undefined` without a password. */
export const console: Effect.Effect<ConsoleSettings | undefined, Problems> = Effect.flatMap(
  together({
    user: setting(
      "CONSOLE_USER",
      Config.option(textConfig("CONSOLE_USER")),
      "the user who may log in to the console, such as operator"
    ),
    // A password is taken as it is, with space around it.
    password: setting(
      PASSWORD,
      Config.option(Config.Redacted(PASSWORD)),
      "the console's password, a long random text such as `openssl rand -hex 16` prints; or leave it out, for no console"
    ),
    ...ownPort("CONSOLE", "the console")
  }),
  ({ host, password, port, user }): Effect.Effect<ConsoleSettings | undefined, Problems> => {
    if (Option.isNone(password)) {
      // Whoever sets one of these wants a console.
      const names = [
        ...(Option.isSome(user) ? ["CONSOLE_USER"] : []),
        ...(Option.isSome(port) ? ["CONSOLE_PORT"] : []),
        ...(Option.isSome(host) ? ["CONSOLE_HOST"] : [])
      ]
      const problems = names.flatMap((name) => without(name, PASSWORD, "the output of `openssl rand -hex 16`"))
      return problems.length > 0 ? Effect.fail(problems) : Effect.succeed(undefined)
    }
    if (Option.isSome(host) && Option.isNone(port)) return Effect.fail(without("CONSOLE_HOST", "CONSOLE_PORT", "3001"))
    return Effect.succeed({
      access: { user: Option.getOrElse(user, () => DEFAULT_CONSOLE_USER), password: password.value },
      listen: Option.isNone(port) ? undefined : { host: Option.getOrElse(host, () => "127.0.0.1"), port: port.value }
    })
  }
)
