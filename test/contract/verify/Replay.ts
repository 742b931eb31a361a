/** Replays one interaction with Pact's verifier, with real values in the place of the pact's examples. */
import { Effect, FileSystem, Redacted, Result, Schema } from "effect"
import { nowMillis } from "../../../src/std/clock.ts"
import { type Incoming, makeFront, type Outgoing, type StateChange } from "../support/front.ts"
import { PactVerifier } from "../support/PactVerifier.ts"
import type { Arrangement, Values } from "./Arrangement.ts"
import type { Causes } from "./Causes.ts"
import type { Cxone } from "./Cxone.ts"
import { explain, Unarranged } from "./Failure.ts"
import { type Interaction, type Pact, withOnly } from "./Pact.ts"
import { absence, isPage } from "./Provider.ts"
import type { Secrets } from "./Secrets.ts"
import { substitute, substituteBasic } from "./Substitution.ts"

/** What came of one interaction. */
export interface Replayed {
  readonly description: string
  readonly outcome: "passed" | "failed" | "skipped" | "not run"
  /** Why it failed, in lines. */
  readonly problems: ReadonlyArray<string>
  /** Why it was skipped. */
  readonly skipped?: string
  /** Where it was not run: the description of the interaction that was told why. */
  readonly cause?: string
  readonly milliseconds: number
}

/** What all interactions of a run share. */
export interface Run {
  readonly pact: Pact
  readonly cxone: Cxone
  readonly arrangement: Arrangement
  readonly secrets: Secrets
  readonly causes: Causes
}

const statesOf = ({ providerStates = [] }: Interaction) => providerStates.filter(({ name }) => name !== "")

/** The examples among the parameters of these states that are texts, as `[example, value]`. */
const paired = (params: StateChange["params"], values: Values) =>
  Object.entries(values).flatMap(([name, value]) => {
    const example = params[name]
    return typeof example === "string" ? [[example, value] as const] : []
  })

/** The states whose parameters are credentials. */
const OF_CREDENTIALS = new Set(["an OAuth client", "an access key"])

const credentialsOf = (interaction: Interaction, { credentials }: Cxone) =>
  new Map(
    statesOf(interaction).flatMap(({ name, params = {} }) =>
      OF_CREDENTIALS.has(name) ? paired(params, credentials) : []
    )
  )

/** The bearers that stand for a real token. One without a scope is the very one that was arranged. */
const examplesOfTokens = (interaction: Interaction) =>
  new Set(
    statesOf(interaction).flatMap(({ name, params = {} }) =>
      name === "a valid access token" ? [params.accessToken] : []
    )
  )

const AnyTexts = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown)))

/** Learns the token that the provider grants, under whatever name: problems may quote it. */
const learnToken = ({ cxone, secrets }: Run, answer: Incoming, request: Outgoing) => {
  if (!request.path.endsWith(cxone.tokenPath) || answer.status >= 300) return
  const text = new TextDecoder().decode(answer.body)
  const members = Result.match(AnyTexts(text), { onFailure: () => [text], onSuccess: Object.values })
  for (const member of members) if (typeof member === "string" && member.length >= 8) secrets.add(member)
}

