/** Compares an explanation with the outcome that an example expects. */
import type { Target } from "../../domain/Target.ts"
import type { Explanation } from "../Explanation.ts"
import type { RoutesFile } from "../format/RoutesFile.ts"
import { type Expected, outcomes } from "./RouteTests.ts"
import { showPassed, showTarget } from "./showExplanation.ts"

/** The differences as lines of a diff, `-` for the expected outcome and `+` for the real one. Empty where there are none. */
export const differences = (expected: Expected, explanation: Explanation, file: RoutesFile): ReadonlyArray<string> => {
  const { outcome } = explanation
  const rule = "rule" in outcome ? outcome.rule : undefined
  const isAt = ({ id, type }: Target, place: string) => {
    const known = (type === "queue" ? file.queues : file.agents) ?? {}
    return id === (Object.hasOwn(known, place) ? known[place] : place)
  }
  const lines: Array<string> = []
  const compare = (isSame: boolean, wanted: string, came: string) => {
    lines.push(...(isSame ? [`  ${wanted}`] : [`- ${wanted}`, `+ ${came}`]))
  }

  if (expected.rule !== undefined) compare(expected.rule === rule, `rule: ${expected.rule}`, `rule: ${rule ?? "none"}`)
  const kind = outcomes.find((kind) => expected[kind] !== undefined)
  const wanted = kind && expected[kind]
  if (kind !== undefined && wanted !== undefined) {
    compare(
      (outcome.type === "handover" && outcome.target.type === kind && isAt(outcome.target, wanted)) ||
        (outcome.type === "rejected" && kind === "reject" && outcome.text === wanted) ||
        (outcome.type === "refused" && kind === "error" && outcome.error === wanted),
      `${kind}: ${wanted}`,
      showCame(outcome)
    )
  }
  const labels: Readonly<Record<string, string>> = outcome.type === "handover" ? outcome.labels : {}
  if (expected.fallbacks !== undefined) {
    const fallbacks = outcome.type === "handover" ? outcome.fallbacks : []
    const places = expected.fallbacks
    compare(
      places.length === fallbacks.length && fallbacks.every((target, index) => isAt(target, places[index] ?? "")),
      `fallbacks: ${places.join(", ") || "none"}`,
      `fallbacks: ${fallbacks.map(showTarget).join(", ") || "none"}`
    )
  }
  if (expected.labels !== undefined) {
    for (const name of new Set([...Object.keys(expected.labels), ...Object.keys(labels)])) {
      const [wanted, came] = [expected.labels[name], labels[name]]
      compare(wanted === came, `label ${name}: ${wanted ?? "none"}`, `label ${name}: ${came ?? "none"}`)
    }
  }
  return lines.some((line) => line.startsWith("-")) ? [...lines, ...whyNot(expected.rule, explanation)] : []
}

const showCame = (outcome: Explanation["outcome"]) => {
  switch (outcome.type) {
    case "handover":
      return showTarget(outcome.target).replace(" ", ": ")
    case "rejected":
      return `reject: ${outcome.text}`
    case "refused":
      return `error: ${outcome.error} (${outcome.detail})`
  }
}

/** The reason why the expected rule did not decide. */
const whyNot = (rule: string | undefined, { outcome, passed }: Explanation): ReadonlyArray<string> => {
  if (rule === undefined || ("rule" in outcome && outcome.rule === rule)) return []
  const failed = passed.find((passed) => passed.rule === rule)
  if (failed !== undefined) return [`  ${showPassed(failed)}`]
  return "rule" in outcome ? [`  ${outcome.rule} comes before ${rule}`] : []
}
