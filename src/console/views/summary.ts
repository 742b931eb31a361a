/** A handover in one sentence. */
import { Predicate } from "effect"
import { targetKey } from "../../domain/Target.ts"
import type { Step } from "../../domain/Trail.ts"
import type { Detail, Entry } from "../../history/Entry.ts"
import { millis } from "../parts.ts"
import { isolated, type NameOf, targetInSentence } from "./handoverWords.ts"
import { isTrouble } from "./steps.ts"

const COUNTS = ["never", "once", "twice", "three times", "four times", "five times"]
const ORDINALS = ["", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]

const times = (count: number): string => COUNTS[count] ?? `(${count} times)`

const SUFFIXES = ["th", "st", "nd", "rd"]

const ordinal = (index: number): string =>
  ORDINALS[index] ?? `${index}${(index % 100 > 13 ? SUFFIXES[index % 10] : undefined) ?? "th"}`

const listed = (parts: ReadonlyArray<string>): string =>
  parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`

/** The failures on the way: `CXone answered 429 twice and 503 once`. */
const troubles = (steps: ReadonlyArray<Step>): string => {
  const counts = new Map<string, number>()
  for (const { outcome } of steps.filter(isTrouble)) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  const count = (outcome: string) => counts.get(outcome) ?? 0
  const answers = [...counts].filter(([outcome]) => /^\d/.test(outcome))
  return listed([
    ...(answers.length === 0
      ? []
      : [`CXone answered ${listed(answers.map(([outcome, count]) => `${outcome} ${times(count)}`))}`]),
    ...(count("timeout") > 0 ? [`CXone gave no answer in time ${times(count("timeout"))}`] : []),
    ...(count("connection") > 0 ? [`the connection to CXone failed ${times(count("connection"))}`] : []),
    ...(count("not_tried") > 0 ? ["CXone was not tried while it fails for everyone"] : [])
  ])
}

/** `at the third attempt` when one operation had trouble, else the number of calls that were made again. */
const attempts = (steps: ReadonlyArray<Step>): string | undefined => {
  const names = new Set(steps.filter(isTrouble).map(({ name }) => name))
  const made = [...names].map(
    (name) => steps.filter((step) => step.kind === "call" && step.name === name && step.outcome !== "not_tried").length
  )
  const again = made.reduce((sum, count) => sum + Math.max(0, count - 1), 0)
  if (again === 0) return undefined
  return made.length === 1
    ? `at the ${ordinal(again + 1)} attempt`
    : `with ${again} ${again === 1 ? "retry" : "retries"}`
}

/** The targets that CXone did not take before this one. */
const refusedTargets = ({ target, targets }: Pick<Detail, "targets"> & Pick<Entry, "target">, nameOf: NameOf) => {
  const index = target === null ? -1 : targets.findIndex((one) => targetKey(one) === targetKey(target))
  return targets.slice(0, Math.max(0, index)).map((one) => targetInSentence(one, nameOf))
}

/** A member of the answer, when it is text. */
const said = (answer: unknown, name: string): string | undefined =>
  Predicate.hasProperty(answer, name) && Predicate.isString(answer[name]) ? answer[name] : undefined

/** The time, the attempt and the reasons, after what happened. */
const told = (what: string, { steps, took }: Pick<Detail & Entry, "steps" | "took">, causes: ReadonlyArray<string>) => {
  const attempt = attempts(steps)
  const why = listed([...causes, ...[troubles(steps)].filter((text) => text !== "")])
  return `${what} after ${millis(took)}${attempt === undefined ? "" : `, ${attempt}`}${why === "" ? "" : `, since ${why}`}.`
}

/** A handover in one sentence that a person understands. */
export const summary = (entry: Entry & Detail, nameOf: NameOf): string => {
  const { answer, outcome, reason, rule, status, target } = entry
  const error = said(answer, "error") ?? reason.replaceAll("_", " ")
  switch (outcome) {
    case "success": {
      const refused = refusedTargets(entry, nameOf)
      const causes = refused.length === 0 ? [] : [`CXone did not take ${listed(refused)}`]
      return told(`Reached ${target === null ? "CXone" : targetInSentence(target, nameOf)}`, entry, causes)
    }
    case "repeated":
      return `A copy of an earlier request, answered as the first${target === null ? "" : `, which reached ${targetInSentence(target, nameOf)}`}.`
    case "rejected":
      return `Handed nowhere: the rule ${isolated(rule ?? "")} rejects it.`
    case "refused":
      return `Refused after ${millis(entry.took)}: ${status} ${error}.`
    case "failed":
      return reason === "interrupted"
        ? `Cut off after ${millis(entry.took)}: the router was stopped.`
        : told(`Failed with ${status} ${error}`, entry, [])
  }
}

/** A second sentence: what the sender was told. */
export const explainedBy = ({ answer }: Detail): string | undefined => said(answer, "text") ?? said(answer, "detail")
