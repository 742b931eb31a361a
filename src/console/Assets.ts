/** Stylesheets, scripts and pictures of the console: from this folder, and the charts' library from its package. */
import { createHash } from "node:crypto"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import { Context, Effect, FileSystem, Layer } from "effect"
import { type HttpServerRequest, HttpServerResponse } from "effect/http"
import { accepts, brotli, gzip } from "./compress.ts"

const FOLDER = fileURLToPath(new URL("./assets/", import.meta.url))

const LIBRARIES: Readonly<Record<string, string>> = {
  "uPlot.iife.js": "uplot/dist/uPlot.iife.min.js",
  "uPlot.css": "uplot/dist/uPlot.min.css"
}

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml"
}

interface Asset {
  readonly type: string
  readonly plain: Uint8Array
  readonly br: Uint8Array
  readonly gzip: Uint8Array
}

const HEADERS = {
  // The path has a digest of all assets, so what is there never changes.
  "cache-control": "public, max-age=31536000, immutable",
  vary: "accept-encoding",
  "x-content-type-options": "nosniff"
}

/** The assets, read once. */
export class Assets extends Context.Service<
  Assets,
  {
    /** The path of an asset of this version. */
    readonly path: (name: string) => string
    /** The asset at a path's last two parts; `undefined` where there is none. */
    readonly response: (
      version: string,
      name: string,
      request: HttpServerRequest.HttpServerRequest
    ) => HttpServerResponse.HttpServerResponse | undefined
  }
>()("cognigy-cxone-router/console/Assets") {
  /** Reads them all. A file that is not there is a defect of the installation. */
  static readonly layer: Layer.Layer<Assets, never, FileSystem.FileSystem> = Layer.effect(
    Assets,
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const require = createRequire(import.meta.url)
      const own = (yield* fs.readDirectory(FOLDER)).filter((name) => typeOf(name) !== undefined)
      const files = [
        ...own.toSorted().map((name) => ({ name, path: `${FOLDER}${name}` })),
        ...Object.entries(LIBRARIES).map(([name, path]) => ({ name, path: require.resolve(path) }))
      ]
      const read = yield* Effect.forEach(
        files,
        Effect.fnUntraced(function* ({ name, path }) {
          const plain = yield* fs.readFile(path)
          const type = typeOf(name) ?? "application/octet-stream"
          return [name, { type, plain, br: yield* brotli(plain), gzip: yield* gzip(plain) }] as const
        }),
        { concurrency: "unbounded" }
      )
      const assets: ReadonlyMap<string, Asset> = new Map(read)
      const digest = createHash("sha256")
      for (const [name, { plain }] of read) digest.update(`${name}\0${plain.byteLength}\0`).update(plain)
      const current = digest.digest("hex").slice(0, 12)
      return Assets.of({
        path: (name) => `/console/assets/${current}/${name}`,
        response: (version, name, { headers }) => {
          const asset = version === current ? assets.get(name) : undefined
          if (asset === undefined) return undefined
          const coding = (["br", "gzip"] as const).find((coding) => accepts(headers["accept-encoding"], coding))
          return HttpServerResponse.uint8Array(coding === undefined ? asset.plain : asset[coding], {
            contentType: asset.type,
            headers: coding === undefined ? HEADERS : { ...HEADERS, "content-encoding": coding }
          })
        }
      })
    }).pipe(Effect.orDie)
  )
}

const typeOf = (name: string): string | undefined => TYPES[name.split(".").at(-1) ?? ""]
