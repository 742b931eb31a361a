/** `simulate`: the CXone simulator alone. */
import { Console, Effect, Layer, Option, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { CXoneSimulator } from "../simulator/CXoneSimulator.ts"
import {
  type NamedId,
  type SimulatorOptions,
  simulatorClientId,
  simulatorClientSecret,
  withDefaults
} from "../simulator/webchat/SimulatorOptions.ts"
import { oneLine } from "../std/oneLine.ts"
import { targetFlags } from "./simulatedTargets.ts"

/** The most queues and agents that are listed. */
const MAX_SHOWN = 20

const list = (targets: ReadonlyArray<NamedId>): string =>
  [
    ...targets.slice(0, MAX_SHOWN).map(({ id, name }) => oneLine(name === id ? id : `${id} (${name})`)),
    ...(targets.length > MAX_SHOWN ? [`and ${targets.length - MAX_SHOWN} more`] : [])
  ].join(`\n${" ".repeat(25)}`)

const banner = (url: string, options: SimulatorOptions): string => {
  const { agents, anyTarget, queues } = withDefaults(options)
  return `
CXone simulator listens on ${url}

  client id and secret   ${simulatorClientId} / ${simulatorClientSecret}
  queues                 ${list(queues)}
  agents                 ${list(agents)}${anyTarget ? "\n  targets                any queue or agent is accepted, also one that is not there" : ""}
  access token           curl -s ${url}/oauth/token -d grant_type=client_credentials -d client_id=${simulatorClientId} -d client_secret=${simulatorClientSecret}
  state                  curl -s ${url}/__simulator/state

Stop with Ctrl+C.
`
}

/** The command. */
export const simulateCommand = Command.make(
  "simulate",
  {
    port: Flag.Int("port").pipe(
      Flag.withDescription("the port to listen on; 0 takes any free one"),
      Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65535 }))),
      Flag.withDefault(4010)
    ),
    host: Flag.String("host").pipe(
      Flag.withDescription("the address to listen on; everyone who reaches it can order faults"),
      Flag.withDefault("127.0.0.1")
    ),
    anyConversation: Flag.Boolean("any-conversation").pipe(
      Flag.withDescription("take conversations of any user, name and labels, not only those that the router opens"),
      Flag.withDefault(false)
    ),
    ...targetFlags
  },
  ({ agents, queues, ...rest }) => {
    const options: SimulatorOptions = {
      ...rest,
      ...Option.match(queues, { onNone: () => ({}), onSome: (queues) => ({ queues }) }),
      ...Option.match(agents, { onNone: () => ({}), onSome: (agents) => ({ agents }) })
    }
    return Layer.launch(
      Layer.effectDiscard(Effect.flatMap(CXoneSimulator, ({ baseUrl }) => Console.log(banner(baseUrl, options)))).pipe(
        Layer.provide(CXoneSimulator.layer(options))
      )
    )
  }
).pipe(Command.withDescription("Start the CXone simulator alone, for other projects' tests"))
