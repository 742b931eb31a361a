/** A rule of a routing table, as people read it. */
import type { Rule } from "../../../routing/format/RoutesFile.ts"
import { cut } from "../../../routing/table/render.ts"
import { type Html, html } from "../../../std/html.ts"
import { counted } from "../../parts.ts"
import { conditionInWords, destinationInWords, type Extent, type Ids, labelsInWords } from "./words.ts"

/** A rule in its place. */
export interface PlacedRule extends Omit<Rule, "name"> {
  readonly name: string
  /** Its place in the table, from 1; `undefined` for the fallback. */
  readonly place: number | undefined
  /** The handovers that it decided in the last week; `undefined` where that is not known. */
  readonly count: number | undefined
}

/** The address of the handovers that a rule decided since a time, without copies. */
export const decidedBy = (rule: string, since: number): string =>
  `/console/handovers?${new URLSearchParams([
    ...["success", "rejected", "refused", "failed"].map((outcome) => ["outcome", outcome] as [string, string]),
    ["rule", rule],
    ["from", new Date(since).toISOString()]
  ])}`

/** The address of a rule on its own. */
export const ruleAddress = (rule: string): string => `/console/routing?${new URLSearchParams({ rule })}`

const tryAddress = (rule: string): string => `/console/routing/try?${new URLSearchParams({ rule })}`

const usage = ({ count, name }: PlacedRule, since: number): Html | false =>
  count !== undefined &&
  (count === 0
    ? html`<span class="tag warning">none in 7 days</span>`
    : html`<a href="${decidedBy(name, since)}">${counted(count, "handover")}</a> <span class="muted">in 7 days</span>`)

/** A rule in its place. `since` is the time from which its handovers are counted. */
export const ruleItem = (rule: PlacedRule, ids: Ids, since: number, extent: Extent): Html => {
  const { labels, name, place, to, when } = rule
  const labelled = labelsInWords(labels, extent)
  return html`
<li class="rule">
  <span class="place" aria-hidden="true">${place ?? "–"}</span>
  <div class="what">
    <h3>${
      place === undefined
        ? html`Fallback`
        : html`<span class="hidden">Rule ${place}: </span><a href="${ruleAddress(name)}"><bdi>${cut(name, 256)}</bdi></a>`
    }</h3>
    <div class="when">${place === undefined ? html`<span class="muted">When</span> no rule decides` : conditionInWords(when, extent)}</div>
    <p class="to">${destinationInWords(to, ids, extent)}</p>
    ${labelled !== false && html`<p class="labels small">${labelled}</p>`}
  </div>
  <div class="usage small">${usage(rule, since)}${
    place !== undefined &&
    html` <a class="try" href="${tryAddress(name)}">Try<span class="hidden"> a payload for <bdi>${cut(name, 64)}</bdi></span></a>`
  }</div>
</li>`
}
