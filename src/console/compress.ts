/** Compression of answers. */
import { constants, brotliCompress as nodeBrotli, gzip as nodeGzip } from "node:zlib"
import { Effect } from "effect"

/** With gzip, fast: for pages, which are made for each request. */
export const gzip = (bytes: Uint8Array): Effect.Effect<Uint8Array> =>
  Effect.callback((resume) =>
    nodeGzip(bytes, { level: 5 }, (error, coded) => resume(error === null ? Effect.succeed(coded) : Effect.die(error)))
  )

/** With Brotli, small: for what is made once. */
export const brotli = (bytes: Uint8Array): Effect.Effect<Uint8Array> =>
  Effect.callback((resume) =>
    nodeBrotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }, (error, coded) =>
      resume(error === null ? Effect.succeed(coded) : Effect.die(error))
    )
  )

/** True where `Accept-Encoding` names the coding. Browsers never refuse one by `q=0`; those who do get no coding. */
export const accepts = (acceptEncoding: string | undefined, coding: "br" | "gzip"): boolean =>
  acceptEncoding !== undefined &&
  !acceptEncoding.includes("q=0") &&
  acceptEncoding.split(",").some((one) => one.split(";", 1)[0]?.trim().toLowerCase() === coding)
