import { assert, describe, it } from "@effect/vitest"
import { Effect, Result, Schema } from "effect"
import { TestClock } from "effect/testing"
import { webchatIds } from "../../src/cxone/webchat/ids.ts"
import type { TargetIds } from "../../src/domain/Target.ts"
import { AgentIdMissing, Decision, Rejected, RoutingError, UnsupportedIntent } from "../../src/routing/Decision.ts"
import { loadRoutes } from "../../src/routing/file/LoadedRoutes.ts"
import { liveRoutes } from "../../src/routing/file/liveRoutes.ts"
import { readRoutes } from "../../src/routing/file/readRoutes.ts"
import { memoryFile } from "../support/memoryFile.ts"
import { patient } from "../support/time.ts"

/** Another contact centre: its queues have numbers, its agents names. */
const otherIds: TargetIds = {
  queue: (id) => (/^\d+$/.test(id) ? undefined : "not a number"),
  agent: (id) => (/^[a-z0-9]+$/.test(id) ? undefined : "not a name")
}

const table = (queue: string, to = "queue: sales") =>
  `queues: { sales: ${JSON.stringify(queue)} }\nrules: [{ name: r, to: { ${to} } }]\n`

const problems = (text: string, ids?: TargetIds) =>
  Result.match(readRoutes(text, ids), {
    onSuccess: () => [],
    onFailure: (problems) => problems.map(({ column, line, problem }) => `${line}:${column} ${problem}`)
  })

describe("the ids of a table", () => {
  it("may be any text by default, in definitions and in rules", () => {
    for (const id of ["17", "TODO", "5a1e0000-1111-4222-8333-444444444444"]) {
      assert.deepStrictEqual(problems(table(id)), [])
      assert.deepStrictEqual(problems(table(id, `agent: "${id}"`)), [])
    }
  })

  it("have the form of the contact centre", () => {
    assert.deepStrictEqual(problems(table("17"), otherIds), [])
    assert.deepStrictEqual(problems(table("17", 'queue: "18"'), otherIds), [])
    assert.deepStrictEqual(problems(table("x"), otherIds), ['1:18 the id of queue "sales" is not a number'])
    assert.deepStrictEqual(problems(table("17", "queue: slaes"), otherIds), ['2:33 no queue is named "slaes"'])
    assert.deepStrictEqual(problems(table("17"), webchatIds), ['1:18 the id of queue "sales" is not a UUID'])
  })

  it("are checked beside what is broken in the format", () => {
    assert.deepStrictEqual(problems(`${table("x")}fallbak: {}\n`, otherIds), [
      '1:18 the id of queue "sales" is not a number',
      '3:1 unknown member "fallbak"'
    ])
  })

  it.effect("are checked again when the file changes", () => {
    const file = memoryFile("routes.yaml", table("17"))
    return Effect.gen(function* () {
      const { status } = yield* Effect.flatMap(loadRoutes("routes.yaml", otherIds), liveRoutes)
      file.put(table("x"))
      yield* TestClock.adjust("2 seconds")
      assert.deepInclude((yield* status).rejected, { problems: 1 })
      file.put(table("18"))
      yield* TestClock.adjust("2 seconds")
      assert.notProperty(yield* status, "rejected")
    }).pipe(Effect.scoped, Effect.provide(file.layer), patient)
  })
})

describe("a decision", () => {
  const overJson = <A>(schema: Schema.Codec<A, unknown>, value: A): A =>
    Schema.decodeUnknownSync(schema)(JSON.parse(JSON.stringify(Schema.encodeSync(schema)(value))))

  it("crosses processes as JSON, whole or with its least members", () => {
    for (const decision of [
      { rule: "r", target: { type: "queue", id: "q" } },
      { rule: "r", target: { type: "agent", id: "a" }, fallbacks: [{ type: "queue", id: "q" }], labels: { l: "v" } }
    ] satisfies ReadonlyArray<Decision>) {
      assert.deepStrictEqual(overJson(Decision, decision), decision)
    }
  })

  it("may be an error, which crosses them too", () => {
    for (const error of [
      new UnsupportedIntent({ intent: "i" }),
      new AgentIdMissing({ rule: "r", entity: "e", problem: "it is not there" }),
      new Rejected({ rule: "r", text: "No." })
    ]) {
      const copy = overJson(RoutingError, error)
      assert.deepStrictEqual([copy._tag, copy.message], [error._tag, error.message])
    }
  })
})
