/** One handover: what happened, in which steps, why by this rule, and what the sender was told. */

import { targetKey } from "../../domain/Target.ts"
import type { Detail, Entry } from "../../history/Entry.ts"
import { type Html, html } from "../../std/html.ts"
import { handoverHref, listHref } from "../handoverQuery.ts"
import { millis, outcomeTag, time } from "../parts.ts"
import type { Viewer } from "../Viewer.ts"
import type { View } from "../view.ts"
import { type Again, againPanel } from "./handOverAgain.ts"
import { inSentence, type NameOf, targetCell } from "./handoverWords.ts"
import { explainedBy, summary } from "./summary.ts"
import { timeline } from "./timeline.ts"
import { type Why, whyPanel } from "./why.ts"

/** The data of the page. */
export interface HandoverPage {
  readonly entry: Entry & Detail
  readonly nameOf: NameOf
  /** Handovers that were answered as this one, newest first. */
  readonly copies: ReadonlyArray<Entry>
  readonly why: Why
  /** Only for a failed handover. */
  readonly again: Again | undefined
  readonly viewer: Viewer
}

const copyable = (value: string): Html =>
  html`<code class="id" dir="auto">${value}</code> <button type="button" class="quiet copy" data-copy="${value}" hidden>Copy</button>`

const fact = (label: string, value: Html | false): Html | false =>
  value !== false && html`<dt>${label}</dt><dd>${value}</dd>`

const all = (fields: Parameters<typeof listHref>[0]["fields"], label: string): Html =>
  html`<a class="nowrap" href="${listHref(fields === undefined ? {} : { fields })}">${label}</a>`

const ids = ({ conversationId, correlationId, id, orphan, sessionId, tenant, userId }: Entry & Detail): Html => html`
<section class="panel"><h2>Ids</h2>
<dl class="facts ids">
${fact("Handover", copyable(id))}
${fact("Correlation id", correlationId !== null && html`${copyable(correlationId)} ${all({ correlation: correlationId }, "All with it")}`)}
${fact("User", userId !== null && html`${copyable(userId)} ${all({ user: userId }, "All of this user")}`)}
${fact("Session", sessionId !== null && html`${copyable(sessionId)} ${all({ session: sessionId }, "All of this session")}`)}
${fact("CXone conversation", conversationId !== null && html`${copyable(conversationId)}${orphan === conversationId && html` <span class="tag warning">may be open at no queue</span>`}`)}
${fact("Tenant", tenant !== null && html`<bdi>${tenant}</bdi>`)}
</dl></section>`

const decision = (
  { channel, intent, language, priority, rule, table, target, targets }: Entry & Detail,
  nameOf: NameOf,
  why: Why
): Html => html`
<section class="panel"><h2>Decision</h2>
<dl class="facts">
${fact("Intent", intent !== null && html`<bdi>${intent}</bdi>`)}
${fact("Language", language !== null && html`<bdi>${language}</bdi>`)}
${fact("Channel", channel !== null && html`<bdi>${channel}</bdi>`)}
${fact("Rule", rule === null ? html`<span class="muted">none</span>` : html`<bdi>${rule}</bdi> ${all({ rule }, "All by this rule")}`)}
${fact("Table", table !== null && html`version <code>${table}</code>`)}
${fact(
  targets.length > 1 ? "Targets, in order" : "Target",
  targets.length > 0 &&
    html`<ol class="targets">${targets.map(
      (one) =>
        html`<li>${targetCell(one, nameOf)}${target !== null && targets.length > 1 && targetKey(one) === targetKey(target) && html` <span class="tag">this one</span>`}</li>`
    )}</ol>`
)}
${fact("Priority", priority !== undefined && html`${priority}`)}
</dl>
${whyPanel(why)}
</section>`

const copiesOf = ({ firstId, againOf }: Entry, copies: ReadonlyArray<Entry>): Html | false =>
  (firstId !== null || againOf !== null || copies.length > 0) &&
  html`<section class="panel"><h2>Copies and repeats</h2>
${firstId !== null && html`<p>This request is a copy. It has the answer of <a href="${handoverHref(firstId)}">the first one</a>.</p>`}
${againOf !== null && html`<p>An operator handed <a href="${handoverHref(againOf)}">a failed handover</a> over again by this one.</p>`}
${
  copies.length > 0 &&
  html`<p>${copies.length === 1 ? "One copy was" : `${copies.length} copies were`} answered as this one:</p>
<ul class="plain">${copies.map((copy) => html`<li><a href="${handoverHref(copy.id)}">${time(copy.at)}</a> ${outcomeTag(copy.outcome)} <span class="muted">after ${millis(copy.took)}</span></li>`)}</ul>`
}</section>`

/** The page of one handover. */
export const handoverView = ({ again, copies, entry, nameOf, viewer, why }: HandoverPage): View => {
  const { answer, at, id, outcome, reason, status, steps, took } = entry
  const sentence = summary(entry, nameOf)
  const detail = explainedBy(entry)
  return {
    title: `Handover ${id.slice(0, 8)}: ${outcome}`,
    nav: "handovers",
    styles: ["handover.css"],
    scripts: ["handover.js"],
    body: html`
<nav class="trail" aria-label="Path"><a href="/console/handovers">Handovers</a> <span aria-hidden="true">›</span> <span class="muted">${time(at)}</span></nav>
<div class="summary ${outcome}">
  <p class="signs">${outcomeTag(outcome)}${reason !== outcome && html` <span class="muted">${inSentence(reason)}</span>`} <span class="muted">· ${status} · ${millis(took)}</span></p>
  <h1>${sentence}</h1>
  ${detail !== undefined && html`<p class="detail">${outcome === "rejected" && "The bot says: "}<bdi>${detail}</bdi></p>`}
</div>
${again !== undefined && againPanel(id, again, viewer)}
<section class="panel"><h2>Timeline</h2>
${steps.length === 0 ? html`<p class="muted">No call to CXone was made for it.</p>` : timeline(entry, nameOf)}
</section>
<div class="columns">
${decision(entry, nameOf, why)}
<div class="column">
${ids(entry)}
${copiesOf(entry, copies)}
<section class="panel"><h2>Answer as sent <span class="tag">${status}</span></h2><pre class="answer" tabindex="0" dir="ltr">${JSON.stringify(answer, null, 2)}</pre></section>
</div>
</div>`
  }
}
