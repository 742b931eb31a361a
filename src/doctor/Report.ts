/** Runs checks, prints a line for each as soon as it is done, and lists the remedies at the end. */
import { Effect, Fiber, Semaphore, type Terminal } from "effect"
import { oneLine } from "../std/oneLine.ts"
import { type Check, type Finding, skipped } from "./Check.ts"
import { makePrinter } from "./Printer.ts"

/** Checks that run concurrently; they are reported in order. */
export interface Group<R = never> {
  readonly checks: ReadonlyArray<Check<R>>
  readonly concurrency: number
}

interface Result extends Finding {
  readonly name: string
}

/** The least and the greatest width of the column of names. */
const MIN_WIDTH = "routing table".length
const MAX_WIDTH = 60

const MARKS = { ok: "✓", warned: "⚠", failed: "✗", skipped: "-" }

const INDENT = "  "

/** The problem and its remedies, a line each. */
const advice = ({ detail, instead = "", name }: Result): ReadonlyArray<string> => [
  `${INDENT}${name}  ${oneLine(detail)}`,
  ...instead
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => `${INDENT}  → ${oneLine(line)}`)
]

const isOrAre = ({ length }: ReadonlyArray<Result>) => `${length} ${length === 1 ? "was" : "were"}`

/** The numbers of checks that failed, look wrong and were skipped, and the remedies. */
const summary = (results: ReadonlyArray<Result>): ReadonlyArray<string> => {
  const having = (status: Finding["status"]) => results.filter((result) => result.status === status)
  const [failures, warnings, skips, passed] = [having("failed"), having("warned"), having("skipped"), having("ok")]
  const count = `${results.length} ${results.length === 1 ? "check" : "checks"}`
  const section = (title: string, list: ReadonlyArray<Result>) => {
    if (list.length === 0) return []
    const advised = list.filter(({ instead }) => instead !== undefined)
    const ending = advised.length > 0 ? ":" : "."
    return ["", `${title}${ending}`, ...advised.flatMap((result) => ["", ...advice(result)])]
  }
  return [
    ...(failures.length > 0
      ? section(`${failures.length} of ${count} failed`, failures)
      : ["", `${passed.length} of ${count} passed.`]),
    ...section(`${isOrAre(warnings)} taken, and may be wrong`, warnings).slice(failures.length > 0 ? 0 : 1),
    ...section(`${isOrAre(skips)} skipped`, skips).slice(failures.length + warnings.length > 0 ? 0 : 1)
  ]
}

/**
 * Runs groups of checks one after the other. Prints their findings in order, a line each, then the remedies. A terminal shows the name of the check
 * that runs. Succeeds with `true` if no check failed; a warning is no failure.
 */
export const report = Effect.fnUntraced(function* <R>(
  groups: ReadonlyArray<Group<R>>
): Effect.fn.Return<boolean, never, R | Terminal.Terminal> {
  const printer = yield* makePrinter
  const results: Array<Result> = []
  const statuses = new Map<string, Finding["status"]>()

  const perform = ({ name, needs, run }: Check<R>) =>
    Effect.suspend(() => {
      const status = needs === undefined ? "ok" : (statuses.get(needs.check) ?? "ok")
      return needs === undefined || status === "ok" ? run : Effect.succeed(skipped(`needs ${needs.what}`))
    }).pipe(
      Effect.tap(({ status }) =>
        Effect.sync(() => {
          statuses.set(name, status)
        })
      )
    )

  const inGroup = Effect.fnUntraced(function* ({ checks, concurrency }: Group<R>) {
    const places = yield* Semaphore.make(concurrency)
    const names = checks.map(({ name }) => oneLine(name, MAX_WIDTH))
    const width = names.reduce((most, { length }) => Math.max(most, length), MIN_WIDTH)
    const running = yield* Effect.forEach(checks, (check, index) =>
      Effect.map(Effect.forkChild(places.withPermit(perform(check))), (fiber) => ({ fiber, name: names[index] ?? "" }))
    )
    for (const { fiber, name } of running) {
      yield* printer.progress(`… ${name}`)
      const finding = yield* Fiber.join(fiber)
      results.push({ ...finding, name })
      const shown = `${finding.status === "skipped" ? "skipped: " : ""}${oneLine(finding.detail)}`
      yield* printer.line(`${MARKS[finding.status]} ${name.padEnd(width)}  ${shown}`)
    }
  })

  yield* Effect.ensuring(Effect.forEach(groups, inGroup, { discard: true }), printer.clear)
  yield* Effect.forEach(summary(results), printer.line, { discard: true })
  return results.every(({ status }) => status !== "failed")
})
