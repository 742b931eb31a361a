/** Every scenario, in the order of the table. */
import type { Dialect } from "./dialects/Dialect.ts"
import type { Scenario } from "./Scenario.ts"
import { badInput } from "./scenarios/badInput.ts"
import { contactScenarios } from "./scenarios/contacts.ts"
import { cxoneScenarios } from "./scenarios/cxone.ts"
import { processScenarios } from "./scenarios/process.ts"
import { webhookScenarios } from "./scenarios/webhooks.ts"

/** Every scenario, in the order of the table. */
export const scenarios: ReadonlyArray<Scenario> = [
  ...cxoneScenarios,
  ...contactScenarios,
  ...webhookScenarios,
  badInput,
  ...processScenarios
]

/** Those for this dialect. */
export const scenariosOf = ({ name }: Dialect): ReadonlyArray<Scenario> =>
  scenarios.filter(({ only = name }) => only === name)
