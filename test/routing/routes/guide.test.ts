/** The guide to routing tables: every table in it is right, and every output is what comes. */

import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { parse, stringify } from "yaml"
import { toHandoverRequest } from "../../../src/cognigy/payload/toHandoverRequest.ts"
import { webchatIds } from "../../../src/cxone/webchat/ids.ts"
import { explain } from "../../../src/routing/explain/explain.ts"
import { showExplanation } from "../../../src/routing/explain/showExplanation.ts"
import { parseTime } from "../../../src/routing/explain/time.ts"
import { readRoutes } from "../../../src/routing/file/readRoutes.ts"
import type { RoutesFile } from "../../../src/routing/format/RoutesFile.ts"
import { makeRoutingTable } from "../../../src/routing/table/RoutingTable.ts"

const read = (path: string) => readFileSync(new URL(`../../../src/routing/${path}`, import.meta.url), "utf8")

const guide = read("README.md")

/** The guide's blocks of code in their order, by what stands after the backticks. */
const blocks = [...guide.matchAll(/^```([^\n]*)\n(.*?)^```$/gms)].map(([, kind = "", text = ""]) => ({ kind, text }))

type Rules = RoutesFile["rules"]

/** A step's rules among those before it, where the comments say: in the place of those of the same name, or before another one. */
const placed = (rules: Rules, text: string): Rules => {
  let result = rules
  for (const part of text.split(/^(?= {2}# (?:before|in the place))/m).filter((part) => part.includes("- name:"))) {
    const [, before] = /# before the rule ([^,\n]+)/.exec(part) ?? []
    const added: Rules = parse(part.slice(part.indexOf("  - name:")).split(/^\S/m)[0] ?? "")
    const names = added.map(({ name }) => name)
    if (before === undefined) {
      result = result.map((rule) => added.find(({ name }) => name === rule.name) ?? rule)
      continue
    }
    const others = result.filter(({ name }) => !names.includes(name))
    const at = others.findIndex(({ name }) => name === before)
    assert.isAtLeast(at, 0, `there is no rule ${before}`)
    result = others.toSpliced(at, 0, ...added)
  }
  return result
}

/** A table, and what the next step adds to it. */
const grown = (table: RoutesFile | undefined, text: string): RoutesFile => {
  const step: RoutesFile = parse(text)
  if (table === undefined) return step
  const merged = { ...table, rules: placed(table.rules, text) }
  return {
    ...merged,
    queues: { ...table.queues, ...step.queues },
    ...(step.agents === undefined ? {} : { agents: step.agents }),
    ...(step.hours === undefined ? {} : { hours: step.hours }),
    ...(step.fallback === undefined ? {} : { fallback: step.fallback })
  }
}

const checked = (table: RoutesFile) => Result.getOrThrow(readRoutes(stringify(table), webchatIds))

describe("the guide", () => {
  it.effect("shows what explain prints, at every step, and ends with the example", () =>
    Effect.gen(function* () {
      let table: RoutesFile | undefined
      let outputs = 0
      for (const [index, { kind, text }] of blocks.entries()) {
        if (kind === "yaml") table = checked(grown(table, text))
        const command = /^echo '(.*)' \| npm run --silent explain -- - --routes routes\.yaml --at '(.*)'\n$/.exec(text)
        if (table === undefined || command === null) continue
        const [, payload = "", at = ""] = command
        const request = yield* toHandoverRequest(JSON.parse(payload))
        const shown = showExplanation(explain(makeRoutingTable(table), "0123456789ab", request, parseTime(at) ?? 0))
        assert.strictEqual(blocks[index + 1]?.text.replace(/table [0-9a-f]{12}/, "table 0123456789ab"), `${shown}\n`)
        outputs++
      }
      assert.strictEqual(outputs, 9)
      assert.deepStrictEqual(table, Result.getOrThrow(readRoutes(read("example/routes.yaml"), webchatIds)))
    })
  )
})
