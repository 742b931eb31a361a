/** The list of handovers: filters, rows newest first, and the pages before and after. */
import type { Entry } from "../../history/Entry.ts"
import { type Html, html } from "../../std/html.ts"
import { FIELDS, type Field, type HandoverQuery, handoverHref, isFiltered, listHref } from "../handoverQuery.ts"
import { millis, outcomeTag, time } from "../parts.ts"
import { empty, type View } from "../view.ts"
import { filterForm, LABELS } from "./handoverFilters.ts"
import { inSentence, type NameOf, targetCell } from "./handoverWords.ts"

/** The data of the list. */
export interface HandoverList {
  readonly query: HandoverQuery
  /** Newest first; a sentence when they could not be read. */
  readonly entries: ReadonlyArray<Entry> | string
  /** The place of the page with newer ones, if there are any. */
  readonly newer?: HandoverQuery["place"] | undefined
  /** The place of the page with older ones, if there are any. */
  readonly older?: HandoverQuery["place"] | undefined
  /** The values that filters can have. */
  readonly choices: Readonly<Record<"languages" | "rules" | "targets", ReadonlyArray<string>>>
  readonly nameOf: NameOf
  /** In milliseconds since 1970. */
  readonly now: number
}

/** A removable filter. */
const chip = (label: string, value: Html | string, href: string): Html => html`
<li class="chip"><span class="muted">${label}</span> <bdi>${value}</bdi> <a href="${href}" aria-label="Remove the filter ${label}"><span aria-hidden="true">×</span></a></li>`

const without = ({ fields, outcomes }: HandoverQuery, name: Field): string =>
  listHref({ outcomes, fields: { ...fields, [name]: undefined } })

const chips = ({ nameOf, query }: HandoverList): Html | false => {
  const { fields, filter, outcomes } = query
  const shown = (name: Field, value: string): Html | string => {
    const at = name === "from" ? filter.from : name === "to" ? filter.to : undefined
    if (at !== undefined) return time(at)
    return name === "target" ? (nameOf(value) ?? value) : value
  }
  return (
    isFiltered(query) &&
    html`<ul class="chips" aria-label="Filters that are set">
${outcomes.map((outcome) =>
  chip("outcome", outcome, listHref({ fields, outcomes: outcomes.filter((other) => other !== outcome) }))
)}
${FIELDS.map((name) => {
  const value = fields[name]
  return value !== undefined && chip(LABELS[name], shown(name, value), without(query, name))
})}
<li><a href="${listHref({})}">Clear all</a></li>
</ul>`
  )
}

const text = (value: string | null): Html =>
  value === null ? html`<span class="muted">–</span>` : html`<bdi>${value}</bdi>`

const row = (
  { at, id, intent, outcome, reason, rule, status, target, took, userId }: Entry,
  nameOf: NameOf
): Html => html`
<tr data-id="${id}">
  <td class="nowrap lead"><a href="${handoverHref(id)}">${time(at)}</a></td>
  <td data-label="Outcome" class="outcome"><span>${outcomeTag(outcome)}${outcome !== reason && html` <span class="muted small reason">${inSentence(reason)}</span>`}</span></td>
  <td data-label="Intent" class="long"><span>${text(intent)}</span></td>
  <td data-label="Rule" class="long"><span>${text(rule)}</span></td>
  <td data-label="Target" class="long"><span>${target === null ? text(null) : targetCell(target, nameOf)}</span></td>
  <td data-label="User" class="long user"><span>${text(userId)}</span></td>
  <td data-label="Time to answer" class="number"><span>${millis(took)}</span></td>
  <td data-label="Status" class="number"><span>${status}</span></td>
</tr>`

const rows = ({ entries, nameOf }: HandoverList & { readonly entries: ReadonlyArray<Entry> }): Html => html`
<table class="cards handovers" data-rows>
  <thead><tr><th scope="col">Time</th><th scope="col">Outcome</th><th scope="col">Intent</th><th scope="col">Rule</th><th scope="col">Target</th><th scope="col">User</th><th scope="col" class="number">Time to answer</th><th scope="col" class="number">Status</th></tr></thead>
  <tbody>${entries.map((entry) => row(entry, nameOf))}</tbody>
</table>`

const list = (page: HandoverList): Html => {
  const { entries, query } = page
  if (typeof entries === "string")
    return html`<div class="note failed" role="alert"><strong>The history cannot be read now.</strong> ${entries} Handovers go on. <a href="${listHref(query, query.place)}">Try again</a></div>`
  if (query.problems.length > 0)
    return empty(
      "These filters cannot be used",
      html`Correct what is marked, or <a href="${listHref({})}">show all handovers</a>.`
    )
  if (entries.length > 0) return rows({ ...page, entries })
  if (isFiltered(query))
    return empty(
      "No handovers with these filters",
      html`Remove a filter, or <a href="${listHref({})}">show all handovers</a>.`
    )
  return empty(
    "No handovers yet",
    html`Each one shows here about a second after its answer. The webhook is <code>POST /webhook/cognigy</code>.`
  )
}

const pager = ({ newer, older, query }: HandoverList): Html | false =>
  (newer !== undefined || older !== undefined) &&
  html`<nav class="pager" aria-label="Pages">
<span>${newer !== undefined && html`<a class="button quiet" rel="prev" href="${listHref(query, newer)}">← Newer</a> <a class="button quiet" href="${listHref(query)}">Newest</a>`}</span>
<span>${older !== undefined && html`<a class="button quiet" rel="next" href="${listHref(query, older)}">Older →</a>`}</span>
</nav>`

/** The page of the list. It is live where it shows the newest handovers. */
export const handoversView = (page: HandoverList): View => {
  const { entries, newer, query } = page
  const isLive =
    newer === undefined && query.problems.length === 0 && typeof entries !== "string" && query.filter.to === undefined
  return {
    title: "Handovers",
    nav: "handovers",
    styles: ["handovers.css"],
    scripts: ["handovers.js"],
    ...(query.problems.length > 0 ? { status: 400 } : {}),
    body: html`
<div class="head">
  <h1>Handovers</h1>
  ${
    isLive &&
    html`<div class="live" data-live hidden>
    <span class="dot" aria-hidden="true"></span> <span data-live-state role="status">Live</span>
    <button type="button" class="quiet small" data-pause aria-pressed="false">Pause</button>
  </div>`
  }
</div>
<section class="panel" aria-label="Filters">
${filterForm(page)}
${chips(page)}
</section>
<button type="button" class="fresh" data-fresh hidden></button>
<section class="panel" aria-label="Handovers" data-list>
${list(page)}
${pager(page)}
</section>`
  }
}
