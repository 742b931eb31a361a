/** Webhooks with the same content, in other orders and notations: copies of one another under one key. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Predicate } from "effect"
import { parseBody } from "../../src/cognigy/Body.ts"
import { toHandoverRequest } from "../../src/cognigy/payload/toHandoverRequest.ts"
import { claimOf, purposeOf } from "../../src/handover/claimOf.ts"
import { whole } from "../support/arbitrary.ts"
import { request } from "../support/request.ts"
import { facts, flowOf, inputOf } from "./support/payloads.ts"

const fingerprint = (body: string) =>
  parseBody(Buffer.from(body)).pipe(
    Effect.flatMap(toHandoverRequest),
    Effect.map((request) => claimOf({ scope: "tenant", lease: 7000 }, request, "key")?.fingerprint)
  )

/** The same value with its members in another order, at every depth. */
const turned = (value: unknown, by: number): unknown => {
  if (Array.isArray(value)) return value.map((member) => turned(member, by))
  if (!Predicate.isObject(value)) return value
  const members = Object.entries(value).map(([name, member]) => [name, turned(member, by)])
  const at = by % (members.length || 1)
  return Object.fromEntries([...members.slice(at), ...members.slice(0, at)].reverse())
}

const flow = (members: string) => `{"intent":{"name":"i"},"user":{"id":"u"},${members}}`
const input = (members: string) => `{"intent":"i","userId":"u",${members}}`

describe("a fingerprint", () => {
  it.effect.prop("is the same in whatever order members come", { facts, by: whole(0, 20) }, ({ by, facts }) =>
    Effect.gen(function* () {
      for (const body of [flowOf(facts), inputOf(facts)]) {
        assert.strictEqual(
          yield* fingerprint(JSON.stringify(turned(body, by))),
          yield* fingerprint(JSON.stringify(body))
        )
      }
    })
  )

  it.effect.each([
    [flow('"data":{"a":1,"b":2}'), flow('"data":{"b":2,"a":1}')],
    [flow('"data":{"a":{"b":1,"c":[{"d":1,"e":2}]}}'), flow('"data":{"a":{"c":[{"e":2,"d":1}],"b":1}}')],
    [input('"slots":{"a":["1"],"b":["2"]}'), input('"slots":{"b":["2"],"a":["1"]}')],
    [flow('"data":{"a":1,"b":0.1}'), flow('"data":{"b":0.10,"a":1.0}')],
    [flow('"data":{"a":1,"b":2}'), flow('"data":"{\\"b\\":2,\\"a\\":1}"')],
    [flow('"data":{"a":12345678901234567890}'), flow('"data":{"a": 12345678901234567890}')],
    [flow('"data":{"a":1}'), flow('"data":{"a":1,"b":null}')],
    [flow('"data":[{"a":{"b":{}}}]'), flow('"data":[{"a":{"b":{"c":null}},"d":null}]')],
    [flow('"data":{"__proto__":1,"b":2}'), flow('"data":{"b":2,"__proto__":1}')],
    [flow('"language":"","text":null,"data":""'), flow('"channel":""')],
    [input('"contactId":42'), input('"contactId":"42"')],
    [flow('"context":{"a":1,"b":"2"}'), flow('"context":{"b":"2","a":"1","c":null}')],
    [flow('"customer":{"name":"n","email":"e"}'), flow('"customer":"{\\"email\\":\\"e\\",\\"name\\":\\"n\\"}"')],
    [
      flow('"transcript":[{"role":"bot","text":"t","at":0}]'),
      flow('"transcript":[{"role":"tool"},{"at":"1970-01-01","payload":{"text":"t"},"role":"assistant"}]')
    ],
    [input('"contactId":"","transcript":[],"summary":" ","customer":{},"context":{"a":""}'), input('"text":null')]
  ] as const)("is the same for %s and %s", ([one, other]) =>
    Effect.gen(function* () {
      assert.strictEqual(yield* fingerprint(one), yield* fingerprint(other))
    })
  )

  it.effect.each([
    [flow('"data":{"a":[1,2]}'), flow('"data":{"a":[2,1]}')],
    [flow('"data":[{"a":1},{"b":1}]'), flow('"data":[{"b":1},{"a":1}]')],
    [
      flow('"entities":[{"name":"a","value":1},{"name":"b","value":2}]'),
      flow('"entities":[{"name":"b","value":2},{"name":"a","value":1}]')
    ],
    [flow('"data":{"a":12345678901234567890}'), flow('"data":{"a":12345678901234567891}')],
    [flow('"data":{"a":[1]}'), flow('"data":{"a":[1,null]}')],
    [flow('"data":[null,1]'), flow('"data":[1]')],
    [flow('"data":{"a":1}'), flow('"data":{"b":1}')],
    [flow('"data":{"a":1}'), flow('"data":{"a":"1"}')],
    [flow('"contactId":"1"'), flow('"contactId":"2"')],
    [flow('"summary":"a"'), flow('"summary":"b"')],
    [flow('"customer":{"name":"a"}'), flow('"customer":{"email":"a"}')],
    [input('"context":{"a":"1"}'), input('"context":{"b":"1"}')],
    [
      input('"transcript":[{"role":"user","text":"a"},{"role":"user","text":"b"}]'),
      input('"transcript":[{"role":"user","text":"b"},{"role":"user","text":"a"}]')
    ],
    [input('"transcript":[{"role":"user","text":"a"}]'), input('"transcript":[{"role":"bot","text":"a"}]')]
  ] as const)("differs for %s and %s", ([one, other]) =>
    Effect.gen(function* () {
      assert.notStrictEqual(yield* fingerprint(one), yield* fingerprint(other))
    })
  )
})

it("a purpose is the same in whatever order a policy names its parts", () => {
  assert.strictEqual(
    purposeOf(request("i"), {
      rule: "r",
      target: { type: "queue", id: "q" },
      fallbacks: [{ type: "queue", id: "f" }],
      labels: { a: "1", b: "2" }
    }),
    purposeOf(request("i"), {
      labels: { b: "2", a: "1" },
      fallbacks: [{ id: "f", type: "queue" }],
      target: { id: "q", type: "queue" },
      rule: "r"
    })
  )
})
