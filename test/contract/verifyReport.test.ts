import { assert, describe, it } from "@effect/vitest"
import { toJson, toJUnit, toLines, toSummary, type Verification } from "./verify/Report.ts"

const verification: Verification = {
  consumer: "a & b",
  provider: "cxone",
  baseUrl: "http://127.0.0.1:1/<x>",
  results: [
    { description: 'says "yes" & <no>\u0007', outcome: "passed", problems: [], milliseconds: 85 },
    {
      description: "fails",
      outcome: "failed",
      problems: ["\u001b[31mexpected\u001b[0m <a> & \"b\"\n  ]]> got '\u0000'", "second\uffff \ud800"],
      milliseconds: 1200
    },
    { description: "waits", outcome: "skipped", problems: [], skipped: 'no <"state">', milliseconds: 0 },
    { description: "is spared", outcome: "not run", problems: [], cause: "fails", milliseconds: 0 }
  ]
}

/** What an XML parser would see: the names of elements in order, or where the text stops being XML. */
const elementsOf = (xml: string) => {
  const open: Array<string> = []
  const names: Array<string> = []
  const rest = xml
    .replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, "")
    .replace(/<(\/?)([a-z]+)((?: [a-z]+="[^"<\n]*")*)(\/?)>/g, (_, closing, name, _attributes, empty) => {
      if (closing === "/") assert.strictEqual(open.pop(), name)
      else {
        names.push(name)
        if (empty === "") open.push(name)
      }
      return ""
    })
  assert.deepStrictEqual(open, [])
  assert.notInclude(rest, "<")
  assert.notMatch(xml, /&(?!amp;|lt;|gt;|quot;|#10;|#9;)/)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML may not hold them
  assert.notMatch(xml, /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/)
  assert.isTrue(xml.isWellFormed())
  return names
}

describe("a report", () => {
  it("as JUnit is well-formed, whatever descriptions and problems hold", () => {
    const xml = toJUnit(verification)
    assert.deepStrictEqual(elementsOf(xml), [
      "testsuites",
      "testsuite",
      "testcase",
      "testcase",
      "failure",
      "testcase",
      "skipped",
      "testcase",
      "skipped"
    ])
    assert.include(xml, 'tests="4" failures="1" errors="0" skipped="2" time="1.285"')
    assert.include(xml, 'name="says &quot;yes&quot; &amp; &lt;no&gt;\\u0007"')
    assert.include(xml, "expected &lt;a&gt; &amp; &quot;b&quot;&#10;  ]]&gt; got '\\u0000'")
    assert.include(xml, '<skipped message="no &lt;&quot;state&quot;&gt;"/>')
    assert.include(xml, '<skipped message="not run: see &quot;fails&quot;"/>')
  })

  it("as JSON holds the counts and every interaction", () => {
    assert.deepStrictEqual(JSON.parse(toJson(verification)), {
      ...verification,
      passed: 1,
      failed: 1,
      skipped: 1,
      notRun: 1
    })
  })

  it("as lines has one for each interaction, then its problems, then the counts", () => {
    assert.deepStrictEqual(verification.results.map(toLines), [
      '✓ says "yes" & <no>\\u0007  (85 ms)',
      "✗ fails  (1200 ms)\n    expected <a> & \"b\"\n      ]]> got '\\u0000'\n    second\\uffff \ufffd",
      '- waits  skipped: no <"state">',
      '- is spared  not run: see "fails"'
    ])
    assert.strictEqual(toSummary(verification), "1 passed, 1 failed, 1 skipped, 1 not run")
  })
})
