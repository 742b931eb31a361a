/** The live table. */
import type { FileProblem } from "../../../routing/FileProblem.ts"
import type { TableStatus } from "../../../routing/TableStatus.ts"
import { type Html, html } from "../../../std/html.ts"
import { counted, time } from "../../parts.ts"
import { type RuleQuery, ruleListAddress } from "../../routing/selectRules.ts"
import { empty, type View } from "../../view.ts"
import { routingView } from "./frame.ts"
import { hoursPanel, type ShownHours } from "./hours.ts"
import { problemList } from "./problems.ts"
import { type PlacedRule, ruleItem } from "./rule.ts"
import { targetsPanel } from "./targets.ts"
import { brief, type Ids, whole } from "./words.ts"

/** The live table, and the part of it that is shown. */
export interface ShownTable {
  readonly ids: Ids
  /** `undefined` for the built-in table. */
  readonly status: TableStatus | undefined
  /** The first problems of a file that has changed and is not used. */
  readonly problems: ReadonlyArray<FileProblem> | undefined
  /** The number of rules, without the fallback. */
  readonly size: number
  readonly hasFallback: boolean
  /** The rules that decided nothing in the last week, the fallback not counted; `undefined` where that is not known. */
  readonly unused: number | undefined
  /** Why counts of the rules are missing, or what they do not say. */
  readonly countsNote: string | undefined
  /** The time from which handovers are counted, in milliseconds since 1970. */
  readonly since: number
  readonly hours: ReadonlyArray<ShownHours>
  readonly hoursTotal: number
  readonly query: RuleQuery
  readonly rules: ReadonlyArray<PlacedRule>
  readonly found: number
  readonly page: number
  readonly pages: number
}

const rejectedNote = (
  { rejected, version }: TableStatus,
  problems: ReadonlyArray<FileProblem> | undefined
): Html | false =>
  rejected !== undefined &&
  html`
<section class="note failed" aria-labelledby="rejected">
  <h2 id="rejected">The file has changed, and is not used</h2>
  <p>It has ${counted(rejected.problems, "problem")}, found ${time(Date.parse(rejected.at))}${
    rejected.version !== undefined && html` in version <code>${rejected.version}</code>`
  }. Version <code>${version}</code> stays live until the file has none.</p>
  ${
    problems === undefined
      ? html`<p>The router's log lists them.</p>`
      : html`<details${problems.length <= 3 && html` open`}><summary>${counted(rejected.problems, "problem")}, and what to do</summary>${problemList(problems, undefined, rejected.problems)}</details>`
  }
</section>`

const summary = ({ countsNote, hasFallback, size, status, unused }: ShownTable): Html => html`
<section class="panel" aria-label="The live table">
  <dl class="facts">
    ${
      status === undefined
        ? html`<dt>Table</dt><dd><b>Built-in.</b> Three intents of the guide, with the queues of SALES_QUEUE_ID and SUPPORT_QUEUE_ID. ROUTES_FILE names a table of your own.</dd>`
        : html`<dt>Version</dt><dd><code>${status.version}</code></dd><dt>Live since</dt><dd>${time(Date.parse(status.since))}</dd>`
    }
    <dt>Rules</dt><dd>${counted(size, "rule")}, ${hasFallback ? "and a fallback" : "no fallback: what no rule takes is answered 400, Unsupported intent"}. The first one whose conditions hold decides.</dd>
    <dt>Last 7 days</dt><dd>${
      unused === undefined
        ? html`<span class="muted">Not known.</span>`
        : unused === 0
          ? "Every rule decided a handover."
          : html`<a href="/console/routing?show=unused">${counted(unused, "rule")}</a> decided no handover.`
    }${countsNote !== undefined && html` <span class="muted">${countsNote}</span>`}</dd>
  </dl>
</section>`

const filters = ({ q, unused }: RuleQuery, isCounted: boolean): Html => html`
<form class="filters rules-filter" action="/console/routing" role="search" aria-label="Rules">
  <div><label for="q">Rules with this text</label><input id="q" name="q" type="search" value="${q}" placeholder="name, intent, queue, …" autocapitalize="none" spellcheck="false"></div>
  ${
    isCounted &&
    html`<div><label for="show">Show</label><select id="show" name="show"><option value="">all rules</option><option value="unused"${unused && html` selected`}>no handover in 7 days</option></select></div>`
  }
  <div><button class="quiet">Filter</button>${(q !== "" || unused) && html` <a class="clear" href="/console/routing">Clear</a>`}</div>
</form>`

const pager = ({ page, pages, query }: ShownTable): Html | false =>
  pages > 1 &&
  html`<nav class="pager" aria-label="Pages of rules">
  ${page > 1 ? html`<a rel="prev" href="${ruleListAddress({ ...query, page: page - 1 })}">Earlier rules</a>` : html`<span></span>`}
  <span class="muted">Page ${page} of ${pages}</span>
  ${page < pages ? html`<a rel="next" href="${ruleListAddress({ ...query, page: page + 1 })}">Later rules</a>` : html`<span></span>`}
</nav>`

const isFiltered = ({ q, unused }: RuleQuery) => q !== "" || unused

/** The page of the live table. */
export const tableView = (table: ShownTable): View => {
  const { found, hours, hoursTotal, ids, problems, query, rules, since, status, unused } = table
  return routingView("table", {
    title: "Routing",
    body: html`
${status !== undefined && rejectedNote(status, problems)}
${summary(table)}
${hoursPanel(hours, hoursTotal)}
<section class="panel" aria-labelledby="rules">
  <div class="head"><h2 id="rules">Rules</h2>${isFiltered(query) && html`<p class="muted" role="status">${counted(found, "rule")} found</p>`}</div>
  ${filters(query, unused !== undefined)}
  ${
    rules.length === 0
      ? empty("No such rule", "No rule has this text in its name, conditions, destination or labels.")
      : html`<ol class="rules">${rules.map((rule) => ruleItem(rule, ids, since, brief()))}</ol>`
  }
</section>
${pager(table)}
${targetsPanel(ids, query.q)}`
  })
}

/** The page of one rule. */
export const ruleView = (
  name: string,
  rule: PlacedRule | undefined,
  { ids, since }: Pick<ShownTable, "ids" | "since">
): View =>
  routingView("table", {
    title: `Rule ${name}`,
    status: rule === undefined ? 404 : 200,
    body: html`
<p><a href="/console/routing">All rules</a></p>
<section class="panel" aria-label="Rule">
  ${
    rule === undefined
      ? empty("The live table has no such rule", html`<bdi>${name}</bdi> may be of an earlier table.`)
      : html`<ol class="rules">${ruleItem(rule, ids, since, whole())}</ol>`
  }
</section>`
  })

/** The page where no table decides. */
export const codeView: View = routingView("table", {
  title: "Routing",
  body: html`
<section class="panel">${empty(
    "A policy in code decides",
    "This router is part of an application that decides where conversations go. Its rules are in the application's code, so they cannot be shown here.",
    html`<a href="/console/routing/try">Try a payload</a> to see what it decides.`
  )}</section>`
})
