import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Result, Schema } from "effect"
import { Facts } from "../../../src/history/Entry.ts"
import { recordedTable } from "../../../src/history/record/facts.ts"
import { recordedOf } from "../../../src/history/replay/Recorded.ts"
import { makeReplayTable, type Replayed } from "../../../src/history/replay/ReplayTable.ts"
import { REFUSED, REJECTED, routedKey } from "../../../src/history/replay/Routed.ts"
import type { RoutesFile } from "../../../src/routing/format/RoutesFile.ts"
import type { Input } from "../../../src/routing/table/Check.ts"
import { makeRoutingTable } from "../../../src/routing/table/RoutingTable.ts"
import { among, inputs, tables } from "../../routing/routes/generators.ts"
import { whole } from "../../support/arbitrary.ts"
import { entry } from "../../support/entry.ts"

/** Facts as they come back from the database. */
const stored = (facts: Facts): Facts => Schema.decodeUnknownSync(Schema.fromJsonString(Facts))(JSON.stringify(facts))

const factsOf = (file: RoutesFile, { request }: Input): Facts =>
  recordedTable({ file, version: undefined }).factsOf(request)

/** Where a table sends a request, and by which rule. */
const decided = (file: RoutesFile, input: Input) =>
  Result.match(makeRoutingTable(file).decide(input), {
    onSuccess: ({ rule, target }) => ({ key: routedKey(target), rule }),
    onFailure: (error) => ({
      key: routedKey(error._tag === "Rejected" ? REJECTED : REFUSED),
      rule: error._tag === "UnsupportedIntent" ? undefined : error.rule
    })
  })

const replayed = (file: RoutesFile, { now, request }: Input, facts: Facts | undefined, members = {}): Replayed =>
  makeReplayTable(file).decide(
    recordedOf(
      entry({
        at: now,
        intent: request.intent,
        language: request.language ?? null,
        channel: request.channel ?? null,
        userId: request.userId,
        ...(facts === undefined ? {} : { facts: stored(facts) }),
        ...members
      })
    )
  )

const isTold = (replayed: Replayed) => "routed" in replayed

/** A told replay is never another one than the real decision. */
const checkAgainst = (file: RoutesFile, input: Input, replayed: Replayed) => {
  if (!("routed" in replayed)) {
    assert.isNotEmpty(replayed.missing)
    return
  }
  const { key, rule } = decided(file, input)
  assert.strictEqual(routedKey(replayed.routed), key)
  if (rule !== undefined) assert.include(replayed.rules, rule)
}

/** Facts without some of their members: those whose turn it is. */
const without = (facts: Facts, turns: ReadonlyArray<boolean>): Facts => {
  let turn = 0
  const isLeft = () => turns[turn++ % turns.length] !== true
  const some = <A>(record: Readonly<Record<string, A>> | undefined) =>
    record && Object.fromEntries(Object.entries(record).filter(isLeft))
  const { confidence, data, entities, shares } = facts
  return {
    ...(confidence !== undefined && isLeft() && { confidence }),
    ...(data && { data: some(data) ?? {} }),
    ...(entities && { entities: some(entities) ?? {} }),
    ...(shares && { shares: some(shares) ?? {} })
  }
}

const runs = { arbitrary: { runs: 500 } }

describe("a table over records", () => {
  it.prop(
    "decides as the table itself where all that it looks at was recorded",
    { file: tables, input: inputs },
    ({ file, input }) => {
      const result = replayed(file, input, factsOf(file, input), { userId: null })
      assert.isTrue(isTold(result))
      checkAgainst(file, input, result)
    },
    runs
  )

  it.prop(
    "decides as the table itself by what another table looked at, or cannot tell",
    { file: tables, live: tables, input: inputs },
    ({ file, input, live }) => checkAgainst(file, input, replayed(file, input, factsOf(live, input))),
    runs
  )

  it.prop(
    "decides as the table itself by a part of the facts, or cannot tell",
    { file: tables, input: inputs, turns: Arbitrary.array(among([true, false]), { minLength: 1, maxLength: 7 }) },
    ({ file, input, turns }) =>
      checkAgainst(file, input, replayed(file, input, without(factsOf(file, input), turns), { userId: null })),
    runs
  )

  it.prop(
    "decides as the table itself although the hours changed before the decision, or cannot tell",
    { file: tables, input: inputs, early: whole(0, 4000), late: whole(0, 3000) },
    ({ early, file, input, late }) => {
      const now = Date.UTC(2026, 10, 25, 18) + early - 2000
      const result = replayed(file, { ...input, now: now - early }, factsOf(file, input), { took: early + late })
      checkAgainst(file, { ...input, now }, result)
    },
    runs
  )
})
