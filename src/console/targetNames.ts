/** Names of targets, for pages that show many. */
import { Effect } from "effect"
import type { Target } from "../domain/Target.ts"
import type { RoutesFile } from "../routing/format/RoutesFile.ts"
import type { RoutingPolicy } from "../routing/RoutingPolicy.ts"
import { type NameOf, targetKey } from "./views/handoverWords.ts"

/** A target from its key, `queue:ID` or `agent:ID`. */
export const targetOf = (key: string): Target | undefined => {
  const [, type, id] = /^(queue|agent):(.+)$/s.exec(key) ?? []
  return id === undefined ? undefined : { type: type === "agent" ? "agent" : "queue", id }
}

/** The names that the live table has for targets. */
export const liveNames = (policy: RoutingPolicy["Service"], keys: Iterable<string>): Effect.Effect<NameOf> =>
  Effect.map(
    Effect.forEach(new Set(keys), (key) => {
      const target = targetOf(key)
      return target === undefined
        ? Effect.succeed([key, undefined] as const)
        : Effect.map(policy.nameOf(target), (name) => [key, name] as const)
    }),
    (found) => {
      const names = new Map(found)
      return (key) => names.get(key)
    }
  )

/** The names that a table has for targets. */
export const namesIn = ({ agents = {}, queues = {} }: RoutesFile): NameOf => {
  const keys = (type: Target["type"], ids: Readonly<Record<string, string>>) =>
    Object.entries(ids).map(([name, id]) => [targetKey({ type, id }), name] as const)
  const names = new Map([...keys("queue", queues), ...keys("agent", agents)])
  return (key) => names.get(key)
}
