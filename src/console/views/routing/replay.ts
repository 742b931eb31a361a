/** What an uploaded table would have done with recorded handovers. */

import { targetKey } from "../../../domain/Target.ts"
import type { Change, Example, ReplaySummary, Untold } from "../../../history/replay/ReplaySummary.ts"
import type { Routed } from "../../../history/replay/Routed.ts"
import { cut } from "../../../routing/table/render.ts"
import { type Html, html } from "../../../std/html.ts"
import { counted, time } from "../../parts.ts"
import type { NameOf } from "../handoverWords.ts"
import { targetName } from "./words.ts"

/** The most groups that are shown. */
const MAX_GROUPS = 50

/** The most members that were not recorded that are shown. */
const MAX_MISSING = 20

/** The names of targets in the live table and in the uploaded one. */
export interface Names {
  readonly live: NameOf
  readonly here: NameOf
}

const routed = (to: Routed, nameOf: NameOf): Html => {
  if (to.type === "rejected") return html`<span class="tag rejected"><span aria-hidden="true">⊘</span> rejected</span>`
  if (to.type === "refused")
    return html`<span class="tag refused"><span aria-hidden="true">!</span> refused, 400</span>`
  return targetName(to.type, nameOf(targetKey(to)) ?? to.id, to.id, 128)
}

const rulesOf = (rules: ReadonlyArray<string>): Html =>
  rules.length === 0
    ? html`<span class="muted">no rule</span>`
    : html`<span class="muted">rule</span> ${rules.slice(0, 3).map((rule, index) => html`${index > 0 && " or "}<bdi>${cut(rule, 64)}</bdi>`)}${rules.length > 3 && html` or ${rules.length - 3} more`}`

const examples = (all: ReadonlyArray<Example>): Html =>
  html`${all.map(({ at, id, intent }, index) => html`${index > 0 && ", "}<a href="/console/handovers/${id}" title="${intent ?? "no intent"}">${time(at)}</a>`)}`

const changeRow = ({ count, examples: shown, from, to }: Change, { here, live }: Names): Html => html`
<tr>
  <td data-label="Handovers" class="number"><b>${count.toLocaleString("en")}</b></td>
  <td data-label="Went to"><div>${routed(from.routed, (key) => live(key) ?? here(key))}<br><span class="small">${rulesOf(from.rule === null ? [] : [from.rule])}</span></div></td>
  <td data-label="Would go to"><div>${routed(to.routed, (key) => here(key) ?? live(key))}<br><span class="small">${rulesOf(to.rules)}</span></div></td>
  <td data-label="The newest" class="small"><div>${examples(shown)}</div></td>
</tr>`

const missingRow = ({ count, examples: shown, member, rules }: Untold): Html => html`
<tr>
  <td data-label="Handovers" class="number"><b>${count.toLocaleString("en")}</b></td>
  <td data-label="Not recorded"><code><bdi>${cut(member, 128)}</bdi></code></td>
  <td data-label="Looked at by" class="small"><div>${rulesOf(rules)}</div></td>
  <td data-label="The newest" class="small"><div>${examples(shown)}</div></td>
</tr>`

const share = (part: number, of: number) =>
  part === 0 ? "" : ` (${part / of < 0.001 ? "under 0.1" : Number(((100 * part) / of).toFixed(1))}\u00a0%)`

const changes = ({ changed, changes: all, unlisted }: ReplaySummary, names: Names): Html | false => {
  const shown = all.slice(0, MAX_GROUPS)
  const left = changed - shown.reduce((sum, { count }) => sum + count, 0)
  return (
    changed > 0 &&
    html`<table class="cards replay">
<thead><tr><th scope="col" class="number">Handovers</th><th scope="col">Went to</th><th scope="col">Would go to</th><th scope="col">The newest</th></tr></thead>
<tbody>${shown.map((change) => changeRow(change, names))}</tbody>
</table>${left > 0 && html`<p class="muted small">and ${left.toLocaleString("en")} in ${unlisted > 0 ? "many" : all.length - shown.length} more groups</p>`}`
  )
}

const missing = ({ missing: all, untold }: ReplaySummary): Html | false =>
  untold > 0 &&
  html`
<h3>${counted(untold, "handover")} cannot be told</h3>
<p class="small muted">A rule here looks at something that the history does not have: only what the rules of the table that was live then look at is recorded, and hours may have opened or closed while a request was handled.</p>
<table class="cards replay">
<thead><tr><th scope="col" class="number">Handovers</th><th scope="col">Not recorded</th><th scope="col">Looked at by</th><th scope="col">The newest</th></tr></thead>
<tbody>${all.slice(0, MAX_MISSING).map(missingRow)}</tbody>
</table>${all.length > MAX_MISSING && html`<p class="muted small">and ${all.length - MAX_MISSING} more members</p>`}`

/** The replay of the last days. */
export const replayPart = (
  { isWhole, summary }: { readonly summary: ReplaySummary; readonly isWhole: boolean },
  days: number,
  names: Names
): Html => {
  const { changed, copies, decided, period, renamed, undecided, untold } = summary
  const range = period && html`, ${time(period.from)} to ${time(period.to)}`
  const left = [
    ...(copies > 0 ? [counted(copies, "repeated request")] : []),
    ...(undecided > 0 ? [`${undecided.toLocaleString("en")} that came to no decision`] : [])
  ]
  return html`
${!isWhole && html`<p class="note warning">The history of ${counted(days, "day")} is larger than could be read in 20 seconds. These numbers are of the newest handovers${period && html`, back to ${time(period.from)}`}. The command <code>replay</code> takes the time that it needs.</p>`}
${
  decided === 0
    ? html`<p><b>There is nothing to compare with:</b> no handover of ${days === 1 ? "the last day" : `the last ${days} days`} came to a decision.</p>`
    : html`<p class="verdict"><b>${changed.toLocaleString("en")} of ${decided.toLocaleString("en")}</b> would go elsewhere${share(changed, decided)}</p>
<p class="muted small">Handovers of ${days === 1 ? "the last day" : `the last ${days} days`} that came to a decision${range}.${untold > 0 && ` ${counted(untold, "handover")} cannot be told.`}${renamed > 0 && ` ${counted(renamed, "handover")} would go to the same place by a rule of another name.`}${left.length > 0 && ` Left out: ${left.join(" and ")}.`}</p>`
}
${changes(summary, names)}
${missing(summary)}`
}
