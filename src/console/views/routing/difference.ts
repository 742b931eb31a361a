/** What differs between an uploaded table and the live one. */
import type { ChangedNames, RoutesDifference } from "../../../routing/explain/compareRoutes.ts"
import type { RoutesFile, Rule } from "../../../routing/format/RoutesFile.ts"
import { cut } from "../../../routing/table/render.ts"
import { type Html, html } from "../../../std/html.ts"
import { brief, conditionInWords, destinationInWords, type Ids, labelsInWords } from "./words.ts"

/** The most rules of a kind that are shown. */
const MAX_SHOWN = 30

const inWords = ({ labels, to, when }: Rule, ids: Ids): Html => {
  const extent = brief()
  const labelled = labelsInWords(labels, extent)
  return html`<div class="when">${conditionInWords(when, extent)}</div><p class="to">${destinationInWords(to, ids, extent)}</p>${labelled !== false && html`<p class="small">${labelled}</p>`}`
}

const nameOf = (name: string): Html => html`<b><bdi>${cut(name, 128)}</bdi></b>`

const more = (all: ReadonlyArray<unknown>): Html | false =>
  all.length > MAX_SHOWN && html`<li class="muted">and ${all.length - MAX_SHOWN} more</li>`

const list = <A>(all: ReadonlyArray<A>, sign: string, word: string, show: (one: A) => Html): Html =>
  html`${all.slice(0, MAX_SHOWN).map((one) => html`<li><span class="tag ${word}"><span aria-hidden="true">${sign}</span> ${word}</span> ${show(one)}</li>`)}${more(all)}`

const namesOf = (kind: string, { added, changed, removed }: ChangedNames): Html | false => {
  const part = (names: ReadonlyArray<string>, word: string) =>
    names.length > 0 &&
    html`<li><span class="tag">${word}</span> ${kind} ${names.slice(0, MAX_SHOWN).map((name, index) => html`${index > 0 && ", "}${nameOf(name)}`)}${names.length > MAX_SHOWN && html` and ${names.length - MAX_SHOWN} more`}</li>`
  return html`${part(added, "added")}${part(removed, "removed")}${part(changed, "changed")}`
}

/** True where both tables do the same. */
export const isSameTable = ({
  added,
  agents,
  changed,
  fallback,
  hours,
  moved,
  queues,
  removed
}: RoutesDifference): boolean =>
  [added, changed, moved, removed, ...[agents, hours, queues].flatMap(Object.values)].every(
    (list: ReadonlyArray<unknown>) => list.length === 0
  ) && fallback === "same"

/** The differences of an uploaded table. */
export const differenceList = (difference: RoutesDifference, before: RoutesFile, after: RoutesFile): Html => {
  const { added, agents, changed, fallback, hours, moved, queues, removed } = difference
  if (isSameTable(difference)) return html`<p>None: both tables do the same.</p>`
  return html`<ul class="changes">
${list(added, "+", "added", ({ place, rule }) => html`${nameOf(rule.name)} <span class="muted">as rule ${place}</span>${inWords(rule, after)}`)}
${list(removed, "−", "removed", (rule) => html`${nameOf(rule.name)}${inWords(rule, before)}`)}
${list(
  changed,
  "≠",
  "changed",
  (one) => html`${nameOf(one.name)}
<div class="columns"><div><p class="muted small">live</p>${inWords(one.before, before)}</div><div><p class="muted small">here</p>${inWords(one.after, after)}</div></div>`
)}
${list(moved, "↕", "moved", ({ from, name, to }) => html`${nameOf(name)} <span class="muted">from place</span> ${from} <span class="muted">to</span> ${to}`)}
${fallback !== "same" && html`<li><span class="tag">${fallback}</span> the fallback</li>`}
${namesOf("queues", queues)}${namesOf("agents", agents)}${namesOf("hours", hours)}
</ul>`
}
