/** The page of what happens now. */
import { Effect } from "effect"
import { html } from "../html.ts"
import { get } from "./Route.ts"

/** The page of what happens now. */
export const now = Effect.succeed([
  get("/console", () => Effect.succeed({ title: "Now", nav: "now", body: html`<div class="head"><h1>Now</h1></div>` }))
])
