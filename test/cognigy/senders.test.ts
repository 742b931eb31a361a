/** All that the router ships for senders, against a table with a rule for each member that a rule can look at. */
import { readFileSync } from "node:fs"
import { runInNewContext } from "node:vm"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Predicate, Redacted, Result, Schema } from "effect"
import type { WebhookCredentials } from "../../src/cognigy/door/Credentials.ts"
import type { Entry } from "../../src/domain/Transcript.ts"
import { readRoutes } from "../../src/routing/file/readRoutes.ts"
import type { Condition } from "../../src/routing/format/Condition.ts"
import * as TablePolicy from "../../src/routing/policy/TablePolicy.ts"
import { assertSuccess } from "../e2e/support/answers.ts"
import { door, NOW } from "./support/app.ts"

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")

const SECRET = `whsec_${Buffer.alloc(32, 5).toString("base64")}`

/** What Cognigy holds when a German user with a gold card asks for a human. */
const input = {
  intent: "grüße",
  intentScore: 0.93,
  slots: { agentId: [{ keyphrase: "a-1" }], product: [{ keyphrase: "Fußball ⚽" }] },
  text: 'einen "Menschen", bitte 🙏',
  data: { customer: { tier: "gold", number: "12345678901234567890", orders: [1, 2] } },
  language: "de-DE",
  channel: "webchat3",
  userId: "änna",
  sessionId: "s-1",
  inputId: "i 1.ü",
  traceId: "t-1",
  mode: "TextOnly"
}

/** What nodes before the handover store for the agent. */
const forAgent = {
  transcript: [
    { role: "user", type: "input", payload: { text: 'Wo ist mein "Paket"? 📦' } },
    { role: "tool", type: "toolAnswer", payload: { content: "" } },
    { role: "assistant", type: "output", payload: { text: "Das weiß ich nicht." } }
  ],
  summary: "Änna sucht ihr Paket.",
  customer: { name: "Änna", email: "aenna@example.com" },
  context: { orderNumber: "4711" }
}

/** The conditions that hold for it, one for each member that rules look at. */
const conditions = {
  intent: "{ intent: grüße }",
  confidence: "{ confidence: { atLeast: 0.93, atMost: 0.93 } }",
  entities: "{ entities: { agentId: a-1 } }",
  language: "{ language: de }",
  channel: "{ channel: webchat3 }",
  data: '{ data: { customer.tier: gold, customer.number: "12345678901234567890", customer.orders.1: 2 } }',
  percentage: "{ percentage: 100 }",
  open: "{ open: always }"
} satisfies Record<Exclude<keyof Condition, "all" | "any" | "not" | "closed">, string>

const table = (when: string) =>
  TablePolicy.layerTable(
    Result.getOrThrow(
      readRoutes(`
hours: { always: { zone: UTC, weekly: { daily: "00:00-24:00" } } }
rules: [{ name: hit, when: { all: [${when}, { not: { intent: other } }] }, to: { queue: q } }]
fallback: { to: { queue: missed } }
`)
    )
  )

interface Sent {
  readonly headers?: Record<string, string>
  readonly body: string
}

/** The same where flows store it in their context. */
const inContext = { ...forAgent, ...forAgent.customer, ...forAgent.context }

/** A template of Cognigy's, filled in: text, and none where nothing is. */
const fill = (template: unknown, scope: object): unknown => {
  if (Predicate.isString(template)) {
    return template.replace(/\{\{(.+?)\}\}/g, (_, script) => String(runInNewContext(script, { ...scope }) ?? ""))
  }
  if (Array.isArray(template)) return template.map((item) => fill(item, scope))
  if (!Predicate.isObject(template)) return template
  return Object.fromEntries(Object.entries(template).map(([name, member]) => [name, fill(member, scope)]))
}

/** The JSON of README.md's block after these words. */
const blockAfter = (words: string): unknown => {
  const readme = read("README.md")
  const start = readme.indexOf("```json\n", readme.indexOf(words)) + "```json\n".length
  return JSON.parse(readme.slice(start, readme.indexOf("```", start)))
}

const Headers = Schema.Record(Schema.String, Schema.String)

const codeNode = (input: object): Sent => {
  const context: { webhook?: { readonly body: string } } = {}
  // Date.now, as the door's clock shows it.
  runInNewContext(read("src/cognigy/codeNode.js").replace("whsec_REPLACE_ME", SECRET), {
    input,
    context,
    Date: { now: () => NOW * 1000 }
  })
  const headers = Schema.decodeUnknownSync(Headers)(fill(blockAfter("and its Headers to"), { context }))
  return { headers, body: `${context.webhook?.body}` }
}

const signed: WebhookCredentials = { mode: "signature", secrets: [Redacted.make(SECRET)] }

const senders: ReadonlyArray<readonly [string, WebhookCredentials, (input: object) => Sent]> = [
  ["Cognigy's input, posted as it is,", { mode: "none" }, (input) => ({ body: JSON.stringify(input) })],
  ["the Code Node's example", signed, codeNode],
  [
    "the flow payload of the README",
    { mode: "none" },
    (input) => ({
      body: JSON.stringify(
        fill(blockAfter("as flow authors write it"), {
          input,
          context: { agentId: "a-1", ...("transcript" in input ? inContext : {}) }
        })
      )
    })
  ]
]

describe.each(senders)("%s", (_, credentials, send) => {
  it.effect.each(Object.entries(conditions))("reaches a rule that looks at %s", ([, when]) =>
    Effect.gen(function* () {
      const { post } = yield* door(credentials, { policy: table(when) })
      const { body, headers = {} } = send(input)
      assert.deepInclude(assertSuccess(yield* post(headers, Buffer.from(body))), { rule: "hit" }, body)
    })
  )

  it.effect("reaches the router with nothing but an intent and a user", () =>
    Effect.gen(function* () {
      const { handled, post } = yield* door(credentials)
      const { body, headers = {} } = send({ intent: "i", userId: "u" })
      assertSuccess(yield* post(headers, Buffer.from(body)))
      const { entities, inputId, intent, userId } = handled[0] ?? assert.fail("nothing handled")
      assert.deepStrictEqual([intent, userId, inputId], ["i", "u", undefined])
      assert.isAtMost(entities.length, 1)
    })
  )

  it.effect("sends the user, the session and the ids, and the user's words", () =>
    Effect.gen(function* () {
      const { handled, post } = yield* door(credentials)
      const { body, headers = {} } = send(input)
      assertSuccess(yield* post(headers, Buffer.from(body)))
      const { inputId, sessionId, text, traceId, userId } = input
      assert.deepInclude(handled[0], { inputId, sessionId, text, traceId, userId })
    })
  )

  it.effect("sends what the agent is to know", () =>
    Effect.gen(function* () {
      const { handled, post } = yield* door(credentials)
      const { body, headers = {} } = send({ ...input, ...forAgent })
      assertSuccess(yield* post(headers, Buffer.from(body)))
      const { context, customer, summary } = forAgent
      const entries: ReadonlyArray<Entry> = [
        { role: "user", text: 'Wo ist mein "Paket"? 📦' },
        { role: "bot", text: "Das weiß ich nicht." }
      ]
      assert.deepInclude(handled[0], { context, customer, summary, transcript: { entries, omitted: 0 } })
    })
  )
})
