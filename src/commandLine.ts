/** The command line. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Layer } from "effect"
import { Command } from "effect/cli"
import { outliveReaders } from "./app/output.ts"
import { layerSources } from "./app/processSources.ts"
import { report } from "./app/report.ts"
import { endAtSecondSignal, teardown } from "./app/signals.ts"
import { doctorCommand } from "./commands/doctor.ts"
import { explainCommand } from "./commands/explain.ts"
import { historyCommand } from "./commands/history.ts"
import { probeCommand } from "./commands/probe.ts"
import { replayCommand } from "./commands/replay.ts"
import { schemaCommand } from "./commands/schema.ts"
import { serveCommand } from "./commands/serve.ts"
import { simulateCommand } from "./commands/simulate.ts"
import { testRoutesCommand } from "./commands/testRoutes.ts"
import { version } from "./version.ts"

const command = Command.make("cognigy-cxone-router").pipe(
  Command.withDescription("Hands NICE Cognigy bot conversations over to NICE CXone"),
  Command.withSubcommands([
    serveCommand,
    historyCommand,
    explainCommand,
    testRoutesCommand,
    replayCommand,
    doctorCommand,
    probeCommand,
    schemaCommand,
    simulateCommand
  ])
)

const processLayer = Layer.mergeAll(outliveReaders, endAtSecondSignal, layerSources).pipe(
  Layer.provideMerge(NodeServices.layer)
)

Command.run(command, { version }).pipe(
  Effect.provide(processLayer),
  Effect.tapCause(report),
  NodeRuntime.runMain({ disableErrorReporting: true, teardown })
)
