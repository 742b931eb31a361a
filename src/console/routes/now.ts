/** The page of what happens now, and its events. */
import { Effect } from "effect"
import { makeNow } from "../now/Now.ts"
import { nowView } from "../views/now.ts"
import { makeEvents } from "./events.ts"
import { get } from "./Route.ts"

/** The page of what happens now, and its events. */
export const now = Effect.gen(function* () {
  const now = yield* makeNow
  return [get("/console", () => Effect.map(now, nowView)), yield* makeEvents(now)]
})
