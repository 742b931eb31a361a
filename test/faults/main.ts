/** `npm run test:faults`: plays what can go wrong against the real router process, and prints how it went as a table. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Cause, Console, Effect, FileSystem, Option, Runtime, Schema } from "effect"
import { CliError, Command, Flag } from "effect/cli"
import { digital } from "./dialects/digital.ts"
import { webchat } from "./dialects/webchat.ts"
import { toFailures, toJson, toTable } from "./Report.ts"
import { defaultSeed, play, type Result, type Scenario } from "./Scenario.ts"
import { scenarios, scenariosOf } from "./scenarios.ts"

/** Something did not hold; what, has been told. */
class Failed extends Schema.TaggedError<Failed>()("Failed", {}) {}

/** No scenario has this name. */
class UnknownScenario extends Schema.TaggedError<UnknownScenario>()("UnknownScenario", {
  name: Schema.String,
  known: Schema.Array(Schema.String)
}) {
  override get message() {
    return `There is no scenario ${this.name}.\n    → one of ${this.known.join(", ")}`
  }
}

const chosen = (known: ReadonlyArray<Scenario>, only: ReadonlyArray<string>) =>
  only.length === 0
    ? Effect.succeed(known)
    : Effect.forEach(only, (wanted) =>
        Effect.fromNullishOr(known.find(({ name }) => name === wanted)).pipe(
          Effect.mapError(() => new UnknownScenario({ name: wanted, known: known.map(({ name }) => name) }))
        )
      )

const told = (result: Result) => {
  const { about, failures, name, seconds } = result
  const line = `${failures.length === 0 ? "✓" : "✗"} ${name} (${about}), ${seconds.toFixed(1)} s`
  return failures.length === 0 ? line : `${line}\n${toFailures([result])}`
}

const command = Command.make(
  "test:faults",
  {
    dialect: Flag.Literals("dialect", ["webchat", "digital"]).pipe(
      Flag.withDescription("play against this API of CXone"),
      Flag.withDefault("webchat")
    ),
    short: Flag.Boolean("short").pipe(
      Flag.withDescription("play each scenario in the size that CI plays"),
      Flag.withDefault(false)
    ),
    only: Flag.String("only").pipe(
      Flag.withMetavar("name"),
      Flag.withDescription("play this scenario only; may be given several times"),
      Flag.between(0, scenarios.length)
    ),
    seed: Flag.String("seed").pipe(
      Flag.withDescription("generate input from this seed, to try others or to repeat a failure"),
      Flag.withDefault(defaultSeed)
    ),
    json: Flag.String("json").pipe(
      Flag.withMetavar("file"),
      Flag.withDescription("write the results to this file"),
      Flag.optional
    )
  },
  Effect.fnUntraced(function* ({ dialect: name, json, only, seed, short }) {
    const dialect = name === "digital" ? digital : webchat
    const toPlay = yield* chosen(scenariosOf(dialect), only)
    // One at a time, so that what is measured is measured alone.
    const results = yield* Effect.forEach(toPlay, (scenario) =>
      Effect.tap(play(scenario, dialect, { isShort: short, seed }), (result) => Console.error(told(result)))
    )
    yield* Console.log(toTable(results))
    if (Option.isSome(json)) {
      yield* FileSystem.FileSystem.use((fs) => fs.writeFileString(json.value, toJson(results)))
    }
    if (results.every(({ failures }) => failures.length === 0)) return
    yield* Console.error(`\nDid not hold, with the seed ${seed}:\n${toFailures(results)}`)
    return yield* new Failed()
  })
).pipe(
  Command.withDescription("Play what can go wrong against the real router, and assert what must hold whatever does."),
  Command.withExamples([
    { command: "npm run test:faults", description: "All scenarios in full: some minutes" },
    { command: "npm run test:faults -- --dialect digital", description: "The same with the Digital Engagement API" },
    { command: "npm run test:faults -- --short --only sigterm", description: "One of them, as CI plays it" }
  ])
)

/** A failure is told in its own words; only a defect shows where in the code it came from. */
const report = <E>(cause: Cause.Cause<E>) => {
  const error = Cause.squash(cause)
  if (Cause.hasInterruptsOnly(cause) || CliError.isCliError(error) || error instanceof Failed) return Effect.void
  return Console.error(Cause.hasDies(cause) || !(error instanceof Error) ? Cause.pretty(cause) : error.message)
}

Command.run(command, { version: "1" }).pipe(
  Effect.provide(NodeServices.layer),
  Effect.tapCause(report),
  NodeRuntime.runMain({ disableErrorReporting: true, teardown: Runtime.defaultTeardown })
)
