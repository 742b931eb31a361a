/** The queues and agents that a table names. */

import { cut } from "../../../routing/table/render.ts"
import { type Html, html } from "../../../std/html.ts"
import type { Ids } from "./words.ts"

/** The most names of a page. */
const MAX_TARGETS = 200

/** Names with their ids, those with a text in them. */
export const targetsPanel = ({ agents = {}, queues = {} }: Ids, q: string): Html | false => {
  const all = [
    ...Object.entries(queues).map(([name, id]) => ({ type: "queue", name, id })),
    ...Object.entries(agents).map(([name, id]) => ({ type: "agent", name, id }))
  ].filter(({ id, name }) => `${name} ${id}`.toLowerCase().includes(q.toLowerCase()))
  return (
    all.length > 0 &&
    html`
<section class="panel" aria-labelledby="targets">
  <h2 id="targets">Queues and agents</h2>
  <details><summary>${all.length.toLocaleString("en")} names and their ids in CXone</summary>
  <ul class="targets small">${all
    .slice(0, MAX_TARGETS)
    .map(
      ({ id, name, type }) =>
        html`<li><span class="muted">${type}</span> <b><bdi>${cut(name, 128)}</bdi></b> <span class="mono">${id}</span></li>`
    )}</ul>${all.length > MAX_TARGETS && html`<p class="muted">and ${all.length - MAX_TARGETS} more: find them by their names</p>`}</details>
</section>`
  )
}
