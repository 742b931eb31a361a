import { assert, describe, it } from "@effect/vitest"
import {
  brief,
  conditionInWords,
  destinationInWords,
  labelsInWords,
  whole
} from "../../../src/console/views/routing/words.ts"
import type { Condition } from "../../../src/routing/format/Condition.ts"
import type { Destination } from "../../../src/routing/format/Destination.ts"

const plain = ({ text }: { readonly text: string }) =>
  text
    .replace(/<li[^>]*>/g, " • ")
    .replace(/<[^>]+>/g, "")
    .replace(/\s+/g, " ")
    .trim()

const words = (when: Condition | undefined) => plain(conditionInWords(when, brief()))

const ids = { queues: { Support: "q-1" }, agents: { alex: "a-1" } }

const goes = (to: Destination) => plain(destinationInWords(to, ids, brief()))

describe("conditions in words", () => {
  it("have a phrase for each kind of condition", () => {
    const cases: ReadonlyArray<readonly [Condition | undefined, string]> = [
      [undefined, "Always: it takes everything that comes to it"],
      [{ intent: "billing" }, "When intent is billing"],
      [{ intent: ["billing_*", "b", "c"] }, "When intent matches billing_*, b or c"],
      [{ confidence: 0.6 }, "When confidence is at least 0.6"],
      [{ confidence: { above: 0.4, atMost: 0.9 } }, "When confidence is above 0.4 and at most 0.9"],
      [{ entities: { tier: "gold" } }, "When entity tier is gold"],
      [{ entities: { tier: ["gold", 7] } }, "When entity tier is gold or 7"],
      [
        { entities: { tier: { present: true, matches: "^g" } } },
        "When entity tier is there and entity tier matches the expression ^g"
      ],
      [{ data: { "/a.b/c": { present: false } } }, "When data /a.b/c is not there"],
      [{ data: { n: { equals: true } } }, "When data n is true"],
      [
        { data: { n: { oneOf: [1, 2], atLeast: 1, below: 2 } } },
        "When data n is 1 or 2 and data n is at least 1 and below 2"
      ],
      [{ language: "de", channel: ["sms", "mail"] }, "When language is de and channel is sms or mail"],
      [{ open: "office" }, "When the hours office are open"],
      [{ closed: "office", intent: "a" }, "When intent is a and the hours office are closed"],
      [{ percentage: 10 }, "When the user is among 10 % of users"],
      [{ percentage: { of: 12.5, seed: "june" } }, "When the user is among 12.5 % of users (seed june)"],
      [{ not: { language: "de" } }, "When language is not de"],
      [{ not: { intent: "a*" } }, "When intent does not match a*"],
      [{ not: { open: "office" } }, "When the hours office are not open"],
      [{ not: { language: "de", channel: "sms" } }, "When not this: • language is de and channel is sms"],
      [{ all: [{ language: "de" }, { channel: "sms" }] }, "When language is de and channel is sms"],
      [
        { intent: "a", any: [{ language: "de" }, { not: { channel: "sms" } }] },
        "When intent is a and any of these: • language is de • channel is not sms"
      ],
      [
        { all: [{ any: [{ language: "de" }, { language: "fr" }] }, { channel: "sms" }] },
        "When channel is sms and this: • any of these: • language is de • language is fr"
      ]
    ]
    for (const [when, expected] of cases) assert.strictEqual(words(when), expected)
  })

  it("show the beginning of long lists, and count the rest", () => {
    const intent = Array.from({ length: 200 }, (_, index) => `i${index}`)
    assert.strictEqual(words({ intent }), "When intent is i0, i1, i2, i3, i4, i5 or one of 194 more")
    assert.include(plain(conditionInWords({ intent }, whole())), "i198 or i199")
    assert.strictEqual(words({ intent: intent.slice(0, 7) }), "When intent is i0, i1, i2, i3, i4, i5 or i6")
    const any = intent.map((one) => ({ intent: one }))
    const entities = Object.fromEntries(intent.map((name) => [name, 1]))
    assert.match(words({ entities }), /entity i15 is 1 and 184 more conditions$/)
    assert.match(words({ all: any }), /intent is i15 and 184 more conditions$/)
    assert.match(words({ any }), /• intent is i7 • and 192 more$/)
  })

  it("stay small whatever the table holds", () => {
    const shared = { intent: Array.from({ length: 1000 }, () => "x".repeat(256)) }
    let deep: Condition = shared
    for (let level = 0; level < 15; level++) deep = { any: Array.from({ length: 1000 }, () => deep) }
    assert.isBelow(conditionInWords(deep, brief()).text.length, 60_000)
    assert.isBelow(conditionInWords(deep, whole()).text.length, 3_000_000)
  })

  it("escape what the table's author wrote", () => {
    const evil = `"><script>alert(1)</script>`
    const html = [
      conditionInWords(
        { intent: evil, entities: { [evil]: evil }, open: evil, not: { data: { [evil]: evil } } },
        brief()
      ),
      destinationInWords({ queue: evil, fallback: { agent: { entity: evil } } }, ids, brief()),
      destinationInWords({ reject: evil }, ids, brief())
    ].map(({ text }) => text)
    assert.notInclude(html.join(), "<script")
  })
})

describe("destinations in words", () => {
  it("have names, and ids in their titles", () => {
    assert.strictEqual(goes({ queue: "Support" }), "→goes to queue Support")
    assert.include(destinationInWords({ queue: "Support" }, ids, brief()).text, `title="queue q-1"`)
    assert.strictEqual(goes({ queue: "q-9" }), "→goes to queue q-9")
    assert.strictEqual(
      goes({ agent: { entity: "agentId" }, fallback: { agent: "alex", fallback: { queue: "Support" } } }),
      "→goes to the agent whose id is in the entity agentId, else agent alex, else queue Support"
    )
    assert.strictEqual(goes({ reject: "Not now." }), "⊘ rejects and the bot says: Not now.")
  })

  it("have labels", () => {
    assert.isFalse(labelsInWords({}, brief()))
    const labels = labelsInWords({ tier: "vip", amount: "{{amount}}" }, brief())
    assert.strictEqual(labels === false ? "" : plain(labels), "labels tier: vip, amount: {{amount}}")
  })
})
