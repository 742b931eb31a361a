/** Payloads to begin with: one for each rule of a table. */
import { examplePayload } from "../../routing/explain/examplePayload.ts"
import { FALLBACK, type RoutesFile } from "../../routing/format/RoutesFile.ts"

/** The most rules that can be picked from a list. The page of a rule leads to its example, too. */
export const MAX_EXAMPLES = 200

const USER = "anna"

/** An agent that an entity may name, where the table has one. */
const agentOf = ({ agents = {} }: RoutesFile): string =>
  Object.values(agents)[0] ?? "a6e27000-0000-4000-8000-000000000003"

/** A payload, as JSON, that meets the conditions of a rule as far as a payload can; one that no rule is likely to take without a rule of this name. */
export const exampleFor = (file: RoutesFile | undefined, name: string | undefined): string => {
  const rule = file?.rules.find((rule) => rule.name === name)
  const payload =
    file === undefined || rule === undefined
      ? { intent: name === FALLBACK ? "order_pizza" : "transfer_to_support", userId: USER }
      : examplePayload(rule, USER, agentOf(file))
  return JSON.stringify(payload, undefined, 2)
}
