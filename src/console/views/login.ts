/** The log-in. */
import { html } from "../../std/html.ts"
import type { View } from "../view.ts"

/** The log-in, with the page to go to after it, and why the last one failed. */
export const loginView = ({
  problem,
  status,
  to
}: {
  readonly to: string
  readonly problem?: string
  readonly status?: number
}): View => ({
  title: "Log in",
  status: status ?? 200,
  body: html`
<section class="panel login">
  <h1>Log in</h1>
  <p class="muted">The console of the router from Cognigy to CXone.</p>
  ${problem !== undefined && html`<p class="note failed" role="alert" id="problem">${problem}</p>`}
  <form method="post" action="/console/login" class="stack">
    <input type="hidden" name="to" value="${to}">
    <div>
      <label for="user">User</label>
      <input id="user" name="user" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus>
    </div>
    <div>
      <label for="password">Password</label>
      <input id="password" name="password" type="password" autocomplete="current-password" required${problem !== undefined && html` aria-describedby="problem"`}>
    </div>
    <button>Log in</button>
  </form>
  <p class="muted small">User and password are the settings CONSOLE_USER and CONSOLE_PASSWORD of the router.</p>
</section>`
})
