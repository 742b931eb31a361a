/** Small parts that several pages show. */
import type { Outcome } from "../history/Entry.ts"
import { type Html, html } from "../std/html.ts"

/** A time: in UTC from here, in the viewer's zone by `assets/times.js`. `time` is the time of day alone, for times of about now. */
export const time = (at: number, form: "date" | "time" = "date"): Html => {
  const iso = new Date(at).toISOString()
  const text = `${iso.slice(0, 10)} ${iso.slice(11, 19)}`
  return html`<time datetime="${iso}" data-form="${form}" title="${text} UTC">${form === "date" ? text : text.slice(11)}</time>`
}

/** The sign of each outcome, so that its colour is not the only one. */
const SIGNS: Readonly<Record<Outcome, string>> = {
  success: "✓",
  repeated: "↻",
  rejected: "⊘",
  refused: "!",
  failed: "✗"
}

/** An outcome with its sign and colour. */
export const outcomeTag = (outcome: Outcome): Html =>
  html`<span class="tag ${outcome}"><span aria-hidden="true">${SIGNS[outcome]}</span> ${outcome}</span>`

/** A length of time: `0.4 ms`, `12 ms`, `1.24 s`, `2 min`. */
export const millis = (time: number): string => {
  if (time < 10) return `${Number(time.toFixed(1))} ms`
  if (time < 1000) return `${Math.round(time)} ms`
  return time < 120_000 ? `${Number((time / 1000).toFixed(2))} s` : `${Math.round(time / 60_000)} min`
}

/** A count with its noun: `1 handover`, `12,345 handovers`. */
export const counted = (count: number, noun: string): string =>
  `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`
