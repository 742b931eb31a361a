/** The form that tries a payload, and the explanation of what the rules do with it. */
import type { Explanation, NamedTarget } from "../../../routing/Explanation.ts"
import type { RoutesFile } from "../../../routing/format/RoutesFile.ts"
import { cut } from "../../../routing/table/render.ts"
import { type Html, html } from "../../../std/html.ts"
import { time } from "../../parts.ts"
import type { TryForm } from "../../routing/readTry.ts"
import type { Viewer } from "../../Viewer.ts"
import { csrfField, type View } from "../../view.ts"
import { rulesInOrder } from "./explained.ts"
import { routingView } from "./frame.ts"
import { ruleAddress } from "./rule.ts"
import { targetName } from "./words.ts"

/** What came of a payload. */
export type Tried =
  | { readonly explanation: Explanation }
  /** The answer that the webhook would give. */
  | { readonly refused: { readonly status: number; readonly error: string; readonly detail: string } }
  | { readonly timeProblem: string }
  /** It was not tried. */
  | { readonly notTried: string }

/** What the page shows. */
export interface TryPage {
  readonly viewer: Viewer
  readonly form: TryForm
  /** True where the form has been filled in, and its zone was chosen. */
  readonly isFilled: boolean
  /** The rules that have examples, and the one whose example is in the form. */
  readonly examples: ReadonlyArray<string>
  readonly example: string | undefined
  readonly zones: ReadonlyArray<string>
  /** The live table, where one decides. */
  readonly file: RoutesFile | undefined
  readonly tried: Tried | undefined
}

const target = ({ id, name, type }: NamedTarget): Html => targetName(type, name ?? id, id, 256)

const outcomeOf = (outcome: Explanation["outcome"]): { readonly title: string; readonly body: Html } => {
  switch (outcome.type) {
    case "handover":
      return {
        title: `${outcome.rule} → ${outcome.target.type} ${outcome.target.name ?? outcome.target.id}`,
        body: html`<p class="decision"><span class="tag success"><span aria-hidden="true">✓</span> handover</span> ${target(outcome.target)}</p>
<dl class="facts">
  <dt>Rule</dt><dd><a href="${ruleAddress(outcome.rule)}"><bdi>${outcome.rule}</bdi></a></dd>
  <dt>Id</dt><dd class="mono">${outcome.target.id}</dd>
  ${outcome.fallbacks.length > 0 && html`<dt>Fallback</dt><dd>${outcome.fallbacks.map((one, index) => html`${index > 0 && ", "}${target(one)}`)}</dd>`}
  ${Object.entries(outcome.labels).map(([name, value], index) => html`<dt>${index === 0 && "Labels"}</dt><dd><bdi>${name}</bdi>: <code><bdi>${value}</bdi></code></dd>`)}
</dl>`
      }
    case "rejected":
      return {
        title: `${outcome.rule} → rejected`,
        body: html`<p class="decision"><span class="tag rejected"><span aria-hidden="true">⊘</span> rejected</span> No handover: the webhook answers 403.</p>
<dl class="facts"><dt>Rule</dt><dd><a href="${ruleAddress(outcome.rule)}"><bdi>${outcome.rule}</bdi></a></dd><dt>The bot says</dt><dd><bdi>${outcome.text}</bdi></dd></dl>`
      }
    case "refused":
      return {
        title: outcome.error,
        body: html`<p class="decision"><span class="tag refused"><span aria-hidden="true">!</span> refused</span> No handover: the webhook answers 400 ${outcome.error}.</p>
<dl class="facts">${outcome.rule !== undefined && html`<dt>Rule</dt><dd><a href="${ruleAddress(outcome.rule)}"><bdi>${outcome.rule}</bdi></a></dd>`}<dt>Why</dt><dd><bdi>${cut(outcome.detail, 1000)}</bdi></dd></dl>`
      }
  }
}

const explained = (explanation: Explanation, file: RoutesFile | undefined): Html => {
  const { at, outcome, version } = explanation
  return html`
${outcomeOf(outcome).body}
<p class="muted small">Decided as of ${time(Date.parse(at))}${version !== undefined && html`, by version <code>${version}</code>`}. Nothing was handed over.</p>
${rulesInOrder(explanation, file)}`
}

