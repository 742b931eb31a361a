/** Stylesheets, scripts and pictures of the console: from this folder, and the charts' library from its package. */
import { createHash } from "node:crypto"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import { Context, Effect, FileSystem, Layer } from "effect"
import type { HttpServerRequest, HttpServerResponse } from "effect/http"
import { compressed } from "../std/compressed.ts"

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

const HEADERS = {
  // The path has a digest of all assets, so what is there never changes.
  "cache-control": "public, max-age=31536000, immutable",
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
      const read = yield* Effect.forEach(files, ({ name, path }) =>
        Effect.map(fs.readFileString(path), (text) => ({ name, text }))
      )
      const digest = createHash("sha256")
      for (const { name, text } of read) digest.update(JSON.stringify([name, text]))
      const current = digest.digest("hex").slice(0, 12)
      const assets = new Map(
        read.map(({ name, text }) => [name, compressed(text, { contentType: typeOf(name) ?? "", headers: HEADERS })])
      )
      return Assets.of({
        path: (name) => `/console/assets/${current}/${name}`,
        response: (version, name, { headers }) => (version === current ? assets.get(name)?.(headers) : undefined)
      })
    }).pipe(Effect.orDie)
  )
}

const typeOf = (name: string): string | undefined => TYPES[name.split(".").at(-1) ?? ""]
