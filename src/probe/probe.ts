/** Asks a tenant the nine questions, prints the answers as they come, and closes what it opened. */
import { Clock, Duration, Effect, FileSystem, Layer, Schema, type Stdio, type Terminal } from "effect"
import type { HttpClient } from "effect/http"
import type { DigitalSettings } from "../cxone/digital/DigitalSettings.ts"
import { makePrinter } from "../doctor/Printer.ts"
import { withoutSecrets } from "../doctor/secrets.ts"
import { oneLine } from "../std/oneLine.ts"
import { version } from "../version.ts"
import type { Finding } from "./Finding.ts"
import type { ProbeOptions } from "./Options.ts"
import { type Left, OwnContacts } from "./OwnContacts.ts"
import { type Answered, countsOf, isComplete, ProbeReport, QUESTIONS } from "./ProbeReport.ts"
import { consent, planOf } from "./plan.ts"
import { type Access, access } from "./questions/access.ts"
import { activity } from "./questions/activity.ts"
import { agent } from "./questions/agent.ts"
import { closed } from "./questions/closed.ts"
import { limit } from "./questions/limit.ts"
import { message } from "./questions/message.ts"
import { repeated } from "./questions/repeated.ts"
import { routing } from "./questions/routing.ts"
import { search } from "./questions/search.ts"
import { PATIENCE, Tenant } from "./Tenant.ts"
import * as words from "./words.ts"

/** The input of a run. */
export interface ProbeInput extends ProbeOptions {
  /** Goes on without asking. */
  readonly isAgreed: boolean
  /** The file that gets the report. */
  readonly file: string | undefined
  /** The time limit for one answer; by default `PATIENCE`. */
  readonly patience?: Duration.Input
}

/** The probe does not go on. */
export class Stopped extends Schema.TaggedError<Stopped>()("Stopped", { why: Schema.String }) {}

/**
 * Runs the probe. Succeeds with true when every question that was asked has its answer and all is closed. Whatever happens, an interruption included, it closes what it
 * opened, names what could not be closed, and writes the report. Fails with `Stopped` when it does not go on, which it says.
 */
export const probe = Effect.fnUntraced(function* (
  settings: DigitalSettings["Service"],
  input: ProbeInput
): Effect.fn.Return<boolean, Stopped, FileSystem.FileSystem | HttpClient.HttpClient | Stdio.Stdio | Terminal.Terminal> {
  const patience = Duration.fromInputUnsafe(input.patience ?? PATIENCE)
  const services = OwnContacts.layer(settings.channelId ?? "").pipe(
    Layer.provideMerge(Tenant.layer(settings, patience))
  )
  return yield* Effect.provide(asking(settings, input), services)
})

const asking = Effect.fnUntraced(function* (settings: DigitalSettings["Service"], input: ProbeInput) {
  const fs = yield* FileSystem.FileSystem
  const { secret } = yield* Tenant
  const { closeAll, opened, user } = yield* OwnContacts
  const printer = yield* makePrinter
  const at = new Date(yield* Clock.currentTimeMillis).toISOString()
  const { channelId = "", clientSecret, accessKeySecret, issuer } = settings
  const { file } = input
  const questions: Array<Answered> = []
  let known: Access | undefined
  let left: ReadonlyArray<Left> = []
  let isWritten = true

  // CXone chooses some of the texts.
  const conceal = Effect.map(secret, (token) => withoutSecrets([clientSecret, accessKeySecret, ...token]))
  const print = (lines: ReadonlyArray<string>) =>
    Effect.flatMap(conceal, (conceal) =>
      Effect.forEach(lines, (line) => printer.line(oneLine(conceal(line))), { discard: true })
    )

  const ask = <E, R>(findings: Effect.Effect<ReadonlyArray<Finding>, E, R>) =>
    Effect.gen(function* () {
      const number = questions.length + 1
      const question = QUESTIONS[number - 1] ?? ""
      yield* printer.progress(`… ${question}`)
      const answered: Answered = { number, question, findings: yield* findings }
      questions.push(answered)
      yield* print(words.answered(answered))
    })

  const agreed = Effect.fnUntraced(function* (access: Access) {
    if (access.channel.isMissing) return yield* new Stopped({ why: "there is no channel to write to" })
    yield* print(words.plan(planOf(access, user(""), input)))
    const answer = input.isAgreed ? "yes" : yield* consent
    if (answer === "unasked") {
      return yield* new Stopped({ why: "nobody can be asked without a terminal: give --yes to go on" })
    }
    if (answer === "no") return yield* new Stopped({ why: "not agreed to" })
  })

  /** Nothing more is opened when that cannot be closed. */
  const canClose = Effect.gen(function* () {
    yield* printer.progress("… closing the first contacts")
    if ((yield* closeAll).length > 0) return yield* new Stopped({ why: "the first contacts could not be closed" })
  })

  const all = Effect.gen(function* () {
    yield* ask(
      Effect.map(access(settings), ({ access, findings }) => {
        known = access
        return findings
      })
    )
    if (known === undefined) return yield* new Stopped({ why: "there is no access token" })
    yield* agreed(known)
    yield* ask(message(input))
    yield* canClose
    yield* ask(repeated(channelId))
    yield* ask(routing(input))
    yield* ask(agent(input))
    yield* ask(closed(input))
    yield* ask(search(channelId))
    yield* ask(limit(input))
    yield* ask(activity(input))
  })

  const write = Effect.fnUntraced(function* (path: string) {
    const report: ProbeReport = {
      format: 1,
      version,
      at,
      issuer,
      ...(known === undefined ? {} : { api: known.api }),
      channel: {
        id: channelId,
        ...(known?.channel.name === undefined ? {} : { name: known.channel.name })
      },
      questions,
      contacts: { opened: yield* opened, left },
      counts: countsOf(questions)
    }
    const hide = yield* conceal
    const show = (_name: string, value: unknown) => (typeof value === "string" ? hide(value) : value)
    const text = `${JSON.stringify(Schema.encodeSync(ProbeReport)(report), show, 2)}\n`
    yield* Effect.matchEffect(fs.writeFileString(path, text), {
      onFailure: ({ message }) => {
        isWritten = false
        return print(["", `The report could not be written to ${path}: ${message}`])
      },
      onSuccess: () => print(["", `The report is in ${path}`])
    })
  })

  const finish = Effect.gen(function* () {
    const { length } = yield* opened
    yield* printer.progress("… closing what is open")
    left = yield* closeAll
    yield* printer.clear
    if (length > 0 && left.length === 0) yield* print(["", `All ${length} contacts are closed.`])
    yield* print(words.leftOpen(left))
    if (file !== undefined) yield* write(file)
    yield* print(["", words.summary(questions)])
  })

  const tell = ({ why }: Stopped) => print(["", `Stopped: ${why}.`])
  // An early end for a file that cannot be written: a run costs contacts.
  if (file !== undefined) {
    yield* fs.writeFileString(file, "", { flag: "a" }).pipe(
      Effect.mapError(({ message }) => new Stopped({ why: `the report cannot be written to ${file}: ${message}` })),
      Effect.tapError(tell)
    )
  }
  yield* all.pipe(
    Effect.tapError(tell),
    Effect.onInterrupt(() => print(["", "Interrupted: what is open is closed now. A second signal leaves it open."])),
    Effect.ensuring(finish)
  )
  return isComplete(questions) && left.length === 0 && isWritten
})
