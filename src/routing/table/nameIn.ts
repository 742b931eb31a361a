import { type Target, targetKey } from "../../domain/Target.ts"
import type { RoutesFile } from "../format/RoutesFile.ts"

/** A table's names for queues and agents. When an id has several names, the first one counts. */
export const nameIn = ({
  agents = {},
  queues = {}
}: Pick<RoutesFile, "agents" | "queues">): ((target: Target) => string | undefined) => {
  const names = new Map(
    [
      ...Object.entries(queues).map(([name, id]) => [targetKey({ type: "queue", id }), name] as const),
      ...Object.entries(agents).map(([name, id]) => [targetKey({ type: "agent", id }), name] as const)
    ].reverse()
  )
  return (target) => names.get(targetKey(target))
}
