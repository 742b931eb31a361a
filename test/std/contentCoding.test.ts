import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result, Schema } from "effect"
import { decoded } from "../../src/std/contentCoding.ts"

const LIMIT = 1024 * 1024

const codings = {
  gzip: gzipSync,
  "x-gzip": gzipSync,
  deflate: deflateSync,
  "deflate (raw)": deflateRawSync,
  br: brotliCompressSync,
  identity: (bytes: Uint8Array) => bytes
}

const nameOf = (coding: string) => coding.replace(" (raw)", "")

/** The text of a body, or why it has none. */
const textOf = (bytes: Uint8Array, encoding: string, limit = LIMIT) =>
  Result.match(decoded(bytes, encoding, limit), {
    onFailure: ({ code }) => code,
    onSuccess: (content) => new TextDecoder().decode(content)
  })

const text = '{"id":"Zoë"}'
const bytes = new TextEncoder().encode(text)

describe("a body", () => {
  for (const [coding, encode] of Object.entries(codings)) {
    it.effect.prop(`in ${coding} is what it was`, [Schema.Uint8Array], ([content]) =>
      Effect.sync(() => {
        const result = decoded(encode(content), nameOf(coding), LIMIT)
        assert.deepStrictEqual(Result.map(result, Buffer.from), Result.succeed(Buffer.from(content)))
      })
    )

    it(`in ${coding} is no larger than the limit`, () => {
      assert.strictEqual(textOf(encode(bytes), nameOf(coding), bytes.length), text)
      if (coding !== "identity") assert.strictEqual(textOf(encode(bytes), nameOf(coding), 5), "CODING_TOO_LARGE")
    })

    it(`in ${coding} that breaks off or is something else is broken`, () => {
      if (coding === "identity") return
      const whole = encode(bytes)
      assert.strictEqual(textOf(whole.subarray(0, whole.length - 5), nameOf(coding)), "BROKEN_CODING")
      assert.strictEqual(textOf(bytes, nameOf(coding)), "BROKEN_CODING")
    })
  }

  it("that grows a thousandfold is refused", () => {
    const bomb = gzipSync(Buffer.alloc(100 * LIMIT))
    assert.isBelow(bomb.length, LIMIT)
    assert.strictEqual(textOf(bomb, "gzip"), "CODING_TOO_LARGE")
    assert.strictEqual(textOf(gzipSync(bomb), "gzip, gzip"), "CODING_TOO_LARGE")
  })

  it("in several codings is decoded from the last to the first", () => {
    assert.strictEqual(textOf(brotliCompressSync(gzipSync(bytes)), "gzip, br"), text)
    assert.strictEqual(textOf(gzipSync(bytes), " GZIP ,, identity"), text)
    assert.strictEqual(textOf(bytes, "gzip,gzip,gzip,gzip"), "UNKNOWN_CODING")
  })

  it("in an unknown coding is refused", () => {
    for (const coding of ["zstd", "compress", "aws-chunked", "*", "gzip;q=1"]) {
      assert.strictEqual(textOf(bytes, coding), "UNKNOWN_CODING", coding)
    }
  })

  it("that is empty has no coding", () => {
    for (const coding of ["gzip", "zstd", ""]) assert.strictEqual(textOf(new Uint8Array(), coding), "")
    assert.strictEqual(textOf(bytes, ""), text)
  })
})
