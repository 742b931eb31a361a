/** `GET /docs`: the API for people, with requests to send. It is public, loads nothing else, and holds nothing of the tenant. */
import { createHash } from "node:crypto"
import { fileURLToPath } from "node:url"
import { Effect, FileSystem, type Layer } from "effect"
import { HttpRouter, HttpServerRequest } from "effect/http"
import { OpenApi } from "effect/http-api"
import { compressed } from "../../std/compressed.ts"
import { Html } from "../../std/html.ts"
import type { Api } from "../Api.ts"
import { page } from "./page.ts"

const asset = (name: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    fs.readFileString(fileURLToPath(new URL(`assets/${name}`, import.meta.url)))
  )

/** The source of exactly this text, for a content security policy. */
const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`

const policy = (script: string, style: string) =>
  `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** Adds the page at a path. `openapi` tells whether the document is served beside it. The page is made at the first request for it. */
export const layer = (
  api: typeof Api,
  { openapi, path }: { readonly openapi: boolean; readonly path: `/${string}` }
): Layer.Layer<never, never, FileSystem.FileSystem | HttpRouter.HttpRouter> =>
  HttpRouter.use(
    Effect.fnUntraced(function* (router) {
      const style = yield* Effect.orDie(asset("apiPage.css"))
      const script = yield* Effect.orDie(asset("apiPage.js"))
      const made = yield* Effect.cached(
        Effect.sync(() =>
          compressed(
            page(OpenApi.fromApi(api), {
              openapi: openapi ? "openapi.json" : undefined,
              style: new Html(style),
              script: new Html(script)
            }),
            {
              contentType: "text/html; charset=utf-8",
              headers: {
                "content-security-policy": policy(script, style),
                "referrer-policy": "no-referrer",
                "x-content-type-options": "nosniff"
              }
            }
          )
        )
      )
      yield* router.add(
        "GET",
        path,
        Effect.flatMap(made, (answer) =>
          Effect.map(HttpServerRequest.HttpServerRequest, ({ headers }) => answer(headers))
        )
      )
    })
  )
