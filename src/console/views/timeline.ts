/** The timeline of a handover: each step with its bar, drawn to scale. The same rows are the table of the steps. */
import { targetOf } from "../../domain/Target.ts"
import type { Detail, Entry } from "../../history/Entry.ts"
import { type Html, html } from "../../std/html.ts"
import { millis } from "../parts.ts"
import { type NameOf, targetCell } from "./handoverWords.ts"
import { type ShownStep, shownSteps } from "./steps.ts"

/** Steps of the axis: 1, 2 or 5 times a power of ten, at most five of them. */
const ticksOf = (length: number): ReadonlyArray<number> => {
  const rough = length / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10)
  return Array.from({ length: Math.floor((length * 1.0001) / step) + 1 }, (_, index) => index * step)
}

/** The end of the axis: that of the handover, or of a step that was planned beyond it; never 0. */
const lengthOf = ({ steps, took }: Pick<Detail & Entry, "steps" | "took">): number =>
  Math.max(1, took, ...steps.map((step) => step.after + step.took))

/** Less than this share of the axis is drawn as wide as three pixels: it would not be seen. */
const LEAST = 0.006

// Attributes, since the page allows no inline styles.
const bar = (after: number, took: number, length: number, tone: string, ticks: ReadonlyArray<number>): Html => {
  const percent = (millis: number) => `${Number(((100 * Math.max(0, millis)) / length).toFixed(3))}%`
  return html`<svg class="bar ${tone}" width="100%" height="18" aria-hidden="true" focusable="false">
${ticks.map((tick) => html`<line x1="${percent(tick)}" x2="${percent(tick)}" y1="0" y2="18"/>`)}
<rect x="${percent(after)}" width="${took / length < LEAST ? 3 : percent(took)}" y="4" height="10" rx="2"/></svg>`
}

const axis = (length: number, ticks: ReadonlyArray<number>): Html => html`
<svg class="axis" width="100%" height="18" aria-hidden="true" focusable="false">${ticks.map((tick) => {
  const share = tick / length
  const anchor = tick === 0 ? "start" : share > 0.94 ? "end" : "middle"
  return html`<text x="${Number((100 * share).toFixed(3))}%" y="13" text-anchor="${anchor}">${tick === 0 ? "0" : millis(tick)}</text>`
})}</svg>`

const name = ({ label, step }: ShownStep, nameOf: NameOf): Html => {
  const target = step.kind === "target" ? targetOf(step.name.replace(" ", ":")) : undefined
  return target === undefined ? html`${label}` : html`Target: ${targetCell(target, nameOf)}`
}

/** The timeline, for a handover that has steps. */
export const timeline = (entry: Pick<Detail & Entry, "steps" | "took">, nameOf: NameOf): Html => {
  const length = lengthOf(entry)
  const ticks = ticksOf(length)
  return html`
<table class="timeline">
  <thead><tr><th scope="col">Step</th><th scope="col">Result</th><th scope="col" class="number">Start</th><th scope="col" class="track">${axis(length, ticks)}<span class="hidden">On the time axis</span></th><th scope="col" class="number">Took</th></tr></thead>
  <tbody>
  <tr class="total"><th scope="row">Whole handover</th><td class="result"></td><td class="number start">0</td><td class="track">${bar(0, entry.took, length, "whole", ticks)}</td><td class="number took">${millis(entry.took)}</td></tr>
  ${shownSteps(entry.steps).map((shown) => {
    const { attempt, outcome, step, tone } = shown
    const { after, kind, took } = step
    return html`<tr class="${kind}">
    <th scope="row">${name(shown, nameOf)}${attempt !== undefined && html` <span class="muted small nowrap">${attempt}</span>`}</th>
    <td class="result ${tone}">${outcome}</td>
    <td class="number start"><span class="muted">+</span>${millis(after)}</td>
    <td class="track">${bar(after, took, length, tone, ticks)}</td>
    <td class="number took">${kind === "target" ? "" : millis(took)}</td></tr>`
  })}
  </tbody>
</table>`
}
