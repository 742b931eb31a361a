/** The content codings of HTTP bodies. Senders and proxies compress, and some proxies do although the request asked for `identity`. */
import { brotliDecompress, gunzip, inflate, inflateRaw } from "node:zlib"
import { Effect } from "effect"

/** The body of a message cannot be decoded. */
export class CodingError extends Error {
  /** The coding is unknown, the data is broken or incomplete, or the content is larger than the limit. */
  readonly code: "UNKNOWN_CODING" | "BROKEN_CODING" | "CODING_TOO_LARGE"

  constructor(code: CodingError["code"]) {
    super(code)
    this.code = code
  }
}

type Decoder = typeof gunzip

/** The first two bytes of a zlib stream (RFC 1950). Some senders put a raw stream into `deflate`. */
const isZlib = ([first = 0, second = 0]: Uint8Array) => (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0

// No zstd: Node 22 takes a body that is cut off for a whole one.
const DECODERS: ReadonlyMap<string, (bytes: Uint8Array) => Decoder> = new Map([
  ["gzip", () => gunzip],
  ["x-gzip", () => gunzip],
  ["deflate", (bytes: Uint8Array) => (isZlib(bytes) ? inflate : inflateRaw)],
  ["br", () => brotliDecompress]
])

/** The most codings that one body may have: a proxy may compress what a sender has compressed. */
const MAX_CODINGS = 2

const codingsIn = (encoding: string): ReadonlyArray<string> =>
  encoding
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "identity")

/** True for a `Content-Encoding` that can be decoded. */
export const isDecodable = (encoding: string): boolean => {
  const codings = codingsIn(encoding)
  return codings.length <= MAX_CODINGS && codings.every((coding) => DECODERS.has(coding))
}

/** True where there is something to decode. */
export const isCoded = (encoding: string): boolean => codingsIn(encoding).length > 0

const decodeOne = (bytes: Uint8Array, coding: string, limit: number): Effect.Effect<Uint8Array, CodingError> =>
  Effect.callback((resume) => {
    const decoder = DECODERS.get(coding)
    if (decoder === undefined) return resume(Effect.fail(new CodingError("UNKNOWN_CODING")))
    decoder(bytes)(bytes, { maxOutputLength: limit }, (error, content) => {
      if (error === null) return resume(Effect.succeed(content))
      const isTooLarge = "code" in error && error.code === "ERR_BUFFER_TOO_LARGE"
      resume(Effect.fail(new CodingError(isTooLarge ? "CODING_TOO_LARGE" : "BROKEN_CODING")))
    })
  })

/**
 * The content of a body with this `Content-Encoding`: gzip, deflate or brotli, or two of them in a row. Each gives `limit` bytes at most. An empty body has no
 * content to decode. Node works on it in a thread of its own.
 */
export const decoded = (bytes: Uint8Array, encoding: string, limit: number): Effect.Effect<Uint8Array, CodingError> => {
  if (bytes.length === 0) return Effect.succeed(bytes)
  if (!isDecodable(encoding)) return Effect.fail(new CodingError("UNKNOWN_CODING"))
  return codingsIn(encoding).reduceRight<Effect.Effect<Uint8Array, CodingError>>(
    (body, coding) => Effect.flatMap(body, (bytes) => decodeOne(bytes, coding, limit)),
    Effect.succeed(bytes)
  )
}
