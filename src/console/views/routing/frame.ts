/** What the pages about routing have in common. */
import { type Html, html } from "../../../std/html.ts"
import type { View } from "../../view.ts"

const TABS = [
  { tab: "table", href: "/console/routing", label: "Live table" },
  { tab: "try", href: "/console/routing/try", label: "Try a payload" },
  { tab: "check", href: "/console/routing/check", label: "Check a table" }
] as const

/** A page about routing, below its tabs. */
export const routingView = (
  tab: (typeof TABS)[number]["tab"],
  { body, status, title }: { readonly title: string; readonly body: Html; readonly status?: number | undefined }
): View => ({
  title,
  nav: "routing",
  styles: ["handover.css", "routing.css"],
  scripts: ["routing.js"],
  ...(status !== undefined && { status }),
  body: html`
<div class="head"><h1>Routing</h1></div>
<nav class="tabs" aria-label="Routing">${TABS.map(
    (one) => html`<a href="${one.href}"${one.tab === tab && html` aria-current="page"`}>${one.label}</a>`
  )}</nav>
${body}`
})
