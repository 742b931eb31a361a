/** The page of what happens now. Its parts are shown again, each in its place, when something changes. */
import { Duration, Result } from "effect"
import { OUTCOMES, type Outcome } from "../../history/Entry.ts"
import { Html, html } from "../../std/html.ts"
import { type Attention, attentionOf } from "../now/attention.ts"
import { MINUTE } from "../now/LastHour.ts"
import type { Now } from "../now/Now.ts"
import { type Charts, chartsOf, type Group, groupsOf, timesOf, total, totalOf } from "../now/sums.ts"
import { counted, millis, outcomeTag, time } from "../parts.ts"
import { empty, type View } from "../view.ts"

const countsOf = ({ lastHour }: Now) => Result.getOrElse(lastHour, () => [])

const attention = ({ advice, link, severity, what }: Attention): Html => html`
<li class="${severity}">
  <p><span class="tag ${severity}">${severity === "bad" ? "✗ act now" : "! look"}</span> <strong>${what}</strong></p>
  <p class="muted">${advice}${link !== undefined && html` <a href="${link.href}">${link.text}</a>`}</p>
</li>`

const attentions = (now: Now): Html => {
  const found = attentionOf(now)
  return found.length === 0
    ? html`<p class="note success">✓ Nothing needs attention.</p>`
    : html`<ul class="attention">${found.map(attention)}</ul>`
}

const time0 = (value: number | undefined) => (value === undefined ? "–" : millis(value))

const percent = (part: number, whole: number): string =>
  whole === 0 ? "–" : `${Number(((100 * part) / whole).toFixed(part * 10 < whole ? 1 : 0))} %`

const tile = (label: string, value: string, more: string): Html =>
  html`<div class="tile"><dt>${label}</dt><dd>${value} <small>${more}</small></dd></div>`

const tiles = (now: Now): Html => {
  const counts = countsOf(now)
  const all = total(counts)
  const failed = totalOf(counts, "failed")
  const lastMinute = total(counts.filter(({ minute }) => minute === (Math.floor(now.at / MINUTE) - 1) * MINUTE))
  const { p50, p95, p99 } = timesOf(counts)
  return html`<dl class="tiles">
  ${tile("Handovers", all.toLocaleString("en"), `in the last hour, ${lastMinute.toLocaleString("en")} in the last minute`)}
  ${tile("Failed", percent(failed, all), counted(failed, "handover"))}
  ${tile("Half are answered in", time0(p50), "p50, success and failure")}
  ${tile("95 % are answered in", time0(p95), "p95")}
  ${tile("99 % are answered in", time0(p99), "p99")}
</dl>`
}

const nameOf = (now: Now, key: string) => now.names.get(key) ?? key.slice(key.indexOf(":") + 1)

const target = (now: Now, key: string): Html =>
  html`<a href="/console/handovers?${new URLSearchParams({ target: key }).toString()}" title="${key}">${nameOf(now, key)}</a>${
    key.startsWith("agent:") && html` <span class="muted">agent</span>`
  }`

const groupRow = ({ count, failed, p50, p95, p99 }: Group, name: Html): Html => html`
<tr>
  <th scope="row">${name}</th>
  <td class="number" data-label="Handovers">${count.toLocaleString("en")}</td>
  <td class="number" data-label="Failed">${failed === 0 ? html`<span class="muted">0</span>` : html`<span class="tag failed">${failed.toLocaleString("en")}</span>`}</td>
  <td class="number" data-label="p50">${time0(p50)}</td>
  <td class="number" data-label="p95">${time0(p95)}</td>
  <td class="number" data-label="p99">${time0(p99)}</td>
</tr>`

/** The most rows of a table. */
const MOST = 20

const groups = (found: ReadonlyArray<Group>, what: string, nameOf: (key: string | null) => Html): Html =>
  found.length === 0
    ? empty("No handovers in the last hour")
    : html`<table class="cards">
  <thead><tr><th scope="col">${what}</th>${["Handovers", "Failed", "p50", "p95", "p99"].map((name) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead>
  <tbody>${found.slice(0, MOST).map((group) => groupRow(group, nameOf(group.key)))}</tbody>
</table>${found.length > MOST && html`<p class="muted small">and ${found.length - MOST} more</p>`}`

const byTarget = (now: Now): Html =>
  groups(groupsOf(countsOf(now), "target"), "Queue or agent", (key) =>
    key === null ? html`<span class="muted">none</span>` : target(now, key)
  )

const byRule = (now: Now): Html =>
  groups(groupsOf(countsOf(now), "rule"), "Rule", (key) =>
    key === null
      ? html`<span class="muted">none</span>`
      : html`<a href="/console/handovers?${new URLSearchParams({ rule: key }).toString()}">${key}</a>`
  )

const tag = (kind: "good" | "warning" | "bad", text: string) => html`<span class="tag ${kind}">${text}</span>`

