/** Why a rule decided, and not the ones before it. */
import { type Html, html } from "../html.ts"

/** A rule before the one that decided. */
export interface ShownRule {
  readonly rule: string
  /** `unknown`: it cannot be told from what was recorded. */
  readonly verdict: "passed" | "unknown"
  /** The path of the condition that failed, or that cannot be told. */
  readonly condition: string | undefined
  readonly expected: string | undefined
  /** What the request had there; `undefined` where that was not recorded. */
  readonly saw: string | undefined
}

/** The explanation, or a sentence that says why there is none. */
export type Why =
  | {
      readonly rules: ReadonlyArray<ShownRule>
      /** The rule that decided; `undefined` where none did. */
      readonly decided: string | undefined
    }
  | string

/** More rules than this are behind a fold. */
const SHOWN = 12

const conditionOf = (condition: string | undefined) => condition?.replace(/^when\./, "")

const item = ({ condition, expected, rule, saw, verdict }: ShownRule): Html => html`
<li class="${verdict}"><span class="sign" aria-hidden="true">${verdict === "passed" ? "✗" : "?"}</span><div><bdi class="rule">${rule}</bdi>
<p class="muted">${
  verdict === "passed"
    ? html`<code>${conditionOf(condition)}</code> wants <bdi>${expected}</bdi>, saw <bdi>${saw}</bdi>`
    : html`Cannot be told: ${condition === undefined ? "its conditions were" : html`<code>${conditionOf(condition)}</code> was`} not recorded`
}</p></div></li>`

/** The rules in their order, with the first condition of each that failed. */
export const whyPanel = (why: Why): Html => {
  if (typeof why === "string") return html`<h3>Why</h3><p class="muted">${why}</p>`
  const { decided, rules } = why
  const title = decided === undefined ? "Why no rule" : "Why this rule"
  const last = html`<li class="decided"><span class="sign" aria-hidden="true">${decided === undefined ? "–" : "✓"}</span><div>${
    decided === undefined
      ? "No rule matched, and there is no fallback"
      : html`<bdi class="rule">${decided}</bdi><p class="muted">${rules.length === 0 ? "The first rule of the table" : "The first one that matched"}</p>`
  }</div></li>`
  const [first, rest] = [rules.slice(0, SHOWN), rules.slice(SHOWN)]
  return html`<h3>${title}</h3>
<ol class="why">${first.map(item)}${
    rest.length > 0 &&
    html`<li class="more"><details><summary>${rest.length} more ${rest.length === 1 ? "rule" : "rules"} before it</summary><ol class="why">${rest.map(item)}</ol></details></li>`
  }${last}</ol>`
}
