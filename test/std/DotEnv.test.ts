import { assert, describe, it } from "@effect/vitest"
import { decodeDotEnv, parseDotEnv } from "../../src/std/DotEnv.ts"

const only = (text: string) => {
  const { entries, unknown } = parseDotEnv(text)
  assert.lengthOf(entries, 1, text)
  assert.deepStrictEqual(unknown, [])
  return entries[0] as (typeof entries)[number]
}

describe("a value", () => {
  for (const [text, value] of [
    ["A=b", "b"],
    ["A = b", "b"],
    ["  export A=b  ", "b"],
    ["A: b", "b"],
    ["A=", ""],
    ["A=b=c", "b=c"],
    ["A=b c", "b c"],
    ["A=abc#def", "abc#def"],
    ["A=#abc", "#abc"],
    ["A=abc #def", "abc"],
    ["A=abc\t# def", "abc"],
    ["A= # def", ""],
    ["A=# def", ""],
    ["A=#", ""],
    ["A='abc #def'", "abc #def"],
    ['A="abc #def" # more', "abc #def"],
    ['A=`it\'s "it"`', 'it\'s "it"'],
    ["A=it's", "it's"],
    ['A=say "it"', 'say "it"'],
    ['A="a\\"b\\\\c\\d"', 'a"b\\c\\d'],
    ['A="a\\nb"', "a\nb"],
    ["A='a\\nb'", "a\\nb"],
    ["A=a\\nb", "a\\nb"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is not expanded
    ["A=pa$$word${B}$(C)", "pa$$word${B}$(C)"],
    ['A="one,\n  two"', "one,\n  two"],
    ['A=""', ""],
    ["A=' b '", " b "],
    ["A=ü", "ü"]
  ] as const) {
    it(`of ${JSON.stringify(text)} is ${JSON.stringify(value)}`, () => {
      const entry = only(text)
      assert.strictEqual(entry.value, value)
      assert.isUndefined(entry.flaw)
    })
  }

  for (const [text, problem] of [
    ['A="abc', /not closed/],
    ["A='abc\nBC=c'", /not closed/],
    ["A=`", /not closed/],
    ['A="ab"c"', /more text after its closing quote/],
    ["A='it's'", /more text after its closing quote/],
    ["A=\ufffd", /not UTF-8/],
    ['A="\ufffd"', /not UTF-8/]
  ] as const) {
    it(`of ${JSON.stringify(text)} is not guessed`, () => {
      const [entry] = parseDotEnv(text).entries
      assert.match(entry?.flaw?.problem ?? "", problem)
      assert.strictEqual(entry?.value, "")
    })
  }

  it("without a quote at its end does not take the settings after it", () => {
    const { entries } = parseDotEnv('SECRET="abc\nWEBHOOK_AUTH=none\nKEYS="d"\n')
    assert.deepStrictEqual(
      entries.map(({ flaw, line, name, value }) => [line, name, value, flaw !== undefined]),
      [
        [1, "SECRET", "", true],
        [2, "WEBHOOK_AUTH", "none", false],
        [3, "KEYS", "d", false]
      ]
    )
  })

  it("says whether a comment follows it", () => {
    assert.isTrue(only("A=abc #def").isCommented)
    for (const text of ["A=abc#def", "A='abc' #def", "A= #def", "A=abc"]) assert.isFalse(only(text).isCommented, text)
  })
})

describe("lines", () => {
  it("end in any way, and are counted from 1", () => {
    for (const end of ["\n", "\r\n", "\r"]) {
      const { entries, unknown } = parseDotEnv(
        ["# a", "A=1", "", "set B=2", "  #c", "C", "A='2", "3'", "D=4"].join(end)
      )
      assert.deepStrictEqual(
        entries.map(({ line, name, value }) => [line, name, value]),
        [
          [2, "A", "1"],
          [7, "A", "2\n3"],
          [9, "D", "4"]
        ]
      )
      assert.deepStrictEqual(unknown, [4, 6])
    }
  })

  it("may have names of JavaScript's own", () => {
    assert.strictEqual(only("__proto__=x").name, "__proto__")
  })

  it("take little time, however many they are", () => {
    for (const line of ['A="', "a='", " ".repeat(40), "export ", "A=b #".repeat(20)]) {
      parseDotEnv(`${line}\n`.repeat(20_000))
      parseDotEnv(line.repeat(20_000))
    }
  })
})

describe("bytes", () => {
  const text = "A=ü\n"
  it("are UTF-8, or UTF-16 with a byte order mark", () => {
    for (const bytes of [
      Buffer.from(text),
      Buffer.from(`\ufeff${text}`),
      Buffer.from(`\ufeff${text}`, "utf16le"),
      Buffer.from(`\ufeff${text}`, "utf16le").swap16()
    ]) {
      assert.strictEqual(decodeDotEnv(bytes), text)
    }
    assert.strictEqual(decodeDotEnv(new Uint8Array()), "")
  })

  it("of UTF-16 without a mark, and of no text, are refused", () => {
    assert.isUndefined(decodeDotEnv(Buffer.from(text, "utf16le")))
    assert.isUndefined(decodeDotEnv(Buffer.from([0, 1, 2])))
  })

  it("of Latin-1 are seen in the value that has them, and nowhere else", () => {
    const [a, b] = parseDotEnv(decodeDotEnv(Buffer.from("# für\nA=b\nB=ü\n", "latin1")) ?? "").entries
    assert.isUndefined(a?.flaw)
    assert.match(b?.flaw?.problem ?? "", /not UTF-8/)
  })
})
