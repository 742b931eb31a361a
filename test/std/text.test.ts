import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { Id } from "../../src/cxone/Id.ts"
import { firstBytes, hasUnsafeCharacters, isShort, unfilled, whollyUnfilled } from "../../src/std/text.ts"

const isId = Schema.is(Id)

const controls = [...Array(32).keys(), ...Array.from({ length: 33 }, (_, index) => 127 + index)].map((code) =>
  String.fromCharCode(code)
)

describe("hasUnsafeCharacters", () => {
  it("finds every control character, C0, DEL and C1, wherever it stands", () => {
    assert.strictEqual(controls.length, 65)
    for (const control of controls) {
      for (const text of [control, `${control}ab`, `a${control}b`, `ab${control}`]) {
        assert.isTrue(hasUnsafeCharacters(text), JSON.stringify(text))
      }
    }
  })

  it("finds every half of a surrogate pair", () => {
    for (const text of ["\ud800", "\udbff", "\udc00", "\udfff", "a\ud83d", "\ude00a", "\ude00\ud83d", "😀\ud83d"]) {
      assert.isTrue(hasUnsafeCharacters(text), JSON.stringify(text))
    }
  })

  it("takes everything else: the neighbours of the controls, whole pairs, any script", () => {
    for (const text of [
      "",
      " ",
      "~",
      "\u00a0",
      "ü/ß %41",
      "😀",
      "👩‍👩‍👧‍👦",
      "日本語",
      "e\u0301",
      "\u2028",
      "\ufeff",
      "\uffff",
      "a\\b\"c'"
    ]) {
      assert.isFalse(hasUnsafeCharacters(text), JSON.stringify(text))
    }
  })
})

describe("isShort", () => {
  it("counts characters, not halves of them: 256 and no more", () => {
    for (const character of ["a", "ü", "日", "😀"]) {
      assert.isTrue(isShort(character.repeat(256)), character)
      assert.isFalse(isShort(character.repeat(257)), character)
    }
    assert.isTrue(isShort(""))
    assert.isTrue(isShort(`${"😀".repeat(255)}a`))
    assert.isFalse(isShort(`${"😀".repeat(256)}a`))
    assert.isFalse(isShort(`${"a".repeat(256)}😀`))
  })

  it("refuses a text of any length without looking through it all", () => {
    assert.isFalse(isShort("😀".repeat(10_000_000)))
  })
})

describe("Id", () => {
  it("is any text that one segment of a path can hold once it is encoded", () => {
    for (const id of [
      "a",
      "a_b_c",
      "ü/ß %41",
      "a/../b",
      "...",
      " ",
      "%2e%2e",
      "?",
      "#",
      "😀".repeat(256),
      "__proto__"
    ]) {
      assert.isTrue(isId(id), id)
      assert.isTrue(new URL(`http://cxone.test/x/${encodeURIComponent(id)}/y`).pathname.endsWith("/y"), id)
      assert.strictEqual(new URL(`http://cxone.test/x/${encodeURIComponent(id)}/y`).pathname.split("/").length, 4, id)
    }
  })

  it("is no empty text, no dot segment, nothing long and nothing unsafe", () => {
    for (const id of ["", ".", "..", "a".repeat(257), "a\nb", "\u0000", "\ud800"]) {
      assert.isFalse(isId(id), JSON.stringify(id))
    }
  })

  it("is no number, null or object", () => {
    for (const id of [1, null, undefined, {}, ["a"], true]) assert.isFalse(isId(id), String(id))
  })
})

describe("a template that was not filled", () => {
  it("is found wherever it stands", () => {
    for (const text of ["{{a}}", "x{{a}}y", "{{\n}}", "{{}}", "{{{{}}", "}}{{a}}", "{{a} }}"]) {
      assert.isDefined(unfilled(text), text)
    }
    for (const text of ["", "{{", "}}", "}}{{", "{{}", "{{a}", "{a}}", "{ {a}}"])
      assert.isUndefined(unfilled(text), text)
  })

  it("is a whole text only where nothing stands beside it", () => {
    for (const text of ["{{a}}", " {{a}}\n", "{{a}} {{b}}", "{{a}}{{b}}", "{{\n}}"]) {
      assert.isDefined(whollyUnfilled(text), text)
    }
    for (const text of ["", " ", "x{{a}}", "{{a}}x", "{{a}} or {{b}}", "{{a}", "{{a}}}"]) {
      assert.isUndefined(whollyUnfilled(text), text)
    }
  })

  it("is looked for once in a text of nothing but braces: again at each of them would take hours", () => {
    const braces = "{".repeat(2_000_000)
    for (const text of [braces, `${braces}x`, `x${"{{ ".repeat(500_000)}`]) {
      assert.isUndefined(unfilled(text))
      assert.isUndefined(whollyUnfilled(text))
    }
  })
})

describe("firstBytes", () => {
  it.prop("keeps what fits, and whole characters otherwise", { text: Schema.String }, ({ text }) => {
    for (const most of [3, 4, 5, 6, 7, 20]) {
      const first = firstBytes(text, most)
      if (Buffer.byteLength(text) <= most) assert.strictEqual(first, text)
      else {
        assert.isAtMost(Buffer.byteLength(first), most)
        assert.isTrue(first.endsWith("…") && text.startsWith(first.slice(0, -1)))
        assert.strictEqual(Buffer.byteLength(first), Buffer.byteLength(first.slice(0, -1)) + 3)
      }
    }
  })
})
