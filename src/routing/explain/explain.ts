/** Explains a table's decisions. */
import type { HandoverRequest } from "../../domain/HandoverRequest.ts"
import type { Explanation } from "../Explanation.ts"
import { outcomeOf } from "../outcomeOf.ts"
import type { RoutingTable } from "../table/RoutingTable.ts"
import { cut, render, toJsonValue } from "../table/render.ts"

/** Explains the decision of a table for a request at a time, in milliseconds since 1970. */
export const explain = (
  table: RoutingTable,
  version: string | undefined,
  request: HandoverRequest,
  now: number
): Explanation => {
  const input = { request, now }
  return {
    at: new Date(now).toISOString(),
    ...(version === undefined ? {} : { version }),
    outcome: outcomeOf(table.decide(input), table.nameOf),
    passed: table.passed(input).map(({ failed, rule }) => {
      const saw = failed.saw(input)
      return {
        rule,
        condition: failed.path,
        expected: cut(failed.expected),
        saw: toJsonValue(saw),
        shown: render(saw)
      }
    })
  }
}
