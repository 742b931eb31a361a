import { assert } from "@effect/vitest"
import type { HandedOver } from "../../src/handover/HandedOver.ts"

/** A UUID of version 7. */
export const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** How a handover was answered, without the id of the handover, which is another one each time. */
export const withoutId = ({ handoverId, ...rest }: HandedOver): HandedOver => {
  assert.match(`${handoverId}`, UUID_V7)
  return rest
}
