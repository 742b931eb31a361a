/** Problems of a routing table: where each is, and what to write instead. */
import type { FileProblem } from "../../../routing/FileProblem.ts"
import { cut } from "../../../routing/table/render.ts"
import { type Html, html } from "../../../std/html.ts"

/** The characters of a line that are shown around a problem. */
const LINE = 120

/** A line of the table, cut around the column, with a sign where the problem begins. */
const excerpt = (lines: ReadonlyArray<string>, { column, line }: FileProblem): Html | false => {
  const text = lines[line - 1]?.trimEnd() ?? ""
  if (text === "") return false
  const from = Math.max(0, Math.min(column - 1 - LINE / 2, text.length - LINE))
  const [before, after] = [text.slice(from, column - 1), text.slice(Math.max(from, column - 1), from + LINE)]
  return html`<pre class="excerpt"><span class="muted" aria-hidden="true">${line} │ ${from > 0 && "…"}</span>${before}<mark>${after}</mark>${from + LINE < text.length && html`<span class="muted">…</span>`}</pre>`
}

/** A list of problems. `text` is the table, where it is at hand; `total` is the number of all problems. */
export const problemList = (problems: ReadonlyArray<FileProblem>, text: string | undefined, total: number): Html => {
  const lines = text?.split("\n") ?? []
  return html`<ol class="problems">${problems.map(
    (one) => html`
<li>
  <p><span class="nowrap mono">${one.line}:${one.column}</span> <b><bdi>${cut(one.problem, 1000)}</bdi></b>${one.path !== "" && html` <code class="muted"><bdi>${cut(one.path, 300)}</bdi></code>`}</p>
  ${excerpt(lines, one)}
  <p><span aria-hidden="true">→</span> <bdi>${cut(one.instead, 1000)}</bdi></p>
</li>`
  )}</ol>${total > problems.length && html`<p class="muted">and ${total - problems.length} more: these come first in the file</p>`}`
}
