/** Every scenario, in the order of the table. */
import type { Scenario } from "./Scenario.ts"
import { badInput } from "./scenarios/badInput.ts"
import { cxoneScenarios } from "./scenarios/cxone.ts"
import { processScenarios } from "./scenarios/process.ts"
import { webhookScenarios } from "./scenarios/webhooks.ts"

/** Every scenario, in the order of the table. */
export const scenarios: ReadonlyArray<Scenario> = [
  ...cxoneScenarios,
  ...webhookScenarios,
  badInput,
  ...processScenarios
]
