/** Why a rule decided, and not the ones before it. */
import { type Html, html } from "../../std/html.ts"

/** A condition of a rule, and what it saw. */
export interface ShownCondition {
  /** The rule's name. */
  readonly rule: string
  /** The path of the condition in the rule: `when.entities.tier`. */
  readonly condition: string
  /** The value that it expects, in words. */
  readonly expected: string
  /** The value that it saw, in words. */
  readonly shown: string
  /** False where it looks at something that was not recorded. */
  readonly isTold: boolean
}

/** The explanation, or a sentence that says why there is none. */
export type Why =
  | {
      /** The rule that decided; `undefined` where none did. */
      readonly rule: string | undefined
      /** The conditions by which it held. */
      readonly held: ReadonlyArray<ShownCondition>
      /** The rules before it, each with a condition that failed, or that may have. */
      readonly passed: ReadonlyArray<ShownCondition>
    }
  | string

/** More rules than this are behind a fold. */
const SHOWN = 12

const inWords = ({ condition, expected, isTold, shown }: ShownCondition): Html => {
  const path = condition.replace(/^when\.?/, "")
  return html`${path !== "" && html`<code>${path}</code> `}wants <bdi>${expected}</bdi>${isTold ? ", saw" : "; cannot be told, since it saw"} <bdi>${shown}</bdi>`
}

const item = (passed: ShownCondition): Html => html`
<li${!passed.isTold && html` class="unknown"`}><span class="sign" aria-hidden="true">${passed.isTold ? "✗" : "?"}</span><div><bdi class="rule">${passed.rule}</bdi>
<p class="muted">${inWords(passed)}</p></div></li>`

const decided = (rule: string | undefined, held: ReadonlyArray<ShownCondition>, isFirst: boolean): Html =>
  rule === undefined
    ? html`<li class="decided"><span class="sign" aria-hidden="true">–</span><div>No rule matched, and there is no fallback</div></li>`
    : html`<li class="decided"><span class="sign" aria-hidden="true">✓</span><div><bdi class="rule">${rule}</bdi>
${
  held.length === 0
    ? html`<p class="muted">${isFirst ? "The first rule, and it takes everything" : "It takes everything that comes so far"}</p>`
    : held.map((condition) => html`<p class="muted">${inWords(condition)}</p>`)
}</div></li>`

/** The rules in their order, each before the deciding one with the condition by which it did not decide. */
export const whyPanel = (why: Why): Html => {
  if (typeof why === "string") return html`<h3>Why</h3><p class="muted">${why}</p>`
  const { held, passed, rule } = why
  const [first, rest] = [passed.slice(0, SHOWN), passed.slice(SHOWN)]
  return html`<h3>${rule === undefined ? "Why no rule" : "Why this rule"}</h3>
<ol class="why">${first.map(item)}${
    rest.length > 0 &&
    html`<li class="more"><details><summary>${rest.length} more ${rest.length === 1 ? "rule" : "rules"} before it</summary><ol class="why">${rest.map(item)}</ol></details></li>`
  }${decided(rule, held, passed.length === 0)}</ol>`
}
