/** `serve`: the webhook server. */
import { Console, Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { serveSimulated } from "../app/demo.ts"
import { serve } from "../app/serve.ts"

/** The command. */
export const serveCommand = Command.make(
  "serve",
  {
    simulate: Flag.Boolean("simulate").pipe(
      Flag.withDescription("run against an embedded CXone simulator: needs no credentials, listens on loopback only"),
      Flag.withDefault(false)
    )
  },
  ({ simulate }) =>
    Effect.tapErrorTag(simulate ? serveSimulated : serve, "SettingsError", () => Console.error("Not started."))
).pipe(Command.withDescription("Start the webhook server"))
