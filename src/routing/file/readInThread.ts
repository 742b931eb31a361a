/** Reads large tables in a thread of their own: 64 Ki characters take about 70 ms, during which this thread would answer no request. */
import { Worker } from "node:worker_threads"
import { Effect } from "effect"
import type { IdAdvice, TargetIds } from "../../domain/Target.ts"
import type { FileProblem } from "../FileProblem.ts"
import type { RoutesFile } from "../format/RoutesFile.ts"
import { readRoutes } from "./readRoutes.ts"

/** Texts of more characters are read in the thread. */
const LARGE = 64 * 1024

/** The ids that a table uses. */
export interface UsedIds {
  readonly queue: ReadonlySet<string>
  readonly agent: ReadonlySet<string>
}

/** The problems of ids. Functions do not pass between threads, so these stand for a `TargetIds`. */
export interface IdProblems {
  readonly queue: ReadonlyMap<string, string>
  readonly agent: ReadonlyMap<string, string>
}

/** The input of the thread. */
export interface WorkerInput {
  readonly text: string
  readonly idProblems: IdProblems
  readonly advice: IdAdvice | undefined
}

/** The answer of the thread, in plain values. */
export interface WorkerAnswer {
  readonly usedIds: UsedIds
  readonly result: { readonly file: RoutesFile } | { readonly problems: ReadonlyArray<FileProblem> }
}

/** The thread's module beside a module of this folder; `null` where it is unknown: a bundle in CommonJS has no `import.meta.url`. */
export const workerBeside = (module: string | undefined): URL | null =>
  module?.startsWith("file:") ? new URL(`./readRoutesWorker${module.endsWith(".ts") ? ".ts" : ".js"}`, module) : null

/** True when the thread's module is missing, as in an application that is bundled into one file. */
const isMissing = ({ code }: NodeJS.ErrnoException) => code?.endsWith("MODULE_NOT_FOUND") === true

const ask = (module: URL, input: WorkerInput): Effect.Effect<WorkerAnswer, "missing"> =>
  Effect.callback((resume) => {
    const thread = new Worker(module, { workerData: input })
    thread.once("message", (answer: WorkerAnswer) => resume(Effect.succeed(answer)))
    thread.once("error", (error: NodeJS.ErrnoException) =>
      resume(isMissing(error) ? Effect.fail("missing") : Effect.die(error))
    )
    return Effect.promise(() => thread.terminate())
  })

const problemsOf = (ids: ReadonlySet<string>, problemOf: TargetIds["queue"]): ReadonlyMap<string, string> =>
  new Map(
    [...ids].flatMap((id) => {
      const problem = problemOf(id)
      return problem === undefined ? [] : [[id, problem]]
    })
  )

const readThere = Effect.fnUntraced(function* (module: URL, text: string, ids: TargetIds) {
  const none: IdProblems = { queue: new Map(), agent: new Map() }
  const { advice } = ids
  const first = yield* ask(module, { text, idProblems: none, advice })
  const idProblems: IdProblems = {
    queue: problemsOf(first.usedIds.queue, ids.queue),
    agent: problemsOf(first.usedIds.agent, ids.agent)
  }
  // Only the thread has the positions of ids, so that a table with broken ones is read twice.
  const isAnswered = idProblems.queue.size + idProblems.agent.size === 0
  const { result } = isAnswered ? first : yield* ask(module, { text, idProblems, advice })
  return yield* "file" in result ? Effect.succeed(result.file) : Effect.fail(result.problems)
})

/** Reads a table as `readRoutes` does, without blocking this thread for long. Where the thread's module is missing, reads it here. */
export const readResponsively = (
  text: string,
  ids: TargetIds,
  module = workerBeside(import.meta.url)
): Effect.Effect<RoutesFile, ReadonlyArray<FileProblem>> => {
  const here = Effect.suspend(() => Effect.fromResult(readRoutes(text, ids)))
  return text.length <= LARGE || module === null
    ? here
    : Effect.catchIf(
        readThere(module, text, ids),
        (error) => error === "missing",
        () => here
      )
}
