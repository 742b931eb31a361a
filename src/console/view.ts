/** The frame of the console's pages. */

import { type Html, html } from "../std/html.ts"
import { version } from "../version.ts"
import type { Viewer } from "./Viewer.ts"

/** The entries of the navigation. */
const NAVIGATION = [
  { nav: "now", href: "/console", label: "Now" },
  { nav: "handovers", href: "/console/handovers", label: "Handovers" },
  { nav: "routing", href: "/console/routing", label: "Routing" },
  { nav: "audit", href: "/console/audit", label: "Audit" }
] as const

/** An entry of the navigation. */
export type Nav = (typeof NAVIGATION)[number]["nav"]

/** A message that is shown once, at the top of the next page. */
export interface Flash {
  readonly kind: "done" | "failed"
  readonly text: string
}

/** A page without its frame. */
export interface View {
  /** The window's title; the body has its own `h1`. */
  readonly title: string
  /** The entry of the navigation that it belongs to. */
  readonly nav?: Nav
  readonly body: Html
  /** Modules of `assets/`, such as `now.js`, and libraries (`uPlot.iife.js`), in the order in which they run. */
  readonly scripts?: ReadonlyArray<string>
  /** Stylesheets of `assets/` beside `console.css`. */
  readonly styles?: ReadonlyArray<string>
  /** Default 200. */
  readonly status?: number
}

/** The data of the frame around a page. */
export interface Frame {
  /** Nobody at the log-in. */
  readonly viewer: Viewer | undefined
  readonly flash?: Flash | undefined
  /** The path of an asset. */
  readonly asset: (name: string) => string
}

const header = (viewer: Viewer, current: Nav | undefined): Html => html`
<header class="top">
  <a class="brand" href="/console">Handovers to CXone</a>
  <nav aria-label="Console">
    ${NAVIGATION.map(
      ({ href, label, nav }) => html`<a href="${href}"${nav === current && html` aria-current="page"`}>${label}</a>`
    )}
  </nav>
  <div class="who">
    ${
      viewer.isOpen
        ? html`<span class="muted">demo, no password</span>`
        : html`<span class="muted">${viewer.user}</span>
    <form method="post" action="/console/logout">${csrfField(viewer)}<button class="quiet">Log out</button></form>`
    }
  </div>
</header>`

const flashed = ({ kind, text }: Flash): Html =>
  kind === "done"
    ? html`<p class="flash done" role="status">${text}</p>`
    : html`<p class="flash failed" role="alert">${text}</p>`

/** A whole page. */
export const page = (
  { body, nav, scripts = [], styles = [], title }: View,
  { asset, flash, viewer }: Frame
): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Handovers to CXone</title>
<link rel="icon" href="${asset("icon.svg")}" type="image/svg+xml">
${["console.css", ...styles].map((name) => html`<link rel="stylesheet" href="${asset(name)}">\n`)}
${["times.js", ...scripts].map((name) => html`<script ${name.endsWith(".iife.js") ? "defer" : html`type="module"`} src="${asset(name)}"></script>\n`)}
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
${viewer !== undefined && header(viewer, nav)}
<main id="content" tabindex="-1">
${flash !== undefined && flashed(flash)}
${body}
</main>
<footer class="foot"><span>cognigy-cxone-router ${version}</span> <span>Times: <span data-zone>UTC</span></span></footer>
</body>
</html>
`

/** The field that each form with `method="post"` needs. */
export const csrfField = ({ csrf }: Viewer): Html => html`<input type="hidden" name="csrf" value="${csrf}">`

/** A place where there is nothing yet: why, and what to do. */
export const empty = (title: string, ...lines: ReadonlyArray<Html | string>): Html => html`
<div class="empty">
  <p class="empty-title">${title}</p>
  ${lines.map((line) => html`<p>${line}</p>`)}
</div>`

/** A page that says what went wrong, and what to do. */
export const errorView = (status: number, title: string, ...lines: ReadonlyArray<Html | string>): View => ({
  title,
  status,
  body: html`
<section class="panel narrow">
  <h1>${title}</h1>
  ${lines.map((line) => html`<p>${line}</p>`)}
  <p><a href="/console">To the console</a></p>
</section>`
})
