import { assert, it } from "@effect/vitest"
import { ruleUsage } from "../../src/history/ruleUsage.ts"
import type { RoutesFile } from "../../src/routing/format/RoutesFile.ts"

const to = { queue: "q" }

const file: RoutesFile = {
  rules: [
    { name: "vip", to },
    { name: "__proto__", to },
    { name: "sales", to }
  ],
  fallback: { to }
}

const minute = (
  minute: number,
  rule: string | null,
  count: number,
  outcome: "success" | "repeated" | "failed" = "success"
) => ({
  minute,
  rule,
  count,
  outcome
})

it("the usage of rules has each rule of the table in its order, and the fallback", () => {
  const minutes = [
    minute(0, "sales", 3),
    minute(60_000, "sales", 2, "failed"),
    minute(120_000, "sales", 9, "repeated"),
    minute(180_000, "renamed since", 5),
    minute(180_000, null, 5),
    minute(60_000, "fallback", 1)
  ]
  assert.deepStrictEqual(ruleUsage(file, minutes), [
    { rule: "vip", count: 0, last: undefined },
    { rule: "__proto__", count: 0, last: undefined },
    { rule: "sales", count: 5, last: 60_000 },
    { rule: "fallback", count: 1, last: 60_000 }
  ])
  assert.deepStrictEqual(ruleUsage({ rules: file.rules.slice(0, 1) }, []), [{ rule: "vip", count: 0, last: undefined }])
})
