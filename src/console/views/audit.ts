/** The audit list. */
import type { Action } from "../../history/Audit.ts"
import { type Html, html } from "../../std/html.ts"
import { handoverHref } from "../handoverQuery.ts"
import { time } from "../parts.ts"
import { empty, type View } from "../view.ts"

/** Actions in words. One that is missing here is shown as it is recorded. */
const WORDS: Readonly<Record<string, string>> = {
  log_in: "logged in",
  log_in_failed: "failed to log in",
  log_out: "logged out",
  hand_over_again: "handed over again",
  try_payload: "tried a payload",
  check_table: "checked a table",
  erase: "erased a user's history"
}

const subjectOf = (what: string, subject: string): Html =>
  what === "hand_over_again"
    ? html`<a class="mono" href="${handoverHref(subject)}">${subject}</a>`
    : html`<span class="mono">${subject}</span>`

const row = ({ at, subject, what, who }: Action) => html`
<tr>
  <td data-label="Time" class="nowrap">${time(at)}</td>
  <th scope="row" data-label="Who">${who}</th>
  <td data-label="Action"><span${what === "log_in_failed" && html` class="tag failed"`}>${WORDS[what] ?? what}</span></td>
  <td data-label="Subject">${subject !== null && subjectOf(what, subject)}</td>
</tr>`

/** A page of actions, and the way to older ones. */
export const auditView = ({
  actions,
  isFirst,
  older
}: {
  readonly actions: ReadonlyArray<Action>
  readonly isFirst: boolean
  /** The id of the last action, where there are older ones. */
  readonly older: string | undefined
}): View => ({
  title: "Audit",
  nav: "audit",
  body: html`
<div class="head"><h1>Audit</h1><p class="muted">Log-ins and actions in this console, newest first</p></div>
<section class="panel">
  ${
    actions.length === 0
      ? empty(
          isFirst ? "No actions yet" : "No older actions",
          "Log-ins, handovers that are done again, and tries of tables are listed here."
        )
      : html`<table class="cards">
    <thead><tr><th scope="col">Time</th><th scope="col">Who</th><th scope="col">Action</th><th scope="col">Subject</th></tr></thead>
    <tbody>${actions.map(row)}</tbody>
  </table>`
  }
</section>
${
  (!isFirst || older !== undefined) &&
  html`<nav class="pager" aria-label="Pages">
  ${isFirst ? html`<span></span>` : html`<a href="/console/audit">Newest</a>`}
  ${older !== undefined && html`<a rel="next" href="/console/audit?before=${older}">Older</a>`}
</nav>`
}`
})
