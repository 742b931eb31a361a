import { assert, describe, it } from "@effect/vitest"
import { jsonFault } from "../../src/std/jsonFault.ts"

const name = "a member's name in double quotes"

describe("the first fault of a text", () => {
  it.each([
    ["", "it ends at line 1, column 1: a value is expected"],
    ["{", `it ends at line 1, column 2: ${name} or } is expected`],
    ["{\n  'a': 1}", `it breaks at line 2, column 3: ${name} or } is expected`],
    ['{"a" 1}', "it breaks at line 1, column 6: a colon is expected"],
    ['{"a":}', "it breaks at line 1, column 6: a value is expected"],
    ['{"a":1,}', `it breaks at line 1, column 8: ${name} is expected`],
    ['{"a":1]', "it breaks at line 1, column 7: a comma or } is expected"],
    ["[1,]", "it breaks at line 1, column 4: a value is expected"],
    ["[,1]", "it breaks at line 1, column 2: a value or ] is expected"],
    ["[1 2]", "it breaks at line 1, column 4: a comma or ] is expected"],
    ["{} {}", "it breaks at line 1, column 4: the end is expected"],
    ["01", "it breaks at line 1, column 2: the end is expected"],
    ["+1", "it breaks at line 1, column 1: a value is expected"],
    ["NaN", "it breaks at line 1, column 1: a value is expected"],
    ['{"a":"b', "it ends at line 1, column 8: a text is not closed"],
    [
      '{"a":"b\nc"}',
      "it breaks at line 1, column 8: a text has a line break or another control character: write a line break as \\n"
    ],
    ['{"a":"C:\\dir"}', "it breaks at line 1, column 9: a backslash begins no escape: write it as \\\\"],
    [
      '{"a":"b "c""}',
      'it breaks at line 1, column 10: a comma or } is expected (a quote inside a text is written \\")'
    ],
    ['{"a":{{intent}}}', `it breaks at line 1, column 7: ${name} or } is expected`]
  ])("%j: %s", (text, fault) => {
    assert.strictEqual(jsonFault(text), fault)
  })

  it("is there exactly when JSON.parse refuses the text", () => {
    const pieces = [
      ...'{}[]:, \t\n"\\/u0019-+.eEa\u0001\u007f\u00a0',
      "true",
      "null",
      '"a"',
      '"\\u00e9"',
      '{"a":1}',
      "[1,2]",
      "-0.5e+3"
    ]
    let seed = 1
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647
      return seed % below
    }
    const seeds = ['{"a":[1,{"b":"c\\n"},null,true],"d":-1.5e3}', "[]", "{}", '""', "1", ""]
    for (let i = 0; i < 20_000; i++) {
      let text = seeds[random(seeds.length)] ?? ""
      for (let changes = random(4); changes >= 0; changes--) {
        const at = random(text.length + 1)
        text = text.slice(0, at) + pieces[random(pieces.length)] + text.slice(at + random(3))
      }
      let isJson = true
      try {
        JSON.parse(text)
      } catch {
        isJson = false
      }
      assert.strictEqual(jsonFault(text) === undefined, isJson, JSON.stringify(text))
    }
  })

  it("is found in deep and in long texts", () => {
    assert.match(`${jsonFault("[".repeat(250_000))}`, /column 250001: a value or \] is expected$/)
    assert.match(`${jsonFault(`{"a":"${"\\\\".repeat(120_000)}`)}`, /column 240007: a text is not closed$/)
  })
})