const played = Effect.fnUntraced(function* (interaction: Interaction, run: Run) {
  const { arrangement, cxone, pact, secrets } = run
  const { patience } = cxone
  const fs = yield* FileSystem.FileSystem
  const session = yield* arrangement.begin
  const credentials = credentialsOf(interaction, cxone)
  const tokens = examplesOfTokens(interaction)
  const substitutes = new Map<string, string>()
  const failures: Array<unknown> = []
  /** The real token of the request, and whether it was refused. */
  let granted: string | undefined
  let isRefused = false
  /** An answer was a page, as no answer of CXone is. */
  let hasPage = false

  const failed = (error: unknown) =>
    Effect.sync(() => {
      failures.push(error)
    })

  const arrange = Effect.fnUntraced(function* (change: StateChange) {
    // What failed once is not asked to tear down what it has not set up.
    if (change.state === "" || failures.length > 0) return
    const values = yield* Effect.tapError(session.arrange(change), failed)
    if (change.action === "teardown") return
    for (const [example, value] of paired(change.params, values)) substitutes.set(example, value)
    for (const name of ["accessToken", "clientSecret"]) secrets.add(values[name] ?? "")
  })

  const bearer = Effect.fnUntraced(function* (example: string) {
    const arranged = substitutes.get(example)
    if (arranged !== undefined || !tokens.has(example)) return arranged ?? example
    const token = Redacted.value((yield* session.granted).token)
    granted = token
    secrets.add(token)
    return token
  })

  const request = Effect.fnUntraced(function* (asked: Outgoing) {
    const start = cxone.startFor(asked.path) ?? (yield* session.granted).baseUrl
    const outgoing = { ...substitute(asked, substitutes, credentials), start }
    const { authorization = "" } = asked.headers
    const example = /^Bearer (.+)$/i.exec(authorization)?.[1]
    const real =
      example === undefined ? substituteBasic(authorization, credentials) : `Bearer ${yield* bearer(example)}`
    if (real === undefined) return outgoing
    if (example === undefined) secrets.add(real.replace(/^Basic /, ""))
    return { ...outgoing, headers: { ...outgoing.headers, authorization: real } }
  })

  const answer = (incoming: Incoming, outgoing: Outgoing) => {
    learnToken(run, incoming, outgoing)
    if (incoming.status < 300) session.saw?.(new TextDecoder().decode(incoming.body))
    isRefused ||= granted !== undefined && incoming.status === 401
    hasPage ||= isPage(incoming.headers)
    return incoming
  }

  const front = yield* makeFront({ target: Effect.succeed(cxone.url), arrange, request, answer, failed, patience })
  const file = `${yield* fs.makeTempDirectoryScoped()}/pact.json`
  yield* fs.writeFileString(file, withOnly(pact, interaction))
  const outcomes = yield* PactVerifier.use(({ verify }) => verify({ pact: file, ...front }))
  const [failure] = failures
  if (failure instanceof Unarranged) return failure
  if (failure !== undefined) {
    const found = yield* absence(cxone)
    return "absent" in found ? found.absent : [explain(failure, patience)]
  }
  const problems = outcomes.flatMap(({ problems }) => problems)
  if (hasPage && problems.length > 0) {
    const found = yield* absence(cxone)
    if ("absent" in found) return found.absent
  }
  if (isRefused && problems.length > 0) yield* session.takesTokens
  return problems
}, Effect.scoped)

/** Replays one interaction. One whose states cannot be arranged is skipped; one that would fail for a reason that is told already, is not run. */
export const replay = Effect.fnUntraced(function* (interaction: Interaction, run: Run) {
  const { description } = interaction
  const nothing: ReadonlyArray<string> = []
  const without = (rest: Pick<Replayed, "outcome" | "skipped" | "cause">): Replayed => ({
    description,
    problems: nothing,
    milliseconds: 0,
    ...rest
  })
  const skipped = run.arrangement.obstacle(statesOf(interaction).map(({ name }) => name))
  if (skipped !== undefined) return without({ outcome: "skipped", skipped })
  const ofAll = run.causes.ofAll()
  if (ofAll !== undefined) return without({ outcome: "not run", cause: ofAll })

  const started = yield* nowMillis
  const found = yield* Effect.catch(played(interaction, run), (error) =>
    Effect.succeed(error instanceof Unarranged ? error : [error.message])
  )
  const earlier = found instanceof Unarranged ? run.causes.earlier(found, description) : undefined
  if (earlier !== undefined) return without({ outcome: "not run", cause: earlier })
  const problems = found instanceof Unarranged ? linesOf(found) : found
  return {
    ...without({ outcome: problems.length === 0 ? "passed" : "failed" }),
    problems: problems.map(run.secrets.redact),
    milliseconds: Math.round((yield* nowMillis) - started)
  }
})

const linesOf = ({ instead, reason }: Unarranged) => (instead === undefined ? [reason] : [reason, `→ ${instead}`])
