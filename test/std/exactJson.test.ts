import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Schema } from "effect"
import { compareDecimals, decimalOf } from "../../src/std/decimal.ts"
import { asWritten, isExact, parseJson } from "../../src/std/exactJson.ts"
import { WrittenNumber } from "../../src/std/WrittenNumber.ts"
import { oneOf, whole } from "../support/arbitrary.ts"

describe("a number of JSON", () => {
  const exact = ["0", "-0", "1", "1.0", "0.10", "1e3", "1E+2", "25e-1", "0.1", "-273.15", "0.30000000000000004"]
  it.effect.each([
    ...exact,
    "9007199254740991",
    "-9007199254740991",
    "1.7976931348623155e-308",
    "0.000000000000000000"
  ])("that is exact is a number: %s", (written) =>
    Effect.sync(() => {
      assert.strictEqual(parseJson(written), Number(written))
      assert.deepStrictEqual(parseJson(`{"a":[${written}, -1,${written}]}`), {
        a: [Number(written), -1, Number(written)]
      })
    })
  )

  const inexact = [
    "12345678901234567890",
    "9007199254740992",
    "-9007199254740993",
    "0.1234567890123456789",
    "1e400",
    "-1e400"
  ]
  it.effect.each([
    ...inexact,
    "1e-400",
    "1e21",
    "1234567890.12345678",
    "100000000000000000000",
    "0.1000000000000000055"
  ])("that is not exact keeps its text: %s", (written) =>
    Effect.sync(() => {
      const number = new WrittenNumber(written)
      assert.deepStrictEqual(parseJson(written), number)
      for (const [before, after] of [
        ['{"a":', "}"],
        ['{"a": ', " }"],
        ['{"a":\n', "\n}"],
        ['{"b":1,"a":\t', ',"c":2}']
      ]) {
        assert.deepInclude(parseJson(`${before}${written}${after}`), { a: number })
      }
      assert.deepStrictEqual(parseJson(`[${written},1,-${written.replace("-", "")}]`), [
        number,
        1,
        new WrittenNumber(`-${written.replace("-", "")}`)
      ])
    })
  )

  it.effect.each(["1", "9".repeat(101), "9".repeat(400), `-${"9".repeat(308)}.${"1".repeat(400)}`])(
    "is compared to its last digit: %s",
    (written) =>
      Effect.sync(() => {
        const [number, next] = [decimalOf(written), decimalOf(`${written.slice(0, -1)}0`)]
        if (number === undefined || next === undefined) return assert.fail("too long")
        assert.strictEqual(compareDecimals(number, number), 0)
        assert.notStrictEqual(compareDecimals(number, next), 0)
      })
  )

  it("is a text where it stands in one", () => {
    const text =
      '{"a":": 12345678901234567890, 1e400","b":"12345678901234567890","id":"b6c7a2b4-7a52-4c1e-9f1e-0d5b3f1f5a11"}'
    assert.deepStrictEqual(parseJson(text), JSON.parse(text))
  })

  it("keeps its text whatever was parsed before, and whatever stands around it", () => {
    for (let i = 0; i < 5000; i++) {
      const [a, b] = [`k${i % 7}`, i % 3 === 0 ? 'q\\"' : `r${i % 11}\\\\`]
      const text = `{"${a}":{"v":${i % 2 === 0 ? i : `${i}.5`}},"${b}":{"k":-1.797693134862315e+308,"u":1,"t":"\\"1e400"}}`
      assert.deepStrictEqual(parseJson(text), {
        ...JSON.parse(text),
        [JSON.parse(`"${b}"`)]: { k: new WrittenNumber("-1.797693134862315e+308"), u: 1, t: '"1e400' }
      })
    }
  })

  it("keeps names that objects have by themselves, and changes no prototype", () => {
    const value = parseJson('{"__proto__":{"a":1e400},"b":1e400}')
    assert.isTrue(Object.hasOwn(value as object, "__proto__"))
    assert.deepStrictEqual(Object.keys(asWritten(value) as object), ["__proto__", "b"])
    assert.isUndefined(Reflect.get({}, "a"))
  })

  it("is left alone where values are nested without end", () => {
    const deep = `${"[".repeat(100_000)}1e400${"]".repeat(100_000)}`
    assert.isArray(parseJson(deep))
  })

  it.each(["", "{", "1e", "01", "NaN", "12345678901234567890x"])("does not make JSON of %j", (text) => {
    assert.throws(() => parseJson(text), SyntaxError)
  })

  it.effect.prop("is never another one", { digits: whole(1, 40), point: whole(0, 40), seed: whole(1, 1e9) }, (drawn) =>
    Effect.sync(() => {
      const { digits, point, seed } = drawn
      const text = Array.from({ length: digits }, (_, index) => ((seed * (index + 7) * 2654435761) >>> 7) % 10).join("")
      const whole = text.slice(0, point).replace(/^0+(?=\d)/, "") || "0"
      const fraction = text.slice(point)
      const written = fraction === "" ? whole : `${whole}.${fraction}`
      const parsed = parseJson(`{"a":${written}}`) as { readonly a: unknown }
      const shown = parsed.a instanceof WrittenNumber ? parsed.a.text : String(parsed.a)
      const [is, wanted] = [decimalOf(shown), decimalOf(written)]
      if (is === undefined || wanted === undefined) return assert.fail(written)
      assert.strictEqual(compareDecimals(is, wanted), 0, `${written} became ${shown}`)
    })
  )
})

