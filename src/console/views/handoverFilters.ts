/** The form of the list's filters. It is a GET form: the URL has what is set. */
import { OUTCOMES } from "../../history/Entry.ts"
import { type Html, html } from "../../std/html.ts"
import { type Field, type HandoverQuery, listHref } from "../handoverQuery.ts"
import { outcomeTag } from "../parts.ts"
import type { HandoverList } from "./handovers.ts"
import type { NameOf } from "./handoverWords.ts"

/** The names of the filters for people. */
export const LABELS: Readonly<Record<Field, string>> = {
  rule: "rule",
  target: "target",
  language: "language",
  user: "user",
  session: "session",
  correlation: "correlation id",
  from: "from",
  to: "to"
}

const HINTS: Readonly<Partial<Record<Field, string>>> = {
  user: "Exact id",
  session: "Exact id",
  correlation: "Exact id"
}

/** Times from now on, in milliseconds. */
const RANGES = [
  ["Last hour", 3_600_000],
  ["Last 24 hours", 86_400_000],
  ["Last 7 days", 604_800_000]
] as const

const problemOf = ({ problems }: HandoverQuery, name: string) =>
  problems.filter((one) => one.name === name).map(({ problem }) => problem)

const labelled = (query: HandoverQuery, name: Field, control: (invalid: Html | false) => Html): Html => {
  const problems = problemOf(query, name)
  const invalid = problems.length > 0 && html` aria-invalid="true" aria-describedby="problem-${name}"`
  return html`<div>
  <label for="filter-${name}">${LABELS[name].replace(/^./, (first) => first.toUpperCase())}${(name === "from" || name === "to") && html` <span data-zone>UTC</span>`}</label>
  ${control(invalid)}
  ${problems.length > 0 && html`<p class="problem" id="problem-${name}">${problems.join("; ")}</p>`}
</div>`
}

const select = (
  query: HandoverQuery,
  name: "language" | "rule" | "target",
  choices: ReadonlyArray<string>,
  nameOf: NameOf = () => undefined
): Html => {
  const value = query.fields[name]
  // A value from a link may be older than the lists of choices.
  const all = value === undefined || choices.includes(value) ? choices : [value, ...choices]
  const option = (choice: string) =>
    html`<option value="${choice}"${choice === value && html` selected`}>${nameOf(choice) ?? choice}</option>`
  return labelled(
    query,
    name,
    (invalid) =>
      html`<select id="filter-${name}" name="${name}"${invalid}><option value="">Any</option>${all.map(option)}</select>`
  )
}

const input = (query: HandoverQuery, name: "correlation" | "session" | "user"): Html =>
  labelled(
    query,
    name,
    (invalid) =>
      html`<input id="filter-${name}" name="${name}" value="${query.fields[name]}" placeholder="${HINTS[name]}" autocomplete="off" autocapitalize="off" spellcheck="false" dir="auto"${invalid}>`
  )

/** A time of the form. Without scripts it is in UTC; a script shows it in the viewer's zone. */
const timeInput = (query: HandoverQuery, name: "from" | "to"): Html => {
  const at = query.filter[name]
  const value = at === undefined ? undefined : new Date(at).toISOString().slice(0, 19)
  return labelled(
    query,
    name,
    (invalid) =>
      html`<input type="datetime-local" step="1" id="filter-${name}" name="${name}" value="${value}"${at !== undefined && html` data-iso="${new Date(at).toISOString()}"`}${invalid}>`
  )
}

/** The form, its quick choices, and the problems of the URL that belong to none of its fields. */
export const filterForm = ({ choices, nameOf, now, query }: HandoverList): Html => {
  const { fields, outcomes, problems } = query
  const others = problems.filter(({ name }) => name === "outcome" || !(name in LABELS))
  const isOpen = Object.keys(fields).some((name) => name !== "from") || problems.length > 0
  return html`
${others.length > 0 && html`<ul class="note failed problems" role="alert">${others.map(({ name, problem }) => html`<li><strong><bdi>${name.slice(0, 60)}</bdi></strong>: ${problem}</li>`)}</ul>`}
<form method="get" action="/console/handovers" data-filters>
  <div class="quick">
    <fieldset class="outcomes"><legend class="hidden">Outcome</legend>
    ${OUTCOMES.map(
      (outcome) =>
        html`<label class="toggle"><input type="checkbox" name="outcome" value="${outcome}"${outcomes.includes(outcome) && html` checked`}> ${outcomeTag(outcome)}</label>`
    )}
    </fieldset>
    <ul class="ranges" aria-label="Time">
    ${RANGES.map(
      ([label, length]) =>
        html`<li><a href="${listHref({ outcomes, fields: { ...fields, to: undefined, from: new Date(now - length).toISOString() } })}">${label}</a></li>`
    )}
    </ul>
    <button>Apply</button>
  </div>
  <details${isOpen && html` open`}><summary>More filters</summary>
  <div class="fields">
    ${select(query, "rule", choices.rules)}
    ${select(query, "target", choices.targets, nameOf)}
    ${select(query, "language", choices.languages)}
    ${input(query, "user")}
    ${input(query, "session")}
    ${input(query, "correlation")}
    ${timeInput(query, "from")}
    ${timeInput(query, "to")}
  </div>
  </details>
</form>`
}
