/** The page that checks a table, and never takes it over. */
import { Result } from "effect"
import type { RoutesFile } from "../../../routing/format/RoutesFile.ts"
import { type Html, html } from "../../../std/html.ts"
import { counted } from "../../parts.ts"
import type { Checked } from "../../routing/TableChecks.ts"
import { namesIn } from "../../targetNames.ts"
import type { Viewer } from "../../Viewer.ts"
import { csrfField, type View } from "../../view.ts"
import { differenceList } from "./difference.ts"
import { routingView } from "./frame.ts"
import { problemList } from "./problems.ts"
import { replayPart } from "./replay.ts"

/** The days that a replay may go back. */
export const DAYS = [1, 7, 30] as const

/** A table that came, and what came of it. */
export interface CheckedTable {
  readonly name: string
  readonly version: string
  readonly text: string
  readonly checked: Checked
}

/** What the page shows. */
export interface CheckPage {
  readonly viewer: Viewer
  readonly days: number
  /** The table in the text area. */
  readonly text: string
  readonly result: CheckedTable | { readonly problem: string; readonly status: number } | undefined
}

/** A larger table is not sent back with the page. */
export const MAX_SHOWN_TEXT = 256 * 1024

const form = ({ days, result, text, viewer }: CheckPage): Html => {
  const problem = result !== undefined && "problem" in result ? result.problem : undefined
  const described = problem !== undefined && html` aria-invalid="true" aria-describedby="check-problem"`
  return html`
<section class="panel" aria-labelledby="check">
  <h2 id="check">Check a table</h2>
  <p class="muted small">Shows the problems of a table, how it differs from the live one, and where the handovers of the last days would have gone. <b>It is never taken over from here:</b> the router follows the file that ROUTES_FILE names. Replace that file when you are content, and it is live within a second.</p>
  <form method="post" action="/console/routing/check" enctype="multipart/form-data" class="stack" data-busy="Reading the table and the history. This takes up to half a minute …">
    ${csrfField(viewer)}
    <div><label for="file">File, YAML or JSON</label><input id="file" name="file" type="file" accept=".yaml,.yml,.json,application/yaml,application/json,text/plain"${described}></div>
    <details${text !== "" && html` open`}><summary>or paste its text</summary>
      <label for="text">Text of the table</label>
      <textarea id="text" name="text" rows="12" spellcheck="false" autocapitalize="none"${described}>
${text}</textarea>
    </details>
    <div class="moment">
      <div><label for="days">Compare with the handovers of</label><select id="days" name="days">${DAYS.map((one) => html`<option value="${one}"${one === days && html` selected`}>${one === 1 ? "the last day" : `the last ${one} days`}</option>`)}</select></div>
    </div>
    ${problem !== undefined && html`<p class="field-problem" id="check-problem"><span aria-hidden="true">✗</span> ${problem}</p>`}
    <div><button>Check it</button> <span class="muted" role="status" data-state></span></div>
  </form>
</section>`
}

const usable = (checked: Checked & { readonly _tag: "Usable" }, days: number): Html => {
  const { file, live, replayed } = checked
  const none: RoutesFile = { rules: [] }
  return html`
<section class="panel" aria-labelledby="difference"><h2 id="difference">Differences from the live table</h2>
${live === undefined ? html`<p class="muted">A policy in code decides: there is no live table to compare with.</p>` : differenceList(live.difference, live.file, file)}</section>
<section class="panel" aria-labelledby="replay"><h2 id="replay">What would change</h2>
${Result.match(replayed, {
  onFailure: (message) =>
    html`<p class="note warning">The history cannot be read, so this cannot be told: ${message}</p>`,
  onSuccess: (replayed) => replayPart(replayed, days, { live: namesIn(live?.file ?? none), here: namesIn(file) })
})}</section>`
}

const verdict = ({ checked, name, text, version }: CheckedTable, days: number): Html => {
  const which = html`<p class="muted small"><bdi>${name}</bdi>, version <code>${version}</code></p>`
  switch (checked._tag) {
    case "Busy":
      return html`<section class="panel" data-result tabindex="-1" aria-labelledby="result"><h2 id="result">Not checked</h2><p class="note warning">${
        checked.by === "you"
          ? "Your last check is still running."
          : "Others check tables at this moment, as many as may at once."
      } Try again when it is done.</p></section>`
    case "Problems":
      return html`<section class="panel" data-result tabindex="-1" aria-labelledby="result"><h2 id="result"><span class="bad-sign" aria-hidden="true">✗</span> ${counted(checked.total, "problem")}: the router would not use it</h2>${which}${problemList(checked.problems, text, checked.total)}</section>`
    case "Usable":
      return html`<section class="panel" data-result tabindex="-1" aria-labelledby="result"><h2 id="result"><span class="good-sign" aria-hidden="true">✓</span> No problems: ${counted(checked.file.rules.length, "rule")}${checked.file.fallback === undefined ? ", no fallback" : " and a fallback"}</h2>${which}<p>The live table has not changed.</p></section>${usable(checked, days)}`
  }
}

const titleOf = (result: CheckPage["result"]): string => {
  if (result === undefined) return "Check a table"
  if ("problem" in result) return "Error · Check a table"
  const { checked } = result
  return `${checked._tag === "Problems" ? counted(checked.total, "problem") : checked._tag === "Busy" ? "Not checked" : "No problems"} · Check a table`
}

/** The page that checks a table. */
export const checkView = (page: CheckPage): View => {
  const { days, result } = page
  return routingView("check", {
    title: titleOf(result),
    status: result !== undefined && "problem" in result ? result.status : 200,
    body: html`${form(page)}${result !== undefined && !("problem" in result) && verdict(result, days)}`
  })
}
