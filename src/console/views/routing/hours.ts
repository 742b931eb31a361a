/** Opening hours of a routing table, and whether they are open now. */
import type { OpeningHours } from "../../../routing/format/OpeningHours.ts"
import { cut } from "../../../routing/table/render.ts"
import { type Html, html } from "../../../std/html.ts"
import { time } from "../../parts.ts"

/** Opening hours as they are now. */
export interface ShownHours {
  readonly name: string
  readonly hours: OpeningHours
  readonly isOpen: boolean
  /** When that changes, in milliseconds since 1970; `undefined` when not within two weeks. */
  readonly until: number | undefined
  /** The same in the zone of the hours: `Wed 2026-11-25 11:22 Europe/Berlin`. */
  readonly localUntil: string | undefined
  /** Now, in that zone. */
  readonly localTime: string
}

/** The exceptions that come next, and are shown. */
const MAX_EXCEPTIONS = 4

const range = (hours: string | ReadonlyArray<string>) =>
  (typeof hours === "string" ? [hours] : hours).map((one) => one.replaceAll(" ", "").replace("-", "–")).join(", ") ||
  "closed"

/** The days of the week as the table has them, and the exceptions that come next. */
const week = ({ exceptions = {}, weekly, zone }: OpeningHours, today: string): Html => {
  const coming = Object.entries(exceptions)
    .filter(([date]) => date >= today)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
  return html`<dl class="facts small">
${Object.entries(weekly).map(([day, hours]) => html`<dt>${day}</dt><dd>${range(hours)}</dd>`)}
${coming.slice(0, MAX_EXCEPTIONS).map(([date, hours]) => html`<dt>${date}</dt><dd>${range(hours)}</dd>`)}
${coming.length > MAX_EXCEPTIONS && html`<dt>later</dt><dd>${coming.length - MAX_EXCEPTIONS} more dates</dd>`}
<dt>zone</dt><dd><bdi>${zone}</bdi></dd>
</dl>`
}

const item = ({ hours, isOpen, localTime, localUntil, name, until }: ShownHours): Html => html`
<li>
  <p><b><bdi>${cut(name, 128)}</bdi></b> ${
    isOpen
      ? html`<span class="tag good"><span aria-hidden="true">●</span> open</span>`
      : html`<span class="tag">closed</span>`
  }</p>
  <p class="small">${
    until === undefined
      ? html`<span class="muted">No change within two weeks</span>`
      : html`until <b>${localUntil}</b><br><span class="muted">your time: ${time(until)}</span>`
  }</p>
  <details class="small"><summary>The week<span class="hidden"> of <bdi>${cut(name, 64)}</bdi></span></summary>${week(hours, localTime.split(" ")[1] ?? "")}</details>
</li>`

/** The panel of opening hours. `total` is the number of those that are selected. */
export const hoursPanel = (hours: ReadonlyArray<ShownHours>, total: number): Html | false =>
  total > 0 &&
  html`
<section class="panel" aria-labelledby="hours">
  <h2 id="hours">Opening hours</h2>
  <ul class="hours">${hours.map(item)}</ul>
  ${total > hours.length && html`<p class="muted small">and ${total - hours.length} more: find them by their names</p>`}
</section>`