const titleOf = (tried: Tried): string => {
  if ("explanation" in tried) return outcomeOf(tried.explanation.outcome).title
  if ("refused" in tried) return `${tried.refused.status} ${tried.refused.error}`
  return "timeProblem" in tried ? "The time is wrong" : "Not tried"
}

const result = (tried: Tried, file: RoutesFile | undefined): Html | false => {
  if ("timeProblem" in tried) return false
  return html`
<section class="panel" aria-labelledby="result" data-result tabindex="-1">
  <h2 id="result">${"explanation" in tried ? "What the rules do with it" : "refused" in tried ? "The webhook would refuse it" : "Not tried"}</h2>
  ${
    "explanation" in tried
      ? explained(tried.explanation, file)
      : "refused" in tried
        ? html`<p class="note failed">The webhook answers <b>${tried.refused.status} ${tried.refused.error}</b>: <bdi>${cut(tried.refused.detail, 2000)}</bdi></p>`
        : html`<p class="note failed">${tried.notTried}</p>`
  }
</section>`
}

const examplesForm = ({ example, examples }: TryPage): Html | false =>
  examples.length > 0 &&
  html`
<form class="filters example" action="/console/routing/try" aria-label="Examples">
  <div><label for="rule">Begin with an example</label>
  <select id="rule" name="rule">${examples.map((name) => html`<option value="${name}"${name === example && html` selected`}>${cut(name, 80)}</option>`)}</select></div>
  <div><button class="quiet">Fill in</button></div>
</form>`

/** The page that tries a payload. */
export const tryView = (page: TryPage): View => {
  const { form, isFilled, tried, viewer, zones } = page
  const problem = tried !== undefined && "refused" in tried ? tried.refused.detail : undefined
  const timeProblem = tried !== undefined && "timeProblem" in tried ? tried.timeProblem : undefined
  return routingView("try", {
    title: tried === undefined ? "Try a payload" : `${titleOf(tried)} · Try a payload`,
    status: problem !== undefined || timeProblem !== undefined ? 422 : 200,
    body: html`
<div class="columns trial">
<section class="panel" aria-labelledby="try">
  <h2 id="try">Try a payload</h2>
  <p class="muted small">It goes through the live rules as one that the webhook gets. Nothing is handed over, and the payload is not kept.</p>
  ${examplesForm(page)}
  <form method="post" action="/console/routing/try" enctype="multipart/form-data" class="stack" data-busy="The rules look at it …">
    ${csrfField(viewer)}
    <div>
      <label for="payload">Body of the request, in JSON</label>
      <textarea id="payload" name="payload" rows="14" required spellcheck="false" autocapitalize="none"${problem !== undefined && html` aria-invalid="true" aria-describedby="payload-problem"`}>
${form.payload}</textarea>
      ${problem !== undefined && html`<p class="field-problem" id="payload-problem"><span aria-hidden="true">✗</span> <bdi>${cut(problem, 2000)}</bdi></p>`}
    </div>
    <div class="moment">
      <div>
        <label for="at">At <span class="muted">(empty: now)</span></label>
        <input id="at" name="at" type="datetime-local" value="${form.at}"${timeProblem !== undefined && html` aria-invalid="true" aria-describedby="at-problem"`}>
      </div>
      <div>
        <label for="zone">in the zone</label>
        <select id="zone" name="zone" data-zones${isFilled && html` data-chosen`}>${zones.map((zone) => html`<option value="${zone}"${zone === form.zone && html` selected`}>${zone}</option>`)}</select>
      </div>
      ${timeProblem !== undefined && html`<p class="field-problem" id="at-problem"><span aria-hidden="true">✗</span> ${timeProblem}</p>`}
    </div>
    <div><button>Try it</button> <span class="muted" role="status" data-state></span></div>
  </form>
</section>
${
  tried === undefined
    ? html`<section class="panel" aria-labelledby="result"><h2 id="result">What the rules do with it</h2><p class="muted">Which rule decides, where the conversation goes, and which condition of each rule before it failed on what.</p></section>`
    : result(tried, page.file)
}
</div>`
  })
}
