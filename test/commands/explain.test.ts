/** `explain`, as people call it. */
import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { Explanation } from "../../src/routing/Explanation.ts"
import { platform, routesPath, run } from "./support.ts"

const files = {
  "routes.yaml": readFileSync(routesPath("example/routes.yaml"), "utf8"),
  "payload.json": JSON.stringify({ intent: "transfer_to_sales", intentScore: 0.93, userId: "anna" })
}

const explain = (...args: ReadonlyArray<string>) =>
  run(["explain", "@/payload.json", ...args], { env: { ROUTES_FILE: "@/routes.yaml" }, files })

describe("explain", () => {
  it.effect("explains for another time than now, in either form, and shows the table's version", () =>
    Effect.gen(function* () {
      const here = yield* explain("--at", "2026-12-24 12:30 Europe/Berlin")
      assert.deepStrictEqual(here.printed.split("\n"), [
        "rule sales when closed → rejected, the bot says: Our sales team is there Monday to Friday from 8 to 18, and on Saturday from 9 to 13.",
        "",
        `at 2026-12-24T11:30:00.000Z, table ${/table ([0-9a-f]{12})/.exec(here.printed)?.[1]}`,
        '  ✗ abuse              intent: wants "abuse", saw "transfer_to_sales"',
        '  ✗ transfer_to_agent  intent: wants "transfer_to_agent", saw "transfer_to_sales"',
        '  ✗ vip                data.customer.tier: wants one of "gold", "platinum", saw nothing',
        "  ✓ sales when closed"
      ])
      assert.deepStrictEqual(yield* explain("--at", "2026-12-24T11:30:00Z"), here)
    }).pipe(Effect.provide(platform))
  )

  it.effect("prints the same as JSON", () =>
    Effect.gen(function* () {
      const { printed } = yield* explain("--json", "--at", "2026-11-25T10:00:00+01:00")
      const { at, outcome, passed } = yield* Schema.decodeUnknownEffect(Schema.fromJsonString(Explanation))(printed)
      assert.strictEqual(at, "2026-11-25T09:00:00.000Z")
      assert.deepInclude(outcome, { type: "handover", rule: "transfer_to_sales" })
      assert.strictEqual(passed.length, 9)
    }).pipe(Effect.provide(platform))
  )

  it.effect("takes another table than the one that is set", () =>
    Effect.gen(function* () {
      const { printed } = yield* run(["explain", "@/payload.json", "--routes", "@/routes.yaml"], {
        env: { ROUTES_FILE: "@/nothing.yaml" },
        files
      })
      assert.include(printed, "rule ")
    }).pipe(Effect.provide(platform))
  )

  it.effect("needs no table: without one it explains the built-in rules", () =>
    Effect.gen(function* () {
      const env = {
        SALES_QUEUE_ID: "5a1e5000-0000-4000-8000-000000000001",
        SUPPORT_QUEUE_ID: "50bb0000-0000-4000-8000-000000000002"
      }
      const { printed } = yield* run(["explain", "@/payload.json", "--at", "2026-11-25T10:00:00Z"], { env, files })
      assert.strictEqual(
        printed,
        `rule transfer_to_sales → queue sales (${env.SALES_QUEUE_ID})\n\nat 2026-11-25T10:00:00.000Z\n  ✓ transfer_to_sales`
      )
    }).pipe(Effect.provide(platform))
  )

  it.effect("says where a payload's JSON breaks off", () =>
    Effect.gen(function* () {
      const { failure } = yield* run(["explain", "@/payload.json", "--routes", "@/routes.yaml"], {
        files: { ...files, "payload.json": '{"intent": "x"' }
      })
      assert.match(
        failure ?? "",
        /^@\/payload\.json: the webhook would answer 400 Invalid payload: .*line 1, column 15: /
      )
    }).pipe(Effect.provide(platform))
  )

  it.effect.each([
    ['{"intent":"x","text":"call me at 5550100', "a text is not closed"],
    ['{"intent":"x","text":5550100x}', "a comma or } is expected"],
    ["", "Payload Type JSON)"],
    [" \n", "Payload Type JSON)"]
  ] as const)("tells once what is wrong with a payload, in words that quote none of it: %j", ([payload, end]) =>
    Effect.gen(function* () {
      const { failure = "" } = yield* run(["explain", "@/payload.json", "--routes", "@/routes.yaml"], {
        files: { ...files, "payload.json": payload }
      })
      assert.isTrue(failure.endsWith(end), failure)
      assert.notInclude(failure, "5550100")
    }).pipe(Effect.provide(platform))
  )

  it.effect.each([
    ["a payload without a user", "payload.json", '{"intent":"x"}', /400 Missing required fields: .*userId/],
    ["one that is none", "payload.json", "[]", /400 Invalid payload/],
    ["one that is too large", "payload.json", JSON.stringify("x".repeat(300_000)), /larger than the webhook reads/],
    ["one that is nested too deeply", "payload.json", "[".repeat(99) + "]".repeat(99), /400 Invalid payload: .*level/],
    ["a broken table", "routes.yaml", "rules: {}", /The routing table has 1 problem\.\n\n {2}@\/routes\.yaml:1:8 /],
    ["an empty table", "routes.yaml", "", /@\/routes\.yaml:1:1 is empty/]
  ] as const)("does not take %s", ([, name, text, expected]) =>
    Effect.gen(function* () {
      const { failure, printed } = yield* run(["explain", "@/payload.json", "--routes", "@/routes.yaml"], {
        files: { ...files, [name]: text }
      })
      assert.match(failure ?? "", expected)
      assert.strictEqual(printed, "")
    }).pipe(Effect.provide(platform))
  )

  it.effect("says which file is not there", () =>
    Effect.gen(function* () {
      const noPayload = yield* run(["explain", "@/nothing.json", "--routes", "@/routes.yaml"], { files })
      assert.strictEqual(noPayload.failure, "@/nothing.json: cannot be read: there is no such file")
      const noTable = yield* run(["explain", "@/payload.json", "--routes", "@/nothing.yaml"], { files })
      assert.match(
        noTable.failure ?? "",
        /^The routing table has 1 problem\.\n\n {2}@\/nothing\.yaml is not there\n.*\(ROUTES_FILE\)/
      )
      const noTime = yield* explain("--at", "tomorrow")
      assert.match(noTime.failure ?? "", /^--at tomorrow: expected a time such as/)
    }).pipe(Effect.provide(platform))
  )
})
