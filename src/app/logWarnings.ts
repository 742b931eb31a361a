import { Effect } from "effect"
import type { Problems } from "../std/Setting.ts"

/** Logs settings that look wrong, a line each. */
export const logWarnings = (warnings: Problems): Effect.Effect<void> =>
  Effect.forEach(warnings, ({ instead, name, problem }) => Effect.logWarning(`${name} ${problem} → ${instead}`), {
    discard: true
  })
