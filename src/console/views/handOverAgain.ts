/** The part of a failed handover's page that hands it over again. */
import type { Entry } from "../../history/Entry.ts"
import { type Html, html } from "../../std/html.ts"
import { handoverHref } from "../handoverQuery.ts"
import { outcomeTag, time } from "../parts.ts"
import type { Viewer } from "../Viewer.ts"
import { csrfField } from "../view.ts"

/** Whether a failed handover can be done again. */
export type Again =
  | {
      readonly isPossible: true
      /** In milliseconds since 1970. */
      readonly keptUntil: number
      /** A later handover of the same user that succeeded. */
      readonly later: Entry | undefined
    }
  | {
      readonly isPossible: false
      /** Why, in a sentence. */
      readonly problem: string
      /** The handover that did it again. */
      readonly by?: string | undefined
    }

/** The form, or why there is none. */
export const againPanel = (id: string, again: Again, viewer: Viewer): Html => {
  if (!again.isPossible)
    return html`<section class="note" aria-label="Hand over again"><p>${again.problem}${again.by !== undefined && html` <a href="${handoverHref(again.by)}">See that one</a>`}</p></section>`
  const { keptUntil, later } = again
  return html`<section class="note again" aria-label="Hand over again">
<p>Its request is kept until ${time(keptUntil)}.${later !== undefined && html` <strong>This user was handed over since then:</strong> ${outcomeTag(later.outcome)} <a href="${handoverHref(later.id)}">${time(later.at)}</a>`}</p>
<details class="confirm"><summary class="button">Hand over again…</summary>
<form method="post" action="${handoverHref(id)}/again" data-once>
${csrfField(viewer)}
<p>The same request goes to CXone again, to the target that the routing table names now. The customer may have left since.</p>
<button data-busy="Handing over…">Hand over again now</button>
</form></details></section>`
}
