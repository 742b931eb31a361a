import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
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
  Effect.match(decoded(bytes, encoding, limit), {
    onFailure: ({ code }): string => code,
    onSuccess: (content) => new TextDecoder().decode(content)
  })

const text = '{"id":"Zoë"}'
const bytes = new TextEncoder().encode(text)

describe("a body", () => {
  for (const [coding, encode] of Object.entries(codings)) {
    it.effect.prop(`in ${coding} is what it was`, [Schema.Uint8Array], ([content]) =>
      Effect.map(decoded(encode(content), nameOf(coding), LIMIT), (result) => {
        assert.deepStrictEqual(Buffer.from(result), Buffer.from(content))
      })
    )

    it.live(`in ${coding} is no larger than the limit`, () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* textOf(encode(bytes), nameOf(coding), bytes.length), text)
        if (coding !== "identity")
          assert.strictEqual(yield* textOf(encode(bytes), nameOf(coding), 5), "CODING_TOO_LARGE")
      })
    )

    it.live(`in ${coding} that breaks off or is something else is broken`, () =>
      Effect.gen(function* () {
        if (coding === "identity") return
        const whole = encode(bytes)
        assert.strictEqual(yield* textOf(whole.subarray(0, whole.length - 5), nameOf(coding)), "BROKEN_CODING")
        assert.strictEqual(yield* textOf(bytes, nameOf(coding)), "BROKEN_CODING")
      })
    )
  }

  it.live("that grows a thousandfold is refused", () =>
    Effect.gen(function* () {
      const bomb = gzipSync(Buffer.alloc(100 * LIMIT))
      assert.isBelow(bomb.length, LIMIT)
      assert.strictEqual(yield* textOf(bomb, "gzip"), "CODING_TOO_LARGE")
      assert.strictEqual(yield* textOf(gzipSync(bomb), "gzip, gzip"), "CODING_TOO_LARGE")
    })
  )

  it.live("in several codings is decoded from the last to the first", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* textOf(brotliCompressSync(gzipSync(bytes)), "gzip, br"), text)
      assert.strictEqual(yield* textOf(gzipSync(bytes), " GZIP ,, identity"), text)
      assert.strictEqual(yield* textOf(bytes, "gzip,gzip,gzip,gzip"), "UNKNOWN_CODING")
    })
  )

  it.live("in an unknown coding is refused", () =>
    Effect.gen(function* () {
      for (const coding of ["zstd", "compress", "aws-chunked", "*", "gzip;q=1"]) {
        assert.strictEqual(yield* textOf(bytes, coding), "UNKNOWN_CODING", coding)
      }
    })
  )

  it.live("that is empty has no coding", () =>
    Effect.gen(function* () {
      for (const coding of ["gzip", "zstd", ""]) assert.strictEqual(yield* textOf(new Uint8Array(), coding), "")
      assert.strictEqual(yield* textOf(bytes, ""), text)
    })
  )
})
