/** `simulate`: the CXone simulator alone. */
import { Console, Effect, Layer, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { CXoneSimulator } from "../simulator/CXoneSimulator.ts"
import {
  agentId,
  salesQueueId,
  simulatorClientId,
  simulatorClientSecret,
  supportQueueId
} from "../simulator/webchat/SimulatorOptions.ts"

const banner = (url: string): string =>
  `
CXone simulator listens on ${url}

  client id and secret   ${simulatorClientId} / ${simulatorClientSecret}
  queues                 ${salesQueueId} (Sales), ${supportQueueId} (Support)
  agent                  ${agentId}
  state                  curl -s ${url}/__simulator/state

Stop with Ctrl+C.
`

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
    )
  },
  (options) =>
    Layer.launch(
      Layer.effectDiscard(Effect.flatMap(CXoneSimulator, ({ baseUrl }) => Console.log(banner(baseUrl)))).pipe(
        Layer.provide(CXoneSimulator.layer(options))
      )
    )
).pipe(Command.withDescription("Start the CXone simulator alone, for other projects' tests"))
