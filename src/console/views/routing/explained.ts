/** The rules that a payload went through, in their order. */
import type { Explanation, PassedRule } from "../../../routing/Explanation.ts"
import { FALLBACK, type RoutesFile } from "../../../routing/format/RoutesFile.ts"
import { type Html, html } from "../../../std/html.ts"
import { ruleAddress } from "./rule.ts"
import { brief, conditionInWords } from "./words.ts"

/** The first rules and the last ones before the one that decides are shown; those between them are behind a fold. */
const FIRST = 12
const LAST = 4

/** The most rules behind the fold. */
const MAX_FOLDED = 500

const nameOf = (rule: string): Html => html`<a class="rule-name" href="${ruleAddress(rule)}"><bdi>${rule}</bdi></a>`

const item = ({ condition, expected, rule, shown }: PassedRule): Html => {
  const path = condition.replace(/^when\.?/, "")
  return html`
<li><span class="sign" aria-hidden="true">✗</span><div>${nameOf(rule)} <span class="hidden">does not hold:</span>
<p class="muted">${path !== "" && html`<code><bdi>${path}</bdi></code> `}wants <bdi>${expected}</bdi>, saw <bdi>${shown}</bdi></p></div></li>`
}

const decided = (outcome: Explanation["outcome"], file: RoutesFile | undefined): Html => {
  const { rule } = outcome
  if (rule === undefined) {
    return html`<li class="decided"><span class="sign" aria-hidden="true">–</span><div>No rule holds, and there is no fallback</div></li>`
  }
  const when = file?.rules.find(({ name }) => name === rule)?.when
  const isFallback = rule === FALLBACK && when === undefined
  return html`<li class="decided"><span class="sign" aria-hidden="true">✓</span><div>${nameOf(rule)} <span class="hidden">decides:</span>
${file !== undefined && html`<div class="when muted">${isFallback ? "No rule holds" : conditionInWords(when, brief())}</div>`}</div></li>`
}

/** The rules in their order: each before the deciding one with the condition that failed, on what. */
export const rulesInOrder = ({ outcome, passed }: Explanation, file: RoutesFile | undefined): Html => {
  const isLong = passed.length > FIRST + LAST + 1
  const first = isLong ? passed.slice(0, FIRST) : passed
  const between = isLong ? passed.slice(FIRST, -LAST) : []
  const last = isLong ? passed.slice(-LAST) : []
  return html`<h3>Rule by rule</h3>
<ol class="why">${first.map(item)}${
    between.length > 0 &&
    html`<li class="more"><details><summary>${between.length.toLocaleString("en")} more rules that do not hold</summary><ol class="why">${between.slice(0, MAX_FOLDED).map(item)}</ol>${
      between.length > MAX_FOLDED &&
      html`<p class="muted">and ${(between.length - MAX_FOLDED).toLocaleString("en")} more</p>`
    }</details></li>`
  }${last.map(item)}${decided(outcome, file)}</ol>`
}
