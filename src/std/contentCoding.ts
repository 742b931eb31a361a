/** The content codings of HTTP answers: some proxies compress although the request asked for `identity`. */
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, type ZlibOptions } from "node:zlib"
import { Result } from "effect"

/** The body of an answer cannot be decoded. */
export class CodingError extends Error {
  /** The coding is unknown, the data is broken or incomplete, or the content is larger than the limit. */
  readonly code: "UNKNOWN_CODING" | "BROKEN_CODING" | "CODING_TOO_LARGE"

  constructor(code: CodingError["code"]) {
    super(code)
    this.code = code
  }
}

type Decoder = (bytes: Uint8Array, options: ZlibOptions) => Buffer

/** The first two bytes of a zlib stream (RFC 1950). Some servers send a raw stream as `deflate`. */
const isZlib = ([first = 0, second = 0]: Uint8Array) => (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0

const DECODERS: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ["gzip", gunzipSync],
  ["x-gzip", gunzipSync],
  ["deflate", (bytes, options) => (isZlib(bytes) ? inflateSync : inflateRawSync)(bytes, options)],
  ["br", brotliDecompressSync],
  ["identity", (bytes) => Buffer.from(bytes)]
])

/** The most codings that one body may have: a limit on the work that its sender can cause. */
const MAX_CODINGS = 3

const decodeOne = (bytes: Uint8Array, coding: string, limit: number): Result.Result<Uint8Array, CodingError> => {
  const decoder = DECODERS.get(coding)
  if (decoder === undefined) return Result.fail(new CodingError("UNKNOWN_CODING"))
  return Result.try({
    try: () => decoder(bytes, { maxOutputLength: limit }),
    catch: (error) =>
      new CodingError(
        error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE"
          ? "CODING_TOO_LARGE"
          : "BROKEN_CODING"
      )
  })
}

/**
 * The content of a body with this `Content-Encoding`: gzip, deflate or brotli, and several of them in a row. Each step gives `limit` bytes at most, and takes no more memory than that. An
 * empty body has no content to decode.
 */
export const decoded = (bytes: Uint8Array, encoding: string, limit: number): Result.Result<Uint8Array, CodingError> => {
  if (bytes.length === 0) return Result.succeed(bytes)
  const codings = encoding
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "")
  if (codings.length > MAX_CODINGS) return Result.fail(new CodingError("UNKNOWN_CODING"))
  return codings.reduceRight<Result.Result<Uint8Array, CodingError>>(
    (body, coding) => Result.flatMap(body, (bytes) => decodeOne(bytes, coding, limit)),
    Result.succeed(bytes)
  )
}