const state = ({ before, lastHour, notReady, numbers, table }: Now): Html => {
  const limited = numbers.ownLimit + numbers.theirLimit - before.ownLimit - before.theirLimit
  const age =
    numbers.tokenAge === undefined
      ? undefined
      : Duration.format(Duration.seconds(Math.max(1, Math.round(numbers.tokenAge))))
  return html`<dl class="facts">
  <dt>Handovers</dt><dd>${notReady === undefined ? tag("good", "✓ taken") : tag("bad", "✗ not taken")}</dd>
  <dt>Circuit</dt><dd>${
    numbers.circuits.length === 0
      ? tag("good", "✓ closed")
      : numbers.circuits.map(
          ({ circuit, state }) => html`${tag(state === "open" ? "bad" : "warning", `${circuit}: ${state}`)} `
        )
  }</dd>
  <dt>Access token</dt><dd>${age === undefined ? tag("warning", "none") : `${age} old`}</dd>
  <dt>Rate limit</dt><dd>${limited === 0 ? "not reached in five minutes" : tag("warning", `reached by ${counted(limited, "call")} in five minutes`)}</dd>
  <dt>Labels waiting</dt><dd>${numbers.labelsWaiting.toLocaleString("en")}</dd>
  <dt>Routing table</dt><dd>${
    table === undefined
      ? "built in"
      : html`<code>${table.version}</code>, ${counted(table.rules, "rule")}, since ${time(Date.parse(table.since))}`
  }${table?.rejected !== undefined && html` ${tag("warning", "a change is not used")}`}</dd>
  <dt>History</dt><dd>${
    Result.isFailure(lastHour) || numbers.isDatabaseUp === false
      ? tag("bad", "✗ cannot be read")
      : html`${numbers.waiting.toLocaleString("en")} waiting, ${numbers.dropped.toLocaleString("en")} dropped`
  }</dd>
</dl>`
}

const minuteRow = ({ minutes, outcomes, times }: Charts, index: number): Html => html`
<tr>
  <th scope="row">${time((minutes[index] ?? 0) * 1000, "time")}</th>
  ${OUTCOMES.map((outcome) => html`<td class="number">${outcomes[outcome][index]}</td>`)}
  ${[times.p50, times.p95, times.p99].map((series) => html`<td class="number">${time0(series[index] ?? undefined)}</td>`)}
</tr>`

/** The charts as a table: the minutes that had handovers, the newest first. */
const asTable = (charts: Charts): Html => {
  const busy = charts.minutes
    .map((_, index) => index)
    .filter((index) => OUTCOMES.some((outcome) => charts.outcomes[outcome][index] !== 0))
    .toReversed()
  return busy.length === 0
    ? html`<p class="muted">No handovers in the last hour.</p>`
    : html`<div class="scroll" tabindex="0" role="region" aria-label="Handovers by minute"><table>
  <thead><tr><th scope="col">Minute</th>${OUTCOMES.map((outcome) => html`<th scope="col" class="number">${outcome}</th>`)}${["p50", "p95", "p99"].map((name) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead>
  <tbody>${busy.map((index) => minuteRow(charts, index))}</tbody>
</table></div>`
}

/** The parts of the page that change, by their ids, and the series of the charts. */
export interface Live {
  readonly parts: Readonly<Record<string, string>>
  readonly charts: Charts
}

/** The parts of the page that change. */
export const liveOf = (now: Now): Live => {
  const charts = chartsOf(countsOf(now), now.at)
  const parts = {
    attention: attentions(now),
    tiles: tiles(now),
    state: state(now),
    targets: byTarget(now),
    rules: byRule(now),
    minutes: asTable(charts),
    at: time(now.at, "time")
  }
  return { charts, parts: Object.fromEntries(Object.entries(parts).map(([id, { text }]) => [id, text])) }
}

/** JSON within a script of data: nothing in it ends the script. */
const data = (value: unknown): Html => new Html(JSON.stringify(value).replaceAll("<", "\\u003c"))

const legend = (outcome: Outcome): Html => html`<li>${outcomeTag(outcome)}</li>`

/** The page. */
export const nowView = (now: Now): View => {
  const { charts, parts } = liveOf(now)
  const part = (id: string) => html`<div id="live-${id}">${new Html(parts[id] ?? "")}</div>`
  return {
    title: "Now",
    nav: "now",
    styles: ["uPlot.css", "now.css"],
    scripts: ["language.js", "uPlot.iife.js", "now.js"],
    body: html`
<div class="head"><h1>Now</h1><p class="muted"><span id="live-state-of-page">as of</span> <span id="live-at">${new Html(parts.at ?? "")}</span></p></div>
<section aria-labelledby="attention-title"><h2 id="attention-title" class="hidden">What needs attention</h2>${part("attention")}</section>
<section aria-labelledby="tiles-title"><h2 id="tiles-title" class="hidden">The last hour</h2>${part("tiles")}</section>
<div class="columns">
  <figure class="panel">
    <figcaption><h2>Handovers per minute</h2></figcaption>
    <ul class="legend">${OUTCOMES.map(legend)}</ul>
    <div id="chart-outcomes" class="chart" aria-hidden="true"><p class="muted">The chart needs JavaScript. The table below has its numbers.</p></div>
  </figure>
  <figure class="panel">
    <figcaption><h2>Time to the answer</h2></figcaption>
    <ul class="legend"><li><span class="line p50"></span>p50</li><li><span class="line p95"></span>p95</li><li><span class="line p99"></span>p99</li><li class="muted">success and failure</li></ul>
    <div id="chart-times" class="chart" aria-hidden="true"></div>
  </figure>
</div>
<details class="panel"><summary>The charts as a table</summary>${part("minutes")}</details>
<div class="columns">
  <section class="panel"><h2>By queue</h2>${part("targets")}</section>
  <section class="panel"><h2>By rule</h2>${part("rules")}</section>
</div>
<section class="panel"><h2>State</h2>${part("state")}</section>
<script type="application/json" id="charts">${data(charts)}</script>`
  }
}
