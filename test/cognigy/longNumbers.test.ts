/** Numbers that JavaScript cannot carry exactly, from a webhook's bytes to the decision, its labels and its explanation. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { parseBody } from "../../src/cognigy/Body.ts"
import { toHandoverRequest } from "../../src/cognigy/payload/toHandoverRequest.ts"
import { explain } from "../../src/routing/explain/explain.ts"
import { readRoutes } from "../../src/routing/file/readRoutes.ts"
import { makeRoutingTable } from "../../src/routing/table/RoutingTable.ts"

const LONG = "12345678901234567890"

const bodies = (value: string) => [
  `{"intent":{"name":"i"},"user":{"id":"u"},"entities":[{"name":"n","value":${value}}],"data":{"a":[{"n":${value}}]}}`,
  `{"intent":{"name":"i"},"user":{"id":"u"},"entities":[{"name":"n","value":{"keyphrase":${value}}}],"data":"{\\"a\\":[{\\"n\\":${value}}]}"}`,
  `{"intent":"i","userId":"u","slots":{"n":[{"value":${value}}]},"data":{"a":[{"n":${value}}]}}`,
  `{"intent":"i","userId":"u","slots":"{\\"n\\":[${value},1]}","data":{"a":[{"n": ${value} }]}}`
]

const read = (body: string) => Effect.flatMap(parseBody(Buffer.from(body)), toHandoverRequest)

/** What a table with one rule makes of a payload, and why. */
const outcomeOf = Effect.fnUntraced(function* (when: string, body: string) {
  const file = Result.getOrThrow(
    readRoutes(
      `rules: [{ name: r, when: ${when}, to: { agent: { entity: n }, fallback: { queue: q } }, labels: { n: "n is {{n}}" } }]`
    )
  )
  return explain(makeRoutingTable(file), undefined, yield* read(body), 0)
})

describe("a number that is not exact", () => {
  it.effect.each(bodies(LONG))("is compared and quoted as it is written: %s", (body) =>
    Effect.gen(function* () {
      for (const test of [
        `"${LONG}"`,
        `["1", "${LONG}"]`,
        `{ oneOf: ["${LONG}"] }`,
        "{ matches: '^12345678901234567890$' }",
        "{ present: true }",
        "{ atLeast: 1e19, above: 1, below: 1e20, atMost: 1e20 }"
      ]) {
        for (const when of [`{ entities: { n: ${test} } }`, `{ data: { a.0.n: ${test} } }`]) {
          const { outcome } = yield* outcomeOf(when, body)
          assert.deepInclude(outcome, { type: "handover", rule: "r", labels: { n: `n is ${LONG}` } }, when)
          assert.deepInclude(outcome, { target: { type: "agent", id: LONG } }, when)
        }
      }
    })
  )

  it.effect.each(bodies(LONG))("is no other number: %s", (body) =>
    Effect.gen(function* () {
      for (const test of ['"12345678901234567000"', "{ above: 1e20 }", "{ atMost: 1e19 }"]) {
        for (const when of [`{ entities: { n: ${test} } }`, `{ data: { a.0.n: ${test} } }`]) {
          const { outcome, passed } = yield* outcomeOf(when, body)
          assert.strictEqual(outcome.type, "refused", when)
          assert.deepInclude(passed[0], { saw: LONG, shown: `"${LONG}"` })
        }
      }
    })
  )

  it.effect.each(["0.1234567890123456789", "1e400", "-1e400", "9007199254740993", "1e21"])("may be %s", (written) =>
    Effect.gen(function* () {
      for (const body of bodies(written)) {
        const { data, entities } = yield* read(body)
        assert.deepStrictEqual([entities, data], [[{ name: "n", value: written }], { a: [{ n: written }] }])
      }
    })
  )

  it.effect("is left alone where nothing looks at it", () =>
    Effect.gen(function* () {
      const { confidence } = yield* read(
        `{"intent":"i","userId":"u","intentScore":0.${LONG},"mode":${LONG},"nlu":{"a":[1e400]},"slots":{"n":[1,${LONG}]},"text":"${LONG}"}`
      )
      assert.strictEqual(confidence, 0.12345678901234568)
    })
  )

  it.effect("is no id, no object, no list and no name", () =>
    Effect.gen(function* () {
      for (const [path, members] of [
        ["userId", `"intent":"i","userId":${LONG}`],
        ["inputId", `"intent":"i","userId":"u","inputId":1e400`],
        ["data", `"intent":"i","userId":"u","data":${LONG}`],
        ["slots", `"intent":"i","userId":"u","slots":${LONG}`],
        ["language", `"intent":"i","userId":"u","language":${LONG}`],
        ["intent", `"intent":${LONG},"userId":"u"`],
        ["intent.name", `"intent":{"name":${LONG}},"user":{"id":"u"}`],
        ["user", `"intent":{"name":"i"},"user":${LONG}`],
        ["user.id", `"intent":{"name":"i"},"user":"{\\"id\\":${LONG}}"`],
        ["session", `"intent":{"name":"i"},"user":{"id":"u"},"session":${LONG}`],
        ["entities", `"intent":{"name":"i"},"user":{"id":"u"},"entities":${LONG}`],
        ["entities[0]", `"intent":{"name":"i"},"user":{"id":"u"},"entities":[${LONG}]`]
      ]) {
        const { detail, error } = yield* Effect.flip(read(`{${members}}`))
        assert.strictEqual(error, "Invalid payload")
        assert.isTrue(detail.startsWith(`${path}: `), detail)
        assert.notInclude(detail, "1234567890")
      }
      assert.strictEqual((yield* Effect.flip(read(LONG))).detail, "the body must be a JSON object")
    })
  )

  it.effect("counts as one value, and as no level, in a body's bounds", () =>
    Effect.gen(function* () {
      const body = (data: string) => `{"intent":"i","userId":"u","data":${data}}`
      const nested = (levels: number) => `${"[".repeat(levels)}${LONG}${"]".repeat(levels)}`
      yield* read(body(nested(63)))
      yield* read(body(`[${Array(9997).fill(LONG).join()}]`))
      assert.match((yield* Effect.flip(read(body(nested(64))))).detail, /^the body is nested deeper/)
      assert.match(
        (yield* Effect.flip(read(body(`[${Array(9998).fill(LONG).join()}]`)))).detail,
        /^the body holds more/
      )
      assert.match((yield* Effect.flip(read(body(nested(100_000))))).detail, /^the body is nested deeper/)
    })
  )
})
