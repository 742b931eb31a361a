/** Answers of one fixed text, sent compressed to clients that accept it. */
import { brotliCompressSync, constants, gzipSync } from "node:zlib"
import { type Headers, HttpServerResponse } from "effect/http"

/** The codings that a client accepts, from `Accept-Encoding`. Those with `q=0` are refused, and `*` names none. */
export const acceptedBy = (headers: Headers.Headers): ReadonlyArray<string> =>
  (headers["accept-encoding"] ?? "")
    .toLowerCase()
    .split(",")
    .flatMap((entry) => {
      const [coding = "", ...parameters] = entry.split(";").map((part) => part.trim())
      return parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)) ? [] : [coding]
    })

/**
 * Prepares an answer. It is compressed once, with brotli and gzip at their best; the returned function chooses by the headers of a request: brotli, gzip, or the text as
 * it is.
 */
export const compressed = (
  text: string,
  { contentType, headers }: { readonly contentType: string; readonly headers?: Readonly<Record<string, string>> }
): ((request: Headers.Headers) => HttpServerResponse.HttpServerResponse) => {
  const bytes = Buffer.from(text)
  const answer = (body: Uint8Array, coding?: string) =>
    HttpServerResponse.uint8Array(body, {
      contentType,
      headers: { vary: "accept-encoding", ...headers, ...(coding === undefined ? {} : { "content-encoding": coding }) }
    })
  const br = answer(
    brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength } }),
    "br"
  )
  const gzip = answer(gzipSync(bytes, { level: 9 }), "gzip")
  const plain = answer(bytes)
  return (request) => {
    const accepted = acceptedBy(request)
    return accepted.includes("br") ? br : accepted.includes("gzip") ? gzip : plain
  }
}
