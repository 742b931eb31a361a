/** The probe in front of a simulator, without sockets and in the test's time. */
import { NodeServices } from "@effect/platform-node"
import { Effect, Exit, FileSystem, Layer, Redacted, Result, Schema, Stdio, Terminal } from "effect"
import type { DigitalSettings } from "../../src/cxone/digital/DigitalSettings.ts"
import { DEFAULT_ATTEMPT_TIMEOUT } from "../../src/cxone/transport/Transport.ts"
import { ProbeReport } from "../../src/probe/ProbeReport.ts"
import { type ProbeInput, probe } from "../../src/probe/probe.ts"
import { DigitalSimulator } from "../../src/simulator/DigitalSimulator.ts"
import {
  type DigitalSimulatorInProcessOptions,
  digitalAccessKeyId,
  digitalAccessKeySecret,
  digitalAgentId,
  digitalChannelId,
  digitalClientId,
  digitalClientSecret,
  salesSkillId
} from "../../src/simulator/digital/DigitalOptions.ts"
import { patient, timed } from "../support/time.ts"

/** All that a person can give, without the burst. */
export const everything: ProbeInput = {
  skill: salesSkillId,
  acdVersion: "v30.0",
  agent: digitalAgentId,
  burst: false,
  isAgreed: true,
  file: undefined
}

/** The settings of the simulator. */
export const settings = (baseUrl: string): DigitalSettings["Service"] => ({
  issuer: baseUrl,
  clientId: digitalClientId,
  clientSecret: Redacted.make(digitalClientSecret),
  accessKeyId: digitalAccessKeyId,
  accessKeySecret: Redacted.make(digitalAccessKeySecret),
  channelId: digitalChannelId,
  contact: "open",
  intentField: "cognigy_intent",
  acdVersion: "v30.0",
  attemptTimeout: DEFAULT_ATTEMPT_TIMEOUT
})

/** A terminal at which somebody types this line, or standard streams without one. */
export const console = (typed?: string) => {
  const written: Array<string> = []
  const isTerminal = Effect.succeed(typed !== undefined)
  const terminal = Terminal.make({
    columns: Effect.succeed(0),
    rows: Effect.succeed(0),
    size: Effect.die("not asked for"),
    readInput: Effect.die("not asked for"),
    readLine: typed === undefined ? Effect.die("not asked for") : Effect.succeed(typed),
    display: (text) => Effect.sync(() => void written.push(text))
  })
  return {
    layer: Layer.merge(
      Layer.succeed(Terminal.Terminal, terminal),
      Stdio.layerTest({ stdinIsTerminal: isTerminal, stdoutIsTerminal: isTerminal })
    ),
    text: () => written.join("")
  }
}

interface More {
  readonly typed?: string
  readonly settings?: Partial<DigitalSettings["Service"]>
}

const runOnce = Effect.fnUntraced(function* (input: Partial<ProbeInput>, more: More) {
  const simulator = yield* DigitalSimulator
  const fs = yield* FileSystem.FileSystem
  const file = `${yield* fs.makeTempDirectoryScoped()}/probe.json`
  const { layer, text } = console(more.typed)
  const run = probe({ ...settings(simulator.baseUrl), ...more.settings }, { ...everything, file, ...input })
  const { value: exit } = yield* timed(Effect.exit(Effect.provide(run, layer)))
  const json = yield* fs.readFileString(file)
  const report = yield* Effect.result(
    Schema.decodeUnknownEffect(Schema.fromJsonString(ProbeReport), { onExcessProperty: "error" })(json)
  )
  const { contacts, counts } = yield* simulator.state
  return {
    exit,
    isWell: Exit.isSuccess(exit) && exit.value,
    text: text(),
    lines: text().split("\n"),
    json,
    report: Result.getOrThrow(report),
    contacts,
    counts,
    findings: Result.getOrThrow(report).questions.flatMap(({ findings }) => findings)
  }
})

/** How a run ends: what it printed and wrote, and what is in the tenant then. */
export const probing = (input: Partial<ProbeInput> = {}, more: More = {}) => Effect.scoped(runOnce(input, more))

/** Provides a simulator, the files of this machine, and a clock of the test. */
export const withSimulator =
  (options: DigitalSimulatorInProcessOptions = {}) =>
  <A, E, R>(test: Effect.Effect<A, E, R>) =>
    test.pipe(Effect.provide(DigitalSimulator.layerInProcess(options)), patient, Effect.provide(NodeServices.layer))