describe("asWritten", () => {
  it("is the same value where every number is exact", () => {
    const value = { a: [1, { b: "x" }], c: null }
    assert.strictEqual(asWritten(value), value)
  })

  it("has the texts of numbers that are not", () => {
    const value = parseJson('{"a":[1,{"b":12345678901234567890}],"c":1e400,"d":null}')
    assert.deepStrictEqual(asWritten(value), { a: [1, { b: "12345678901234567890" }], c: "1e400", d: null })
  })
})

describe("decimals", () => {
  const ascending = [
    "-1e400",
    "-12345678901234567890",
    "-10",
    "-9.99",
    "-1e-400",
    "0",
    "1e-400",
    "0.09",
    "0.1",
    "0.11"
  ].concat([
    "1",
    "9",
    "10",
    "9007199254740992",
    "9007199254740993",
    "12345678901234567889",
    "12345678901234567890",
    "1e400",
    "2e400"
  ])
  it("are in the order of their values, whatever their size", () => {
    for (const [i, one] of ascending.entries()) {
      for (const [j, other] of ascending.entries()) {
        const [a, b] = [decimalOf(one), decimalOf(other)]
        if (a === undefined || b === undefined) return assert.fail(`${one} ${other}`)
        assert.strictEqual(Math.sign(compareDecimals(a, b)), Math.sign(i - j), `${one} ${other}`)
      }
    }
  })

  it.effect.prop(
    "are in the order of JavaScript's numbers",
    { a: Arbitrary.schema(Schema.Finite), b: Arbitrary.schema(Schema.Finite), same: oneOf([0, 1]) },
    ({ a, b, same }) =>
      Effect.sync(() => {
        const other = same === 1 ? a : b
        const [one, two] = [decimalOf(String(a)), decimalOf(String(other))]
        if (one === undefined || two === undefined) return assert.fail(`${a} ${other}`)
        assert.strictEqual(Math.sign(compareDecimals(one, two)) + 0, a < other ? -1 : a > other ? 1 : 0)
      })
  )

  it("have the same value however they are written", () => {
    for (const texts of [
      ["1", "1.0", "+1", "001", " 1 ", "10e-1", "0.1e1", "1E0"],
      ["0", "-0", "0.000", "0e9", "000"],
      ["1200", "1.2e3", "12e2", "1200.00"]
    ]) {
      const [first, ...others] = texts.map(decimalOf)
      for (const other of others) assert.deepStrictEqual(other, first)
    }
  })

  it.each(["", " ", "x", "1 2", "1.", ".5", "1e", "0x10", "1,5", "١", "1".repeat(401), "Infinity", "NaN", "--1"])(
    "are not written as %j",
    (text) => {
      assert.isUndefined(decimalOf(text))
    }
  )

  it("are what tells whether a number is exact", () => {
    assert.isTrue(isExact(0.1, "0.10"))
    assert.isFalse(isExact(Number("0.1000000000000000055"), "0.1000000000000000055"))
    assert.isFalse(isExact(2 ** 53, "9007199254740992"))
  })
})
