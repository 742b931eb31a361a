/** The codings that senders and proxies compress bodies with. */
import { brotliDecompress, gunzip, inflate, inflateRaw } from "node:zlib"
import { ByteSize, Effect, Semaphore } from "effect"
import { BadRequest, PayloadTooLarge, UnsupportedMediaType } from "./problem/Problem.ts"

type Decode = (bytes: Uint8Array) => typeof gunzip

/** RFC 9110 means zlib's format by `deflate`. Some senders leave its head out; the first byte of raw data never looks like one. */
const isZlib = ([first = 0, second = 0]: Uint8Array): boolean =>
  (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0

// No zstd: Node 22 takes a body that is cut off for a whole one.
const CODINGS = new Map<string, Decode>([
  ["gzip", () => gunzip],
  ["x-gzip", () => gunzip],
  ["deflate", (bytes) => (isZlib(bytes) ? inflate : inflateRaw)],
  ["br", () => brotliDecompress]
])

/** The most codings of one body: a proxy may compress what a sender has compressed. */
const MAX_CODINGS = 2

/**
 * Bodies that are decompressed at once. Brotli fills its window, up to 16 MiB, before it gives any output, and a body can make it do so. Node has four threads for this, and
 * name look-ups need them too.
 */
const AT_ONCE = 2

const unsupported = new UnsupportedMediaType({
  error: "Unsupported encoding",
  detail: "send the body as it is, or with one Content-Encoding: gzip, deflate or br",
  accepted: "gzip, deflate, br"
})

const broken = new BadRequest({
  error: "Invalid payload",
  detail:
    "the body is not compressed as its header Content-Encoding says, or it is cut off: compress it, or leave the header out"
})

const tooLarge = new PayloadTooLarge({
  error: "Payload too large",
  detail: "the router reads at most 256 KiB, and the body is larger once it is decompressed"
})

const namesIn = (contentEncoding: string): ReadonlyArray<string> =>
  contentEncoding
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && name !== "identity")

/** Why a body with this `Content-Encoding` cannot be read, if so. */
export const codingProblem = (contentEncoding = ""): UnsupportedMediaType | undefined => {
  const names = namesIn(contentEncoding)
  return names.length > MAX_CODINGS || names.some((name) => !CODINGS.has(name)) ? unsupported : undefined
}

/** Decodes one coding. Node stops as soon as there is more than the limit. */
const decode = (bytes: Uint8Array, decode: Decode, limit: number) =>
  Effect.callback<Uint8Array, BadRequest | PayloadTooLarge>((resume) => {
    decode(bytes)(bytes, { maxOutputLength: limit }, (error, decoded) => {
      if (error === null) return resume(Effect.succeed(decoded))
      resume(Effect.fail("code" in error && error.code === "ERR_BUFFER_TOO_LARGE" ? tooLarge : broken))
    })
  })

/** Decompresses a body that came with this `Content-Encoding`. */
export type Decompress = (
  bytes: Uint8Array,
  contentEncoding: string | undefined
) => Effect.Effect<Uint8Array, BadRequest | PayloadTooLarge>

/** Makes a decompressor of bodies up to this size, the last coding first. */
export const makeDecompress = Effect.fnUntraced(function* (limit: ByteSize.ByteSize): Effect.fn.Return<Decompress> {
  const permits = yield* Semaphore.make(AT_ONCE)
  const most = ByteSize.toNumberUnsafe(limit)
  return (bytes, contentEncoding) => {
    const names = contentEncoding === undefined || bytes.length === 0 ? [] : namesIn(contentEncoding)
    const decoders = names.flatMap((name) => CODINGS.get(name) ?? [])
    if (decoders.length === 0) return Effect.succeed(bytes)
    return decoders
      .reduceRight<Effect.Effect<Uint8Array, BadRequest | PayloadTooLarge>>(
        (decoded, coding) => Effect.flatMap(decoded, (bytes) => decode(bytes, coding, most)),
        Effect.succeed(bytes)
      )
      .pipe(Effect.uninterruptible, permits.withPermits(1))
  }
})
