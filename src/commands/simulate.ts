/** `simulate`: the CXone simulator alone. */
import { Console, Effect, Layer, Option, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { CXoneSimulator } from "../simulator/CXoneSimulator.ts"
import { DigitalSimulator } from "../simulator/DigitalSimulator.ts"
import type { DigitalSimulatorOptions } from "../simulator/digital/DigitalOptions.ts"
import type { SimulatorOptions } from "../simulator/webchat/SimulatorOptions.ts"
import { digitalBanner, webchatBanner } from "./simulateBanner.ts"
import { checkDigitalTargets, targetFlags } from "./simulatedTargets.ts"

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
    dialect: Flag.Literals("dialect", ["webchat", "digital"]).pipe(
      Flag.withDescription("the API of CXone: webchat, or digital for the Digital Engagement API"),
      Flag.withDefault("webchat" as const)
    ),
    anyConversation: Flag.Boolean("any-conversation").pipe(
      Flag.withDescription(
        "take conversations of any user, name and labels, not only those that the router opens; digital always does"
      ),
      Flag.withDefault(false)
    ),
    ...targetFlags
  },
  Effect.fnUntraced(function* ({ agents, anyConversation, dialect, queues, ...rest }) {
    const targets = {
      ...Option.match(queues, { onNone: () => ({}), onSome: (queues) => ({ queues }) }),
      ...Option.match(agents, { onNone: () => ({}), onSome: (agents) => ({ agents }) })
    }
    if (dialect === "digital") {
      yield* checkDigitalTargets(targets)
      const options: DigitalSimulatorOptions = { ...rest, ...targets }
      return yield* started(
        Effect.map(DigitalSimulator, ({ baseUrl }) => digitalBanner(baseUrl, options)),
        DigitalSimulator.layer(options)
      )
    }
    const options: SimulatorOptions = { ...rest, ...targets, anyConversation }
    return yield* started(
      Effect.map(CXoneSimulator, ({ baseUrl }) => webchatBanner(baseUrl, options)),
      CXoneSimulator.layer(options)
    )
  })
).pipe(Command.withDescription("Start the CXone simulator alone, for other projects' tests"))

/** Runs a simulator until the process ends, and prints its banner once it listens. */
const started = <R, E>(banner: Effect.Effect<string, never, R>, simulator: Layer.Layer<R, E>) =>
  Layer.launch(Layer.provide(Layer.effectDiscard(Effect.flatMap(banner, Console.log)), simulator))
