/** `probe`: asks a sandbox tenant what public material does not tell. */
import { Effect, Layer, Option, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { streamingHttpClient } from "../app/Router.ts"
import { cxoneSettings } from "../app/Settings.ts"
import { failWhenInterrupted } from "../app/signals.ts"
import { isNumber, isUuid } from "../cxone/digital/ids.ts"
import { probe } from "../probe/probe.ts"
import { Proxies } from "../std/Proxies.ts"
import { CommandFailed } from "./CommandFailed.ts"

const Skill = Schema.String.check(Schema.makeFilter(isNumber, { message: "not the number of a skill" }))

const Agent = Schema.String.check(Schema.makeFilter(isUuid, { message: "not the UUID of an agent" }))

/** The command has printed the reason. */
const failed = new CommandFailed({ message: "" })

/** The command. */
export const probeCommand = Command.make(
  "probe",
  {
    yes: Flag.Boolean("yes").pipe(Flag.withDescription("write to the tenant without asking"), Flag.withDefault(false)),
    json: Flag.String("json").pipe(
      Flag.withDescription("write what was seen to this file, without secrets"),
      Flag.optional
    ),
    skill: Flag.String("skill").pipe(
      Flag.withDescription("the number of a skill of digital contacts; contacts are queued there"),
      Flag.withSchema(Skill),
      Flag.optional
    ),
    agent: Flag.String("agent").pipe(
      Flag.withDescription("the UUID of an agent who is logged out; a contact is assigned to them"),
      Flag.withSchema(Agent),
      Flag.optional
    ),
    burst: Flag.Boolean("burst").pipe(
      Flag.withDescription("update one contact until CXone limits that"),
      Flag.withDefault(false)
    )
  },
  Effect.fnUntraced(function* ({ agent, burst, json, skill, yes }) {
    const { connections, cxone, proxies } = yield* cxoneSettings
    if (cxone.dialect !== "digital") {
      return yield* new CommandFailed({
        message:
          "There is nothing to probe: CXONE_DIALECT is webchat, and the probe asks the Digital Engagement API.\n    → set CXONE_DIALECT=digital and its settings"
      })
    }
    if (cxone.channelId === undefined) {
      return yield* new CommandFailed({
        message: "There is no channel to probe.\n    → set CXONE_CHANNEL_ID to the channel of a sandbox"
      })
    }
    const http = Layer.provideMerge(streamingHttpClient(connections), Layer.succeed(Proxies, proxies))
    const isWell = yield* probe(cxone, {
      skill: Option.getOrUndefined(skill),
      agent: Option.getOrUndefined(agent),
      acdVersion: cxone.acdVersion,
      burst,
      isAgreed: yes,
      file: Option.getOrUndefined(json)
    }).pipe(
      Effect.provide(http),
      Effect.catchTag("Stopped", () => Effect.fail(failed)),
      failWhenInterrupted
    )
    if (!isWell) return yield* failed
  })
).pipe(
  Command.withDescription("Ask a sandbox tenant of the Digital Engagement API whether it behaves as the router assumes")
)
