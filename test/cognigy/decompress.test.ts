/** Bodies that senders or proxies compress. */
import { createHmac } from "node:crypto"
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { DECIDE_PATH, EXPLAIN_PATH, WEBHOOK_PATH } from "../../src/cognigy/Api.ts"
import { assertProblem } from "../e2e/support/answers.ts"
import { BODY, door, NOW } from "./support/app.ts"

const bytes = (text: string) => new TextEncoder().encode(text)
const body = bytes(BODY)
const LIMIT = 256 * 1024

/** A body of so many bytes, as JSON. */
const ofSize = (size: number) => bytes(BODY + " ".repeat(size - BODY.length))

type Compress = (bytes: Uint8Array) => Uint8Array<ArrayBuffer>

const gzip: Compress = (bytes) => Uint8Array.from(gzipSync(bytes))
const zlib: Compress = (bytes) => Uint8Array.from(deflateSync(bytes))
const raw: Compress = (bytes) => Uint8Array.from(deflateRawSync(bytes))
const brotli: Compress = (bytes) => Uint8Array.from(brotliCompressSync(bytes))

const codings: ReadonlyArray<{ readonly encoding: string; readonly as: string; readonly compress: Compress }> = [
  { encoding: "gzip", as: "gzip", compress: gzip },
  { encoding: "x-gzip", as: "gzip", compress: gzip },
  { encoding: "GZip", as: "gzip", compress: gzip },
  { encoding: "deflate", as: "zlib's format", compress: zlib },
  { encoding: "deflate", as: "raw deflate", compress: raw },
  { encoding: "br", as: "Brotli", compress: brotli },
  { encoding: "gzip, br", as: "gzip and then Brotli", compress: (bytes) => brotli(gzip(bytes)) },
  { encoding: "identity, gzip ,", as: "gzip", compress: gzip },
  { encoding: "identity", as: "nothing", compress: (bytes) => Uint8Array.from(bytes) },
  { encoding: " ", as: "nothing", compress: (bytes) => Uint8Array.from(bytes) }
]

const open = door({ mode: "none" })

describe("a body is read", () => {
  it.effect.each(codings)("with the encoding '$encoding', as $as", ({ compress, encoding }) =>
    Effect.gen(function* () {
      const { handled, post } = yield* open
      const headers = { "content-encoding": encoding }
      for (const path of [WEBHOOK_PATH, DECIDE_PATH, EXPLAIN_PATH]) {
        assert.strictEqual((yield* post(headers, compress(body), path)).status, 200)
      }
      assert.deepInclude(handled[0], { intent: "any", userId: "anna" })
    })
  )

  it.effect.each([gzip, zlib, raw, brotli].map((compress, i) => ({ compress, i })))(
    "up to 256 KiB once it is decompressed: $i",
    ({ compress, i }) =>
      Effect.gen(function* () {
        const { post } = yield* open
        const headers = { "content-encoding": ["gzip", "deflate", "deflate", "br"][i] ?? "" }
        assert.strictEqual((yield* post(headers, compress(ofSize(LIMIT)))).status, 200)
        assertProblem(yield* post(headers, compress(ofSize(LIMIT + 1))), { status: 413, error: "Payload too large" })
      })
  )

  it.effect("when its signature is that of the decompressed body", () =>
    Effect.gen(function* () {
      const key = Buffer.alloc(32, 1)
      const secret = Redacted.make(`whsec_${key.toString("base64")}`)
      const { events, post } = yield* door({ mode: "signature", secrets: [secret] })
      const signed = (bytes: Uint8Array) => ({
        "content-encoding": "gzip",
        "webhook-id": "msg_1",
        "webhook-timestamp": `${NOW}`,
        "webhook-signature": `v1,${createHmac("sha256", key).update(`msg_1.${NOW}.`).update(bytes).digest("base64")}`
      })
      assert.strictEqual((yield* post(signed(body), gzip(body))).status, 200)
      assert.strictEqual((yield* post(signed(gzip(body)), gzip(body))).status, 401)
      assert.deepInclude(events.at(-1), { reason: "credentials_wrong", isStranger: true })
    })
  )
})

describe("a bomb is answered 413", () => {
  const large = new Uint8Array(64 * 1024 * 1024)
  it.effect.each([
    { encoding: "gzip", bomb: gzip(large) },
    { encoding: "deflate", bomb: zlib(large) },
    { encoding: "br", bomb: brotli(large) },
    { encoding: "gzip, gzip", bomb: gzip(gzip(large)) }
  ])("$encoding", ({ bomb, encoding }) =>
    Effect.gen(function* () {
      const { handled, post } = yield* open
      const reply = yield* post({ "content-encoding": encoding }, bomb)
      assert.include(assertProblem(reply, { status: 413, error: "Payload too large" }), "decompressed")
      assert.deepStrictEqual(handled, [])
      assert.strictEqual((yield* post({ "content-encoding": "gzip" }, gzip(body))).status, 200)
    })
  )
})

describe("a body is refused", () => {
  it.effect.each([
    "zstd",
    "compress",
    "x-unknown",
    "gzip, x-unknown",
    "gzip, gzip, gzip",
    "gzip;q=1",
    "__proto__",
    "constructor"
  ])("with 415 and the encodings that are read: %s", (encoding) =>
    Effect.gen(function* () {
      const { events, post } = yield* open
      for (const path of [WEBHOOK_PATH, DECIDE_PATH, EXPLAIN_PATH]) {
        const reply = yield* post({ "content-encoding": encoding }, body, path)
        assertProblem(reply, { status: 415, error: "Unsupported encoding" })
        assert.strictEqual(reply.headers["accept-encoding"], "gzip, deflate, br")
        assert.notInclude(reply.text, "unknown")
      }
      assert.deepInclude(events[0], { reason: "unsupported_encoding", status: 415 })
    })
  )

  it.effect.each(
    [
      { what: "not compressed", change: () => body },
      { what: "cut off", change: (bytes: Uint8Array<ArrayBuffer>) => bytes.slice(0, -9) },
      { what: "garbage", change: () => bytes("\u0001\u0002\u0003 garbage") }
    ].flatMap((how) => codings.slice(0, 7).map((coding) => ({ ...how, ...coding })))
  )("with 400 when it says '$encoding' ($as) and is $what", ({ change, compress, encoding }) =>
    Effect.gen(function* () {
      const { handled, post } = yield* open
      const reply = yield* post({ "content-encoding": encoding }, change(compress(body)))
      const detail = assertProblem(reply, { status: 400, error: "Invalid payload" })
      assert.include(detail, "not compressed as its header Content-Encoding says")
      assert.deepStrictEqual(handled, [])
    })
  )

  it.effect.each(["gzip", "br"])("as empty when it is empty, although it says %s", (encoding) =>
    Effect.gen(function* () {
      const { post } = yield* open
      for (const nothing of ["", Uint8Array.from(encoding === "gzip" ? gzipSync("") : brotliCompressSync(""))]) {
        const reply = yield* post({ "content-encoding": encoding }, nothing)
        assert.include(assertProblem(reply, { status: 400, error: "Invalid payload" }), "the body is empty")
      }
    })
  )
})
