/** The command `verify:cxone`: holds a CXone, its mock or a sandbox tenant to this project's pact with it. */
import { relative } from "node:path"
import { Cause, Console, Effect, FileSystem, Option, Path, Schema } from "effect"
import { CliError, Command, Flag } from "effect/cli"
import packageJson from "../../../package.json" with { type: "json" }
import { inWords, makeWayTo, type Way } from "../../../src/std/Proxies.ts"
import { cxonePact, digitalPact } from "../support/pacts.ts"
import { readPact } from "./Pact.ts"
import { countsOf, toJson, toJUnit, toLines, toSummary } from "./Report.ts"
import { type AnySettings, dialectOf, settingsOf } from "./Settings.ts"
import { cxoneOf, verifyPact } from "./Verification.ts"

/** A report could not be written. */
class ReportError extends Schema.TaggedError<ReportError>()("ReportError", {
  file: Schema.String,
  problem: Schema.String
}) {
  override get message() {
    return `The report ${this.file} was not written: ${this.problem}\n    → name a file in a directory that can be written to`
  }
}

/** At least one interaction failed; its line is printed already. */
class Failed extends Schema.TaggedError<Failed>()("Failed", {}) {}

/** No interaction was replayed, so nothing was learned about the provider. */
class NothingVerified extends Schema.TaggedError<NothingVerified>()("NothingVerified", {}) {
  override get message() {
    return "Nothing was verified: every interaction was skipped.\n    → set CXONE_PROVIDER_STATES_URL, or the settings that the lines above name"
  }
}

const writeReport = Effect.fnUntraced(function* (file: Option.Option<string>, text: string) {
  if (Option.isNone(file)) return
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  yield* fs.makeDirectory(path.dirname(file.value), { recursive: true }).pipe(
    Effect.andThen(fs.writeFileString(file.value, text)),
    Effect.mapError(({ reason }) => new ReportError({ file: file.value, problem: reason.message }))
  )
})

/** Not a `Flag.File`: that looks at the path, and fails in words of its own. */
const reportFile = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.withMetavar("file"), Flag.withDescription(description), Flag.optional)

const headline = (url: string, file: string, { statesUrl }: AnySettings, way: Way) =>
  `Verifying ${url}${way.proxy === undefined ? "" : `, ${inWords(way)},`} against ${file}; states are arranged ${
    statesUrl === undefined ? "through its own API" : "by CXONE_PROVIDER_STATES_URL"
  }.`

const pacts = { webchat: cxonePact, digital: digitalPact }

const command = Command.make(
  "verify:cxone",
  {
    pact: Flag.String("pact").pipe(
      Flag.withMetavar("file"),
      Flag.withDescription("the pact to replay, instead of the dialect's"),
      Flag.optional
    ),
    dialect: Flag.Literals("dialect", ["webchat", "digital"]).pipe(
      Flag.withDescription("the dialect of CXone's API; by default that of CXONE_DIALECT, else webchat"),
      Flag.optional
    ),
    strict: Flag.Boolean("strict").pipe(
      Flag.withDescription("count interactions that were skipped as failed"),
      Flag.withDefault(false)
    ),
    junit: reportFile("junit", "write a JUnit XML report to this file"),
    json: reportFile("json", "write a JSON report to this file")
  },
  Effect.fnUntraced(function* ({ dialect: given, json, junit, pact: chosen, strict }) {
    const dialect = yield* dialectOf(given)
    const read = yield* settingsOf(dialect)
    const file = Option.getOrElse(chosen, () => relative(process.cwd(), pacts[dialect].committed))
    const pact = yield* readPact(file)
    const { url } = cxoneOf(read)
    yield* Console.log(headline(url, file, read, (yield* makeWayTo)(url)))
    const verification = yield* verifyPact(pact, read, (replayed) => Console.log(toLines(replayed)))
    yield* Console.log(toSummary(verification))
    const written = yield* Effect.result(writeReport(junit, toJUnit(verification)))
    yield* writeReport(json, toJson(verification))
    yield* Effect.fromResult(written)
    const { failed, passed, skipped } = countsOf(verification)
    if (failed > 0 || (strict && skipped > 0)) return yield* new Failed()
    if (passed === 0) return yield* new NothingVerified()
  })
).pipe(
  Command.withDescription(
    [
      "Replay a pact with CXone against any base URL: a mock, the simulator of this project, or a sandbox tenant.",
      "",
      "Settings of webchat, from the environment or the file .env:",
      "  CXONE_BASE_URL             the start of its URLs",
      "  CXONE_CLIENT_ID            the OAuth client whose token takes the place of the pact's",
      "  CXONE_CLIENT_SECRET        its secret",
      "  CXONE_PROVIDER_STATES_URL  takes POST {action, state, params} to arrange states (optional)",
      "  CXONE_QUEUE_ID             without that URL: a queue that is there (optional)",
      "  CXONE_AGENT_ID             without that URL: an agent who is there (optional)",
      "  HTTPS_PROXY, HTTP_PROXY, NO_PROXY  the proxy on the way there (optional)",
      "",
      "Settings of the digital dialect: those of the router (CXONE_ISSUER, CXONE_BASE_URL, CXONE_CLIENT_ID,",
      "CXONE_CLIENT_SECRET, CXONE_ACCESS_KEY_ID, CXONE_ACCESS_KEY_SECRET, CXONE_CHANNEL_ID, CXONE_TENANT_ID,",
      "CXONE_INTENT_FIELD), CXONE_PROVIDER_STATES_URL, and without that URL what is there (optional):",
      "  CXONE_SKILL_ID             the number of a skill",
      "  CXONE_QUEUE_ID             the UUID of a routing queue",
      "  CXONE_AGENT_ID             the UUID of an agent",
      "  CXONE_AGENT_NUMBER         the number of an agent",
      "",
      "Without a provider-states URL, states are arranged through the provider's own API, and interactions whose states",
      "it cannot arrange are skipped: ended conversations, revoked tokens, and more. What fails many interactions alike is",
      "told once, and the others are not run. Ends with 0 when nothing failed and something passed."
    ].join("\n")
  ),
  Command.withExamples([
    { command: "npm run verify:cxone", description: "Verify, one line per interaction" },
    { command: "npm run verify:cxone -- --dialect digital", description: "Verify the Digital Engagement API" },
    { command: "npm run verify:cxone -- --junit report.xml", description: "The same, with a report for CI" }
  ])
)

/** Prints a failure's own message; only a defect is printed with its stack. */
export const report = <E>(cause: Cause.Cause<E>) => {
  const error = Cause.squash(cause)
  if (Cause.hasInterruptsOnly(cause) || CliError.isCliError(error) || error instanceof Failed) return Effect.void
  return Console.error(Cause.hasDies(cause) || !(error instanceof Error) ? Cause.pretty(cause) : error.message)
}

/** Runs the command with these arguments. */
export const run = Command.runWith(command, { version: packageJson.version })
