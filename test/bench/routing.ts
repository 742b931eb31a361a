/** Measures what one decision costs with a small and with a large table: a part of `npm run bench`; with `--json` for machines. */
import { Result } from "effect"
import type { RoutesFile } from "../../src/routing/format/RoutesFile.ts"
import type { Input } from "../../src/routing/table/Check.ts"
import { makeRoutingTable } from "../../src/routing/table/RoutingTable.ts"
import { nothingElse } from "../support/request.ts"
import { median, medianRatio } from "./statistics.ts"

const SMALL = 10
const LARGE = 10_000
const ROUNDS = 301
const DECISIONS = 2000

/** How many times as much a decision of the large table may cost. */
const GOAL = 3

const TIERS = ["gold", "silver", "bronze"]
const LANGUAGES = ["de", "en", "fr"]

const at = <A>(values: ReadonlyArray<A>, index: number): A => values[index % values.length] as A

/** A table of so many rules, each with its own intent (`suffix`: and what may follow it), an entity and a language. */
const tableOf = (rules: number, suffix: string): RoutesFile => ({
  queues: { sales: "5a1e0000-0000-4000-8000-000000000001" },
  rules: Array.from({ length: rules }, (_, index) => ({
    name: `rule ${index}`,
    when: {
      intent: `intent_${index}_${suffix}`,
      language: at(LANGUAGES, index),
      entities: { tier: at(TIERS, index), age: { atLeast: 18 } }
    },
    to: { queue: "sales" },
    labels: { tier: "{{tier}}" }
  })),
  fallback: { to: { queue: "sales" } }
})

/** Requests for rules from all over a table; one in eight is for none of them. The same ones each time. */
const inputsFor = (rules: number): ReadonlyArray<Input> =>
  Array.from({ length: DECISIONS }, (_, index) => {
    const rule = Number((BigInt(index) * 2_654_435_761n) % BigInt(rules))
    return {
      now: 1_800_000_000_000,
      request: {
        ...nothingElse,
        intent: index % 8 === 7 ? `nothing_${rule}_x` : `intent_${rule}_x`,
        userId: `user-${index}`,
        language: `${at(LANGUAGES, rule)}-XX`,
        entities: [
          { name: "tier", value: at(TIERS, rule) },
          { name: "age", value: "42" }
        ]
      }
    }
  })

/** A table with its requests, as a function that runs all of them and tells the nanoseconds of one. */
const runner = (rules: number, suffix: string) => {
  const table = makeRoutingTable(tableOf(rules, suffix))
  const inputs = inputsFor(rules)
  const byRule = inputs.filter((input) => {
    const decided = table.decide(input)
    return Result.isSuccess(decided) && decided.success.rule !== "fallback"
  }).length
  const expected = inputs.length - Math.floor(inputs.length / 8)
  if (byRule !== expected) process.stderr.write(`${rules} rules: ${byRule} decided by a rule, not ${expected}\n`)
  return () => {
    let decided = 0
    const start = process.hrtime.bigint()
    for (const input of inputs) if (Result.isSuccess(table.decide(input))) decided++
    const took = Number(process.hrtime.bigint() - start)
    return took / decided
  }
}

const measure = (name: string, suffix: string) => {
  const [small, large] = [runner(SMALL, suffix), runner(LARGE, suffix)]
  for (let round = 0; round < 50; round++) {
    small()
    large()
  }
  const took: readonly [Array<number>, Array<number>] = [[], []]
  for (let round = 0; round < ROUNDS; round++) {
    took[0].push(small())
    took[1].push(large())
  }
  const [smallNanos, largeNanos] = [median(took[0]), median(took[1])]
  return { name, smallNanos, largeNanos, ratio: medianRatio(took[1], took[0]) }
}

const results = [measure("names", "x"), measure("globs", "*")]

if (process.argv.includes("--json")) {
  const report = {
    node: process.version,
    small: SMALL,
    large: LARGE,
    rounds: ROUNDS,
    decisions: DECISIONS,
    goal: GOAL,
    results
  }
  process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`)
} else {
  const row = (cells: ReadonlyArray<string>) =>
    `${cells.map((cell, index) => (index === 0 ? cell.padEnd(8) : cell.padStart(14))).join("")}\n`
  process.stdout.write(
    `One decision, median of ${ROUNDS} rounds of ${DECISIONS} (node ${process.version})\n\n${row(["intents", `${SMALL} rules`, `${LARGE} rules`, "ratio", `goal ≤ ${GOAL}`])}${results
      .map(({ largeNanos, name, ratio, smallNanos }) =>
        row([
          name,
          `${smallNanos.toFixed(0)} ns`,
          `${largeNanos.toFixed(0)} ns`,
          ratio.toFixed(2),
          ratio <= GOAL ? "met" : "missed"
        ])
      )
      .join("")}`
  )
}
