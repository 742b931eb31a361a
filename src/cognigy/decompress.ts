/** Bodies that senders and proxies have compressed. */
import { ByteSize, Effect, Semaphore } from "effect"
import { type CodingError, decoded, isCoded, isDecodable } from "../std/contentCoding.ts"
import { BadRequest, PayloadTooLarge, UnsupportedMediaType } from "./problem/Problem.ts"

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

/** Why a body with this `Content-Encoding` cannot be read, if so. */
export const codingProblem = (contentEncoding = ""): UnsupportedMediaType | undefined =>
  isDecodable(contentEncoding) ? undefined : unsupported

const problemOf = ({ code }: CodingError) => (code === "CODING_TOO_LARGE" ? tooLarge : broken)

/** Decompresses a body that came with this `Content-Encoding`. */
export type Decompress = (
  bytes: Uint8Array,
  contentEncoding: string | undefined
) => Effect.Effect<Uint8Array, BadRequest | PayloadTooLarge>

/** Makes a decompressor of bodies up to this size. */
export const makeDecompress = Effect.fnUntraced(function* (limit: ByteSize.ByteSize): Effect.fn.Return<Decompress> {
  const permits = yield* Semaphore.make(AT_ONCE)
  const most = ByteSize.toNumberUnsafe(limit)
  return (bytes, contentEncoding = "") =>
    isCoded(contentEncoding)
      ? decoded(bytes, contentEncoding, most).pipe(
          Effect.mapError(problemOf),
          // Node goes on with what it has begun.
          Effect.uninterruptible,
          permits.withPermits(1)
        )
      : Effect.succeed(bytes)
})
