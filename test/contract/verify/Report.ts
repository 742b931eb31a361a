/** What came of a verification: for people as lines, for CI as JUnit XML, for programs as JSON. */
import type { Replayed } from "./Replay.ts"

/** What came of all interactions. */
export interface Verification {
  readonly consumer: string
  readonly provider: string
  readonly baseUrl: string
  readonly results: ReadonlyArray<Replayed>
}

/** How many interactions ended how. */
export const countsOf = ({ results }: Pick<Verification, "results">) => {
  const count = (wanted: Replayed["outcome"]) => results.filter(({ outcome }) => outcome === wanted).length
  return { passed: count("passed"), failed: count("failed"), skipped: count("skipped"), notRun: count("not run") }
}

/** Colours, which the verifier may add. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is for
const COLOURS = /\u001b\[[0-9;]*m/g

/** What neither a terminal nor XML should get: control characters but tab and line feed, and what is no character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is for
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffe\uffff]/g

/** The text with whatever cannot be shown as `\uXXXX`. */
const printable = (text: string) =>
  text
    .toWellFormed()
    .replace(COLOURS, "")
    .replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)

const indented = (problem: string) => printable(problem).replace(/^/gm, "    ")

/** Why an interaction was not replayed. */
const reasonOf = ({ cause, skipped }: Replayed) => skipped ?? (cause === undefined ? undefined : `see "${cause}"`)

/** One interaction: a line, and one for each problem. */
export const toLines = (replayed: Replayed): string => {
  const { description, milliseconds, outcome, problems } = replayed
  const name = printable(description).replaceAll("\n", " ")
  const reason = reasonOf(replayed)
  if (reason !== undefined) return `- ${name}  ${outcome}: ${printable(reason)}`
  const mark = outcome === "passed" ? "✓" : "✗"
  return [`${mark} ${name}  (${milliseconds} ms)`, ...problems.map(indented)].join("\n")
}

/** The counts, as the last line. */
export const toSummary = (verification: Pick<Verification, "results">): string => {
  const { failed, notRun, passed, skipped } = countsOf(verification)
  return `${passed} passed, ${failed} failed, ${skipped} skipped${notRun === 0 ? "" : `, ${notRun} not run`}`
}

/** The report as JSON. */
export const toJson = (verification: Verification): string => {
  const { baseUrl, consumer, provider, results } = verification
  return `${JSON.stringify({ consumer, provider, baseUrl, ...countsOf(verification), results }, undefined, 2)}\n`
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" }

const xmlText = (text: string) => printable(text).replace(/[&<>"]/g, (character) => entities[character] ?? "")

const attribute = (name: string, value: string | number) =>
  ` ${name}="${xmlText(`${value}`).replaceAll("\n", "&#10;").replaceAll("\t", "&#9;")}"`

const attributes = (values: Readonly<Record<string, string | number>>) =>
  Object.entries(values)
    .map(([name, value]) => attribute(name, value))
    .join("")

const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(3)

const toTestCase = (classname: string, replayed: Replayed) => {
  const { description, milliseconds, outcome, problems } = replayed
  const opening = `    <testcase${attributes({ name: description, classname, time: seconds(milliseconds) })}`
  if (outcome === "passed") return `${opening}/>`
  const [message = ""] = problems
  const reason = reasonOf(replayed)
  const inside =
    reason !== undefined
      ? `<skipped${attributes({ message: outcome === "skipped" ? reason : `${outcome}: ${reason}` })}/>`
      : `<failure${attributes({ message })}>${xmlText(problems.join("\n"))}</failure>`
  return `${opening}>\n      ${inside}\n    </testcase>`
}

/** The report as JUnit XML, as GitHub's and GitLab's test reports read it. */
export const toJUnit = (verification: Verification): string => {
  const { baseUrl, consumer, provider, results } = verification
  const { failed, notRun, skipped } = countsOf(verification)
  const time = seconds(results.reduce((sum, { milliseconds }) => sum + milliseconds, 0))
  const counts = { tests: results.length, failures: failed, errors: 0, skipped: skipped + notRun, time }
  const name = `${consumer} → ${provider} at ${baseUrl}`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: "verify:cxone", ...counts })}>`,
    `  <testsuite${attributes({ name, ...counts })}>`,
    ...results.map((result) => toTestCase(`${consumer}.${provider}`, result)),
    "  </testsuite>",
    "</testsuites>",
    ""
  ].join("\n")
}
