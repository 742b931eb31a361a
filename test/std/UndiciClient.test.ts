import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { brotliCompressSync, deflateRawSync, gzipSync } from "node:zlib"
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Deferred, Effect, Fiber, Layer, Schema, Stream } from "effect"
import { Cookies, HttpClient, type HttpClientError, HttpClientRequest } from "effect/http"
import { codeOf } from "../../src/std/codeOf.ts"
import * as UndiciClient from "../../src/std/UndiciClient.ts"
import { oneOf } from "../support/arbitrary.ts"

const MAX_SIZE = 1000

const client = UndiciClient.layer.pipe(
  Layer.provide(NodeHttpClient.layerDispatcherOptions({ maxResponseSize: MAX_SIZE })),
  Layer.fresh
)

/** One that reads larger answers. */
const roomy = UndiciClient.layer.pipe(Layer.provide(NodeHttpClient.layerDispatcherOptions({})), Layer.fresh)

/** A server that answers so, and its address. */
const serving = (answer: (request: IncomingMessage, response: ServerResponse) => void) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.callback<ReturnType<typeof createServer>>((resume) => {
        const server = createServer(answer)
        server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
      }),
      (server) =>
        Effect.sync(() => {
          server.closeAllConnections()
          server.close()
        })
    ),
    (server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  )

const echoing = serving((request, response) => {
  const chunks: Array<Buffer> = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () => {
    const { headers, method, url } = request
    response.setHeader("X-Answer", "42")
    response.setHeader("Set-Cookie", ["a=1", "b=2"])
    response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString() }))
  })
})

const fails = (request: HttpClientRequest.HttpClientRequest) => Effect.flip(HttpClient.execute(request))

/** What a URL's parser looks at, and what it does not. */
const PIECES = [
  "/",
  ".",
  "..",
  "%2e",
  "%2E",
  "%",
  "\\",
  "?",
  "#",
  "a",
  "ü",
  " ",
  "\t",
  "&",
  "=",
  ":",
  "@",
  "|",
  '"',
  "'"
]

const tagOf = ({ reason }: HttpClientError.HttpClientError) => reason._tag

describe("the client over undici", () => {
  it.live("sends a request as it is, and reads the answer", () =>
    Effect.gen(function* () {
      const base = yield* echoing
      const request = HttpClientRequest.post(`${base}/a%2Fb?q=%20`).pipe(
        HttpClientRequest.bearerToken("secret"),
        HttpClientRequest.bodyJsonUnsafe({ name: "Zoë" })
      )
      const response = yield* HttpClient.execute(request)
      assert.strictEqual(response.status, 200)
      assert.strictEqual(response.url, request.url)
      assert.strictEqual(response.headers["x-answer"], "42")
      const { body, headers, method, url } = JSON.parse(yield* response.text)
      assert.deepStrictEqual([method, url, body], ["POST", "/a%2Fb?q=%20", '{"name":"Zoë"}'])
      assert.strictEqual(headers.authorization, "Bearer secret")
      assert.strictEqual(headers["content-type"], "application/json")
      assert.strictEqual(headers["content-length"], String(Buffer.byteLength(body)))
    }).pipe(Effect.provide(client))
  )

  it.live("has the answer in all its forms, as often as they are asked for", () =>
    Effect.gen(function* () {
      const base = yield* echoing
      const response = yield* HttpClient.get(`${base}/`)
      const text = yield* response.text
      assert.strictEqual(yield* response.text, text)
      assert.deepStrictEqual<unknown>(yield* response.json, JSON.parse(text))
      assert.strictEqual(Buffer.from(yield* response.arrayBuffer).toString(), text)
      assert.deepStrictEqual(Cookies.toRecord(response.cookies), { a: "1", b: "2" })
      const other = yield* HttpClient.get(`${base}/`)
      assert.strictEqual(yield* Stream.mkString(Stream.decodeText(other.stream)), text)
    }).pipe(Effect.provide(client))
  )

  it.live("puts an answer together that comes in pieces, also of one character", () =>
    Effect.gen(function* () {
      const text = "Grüße, 世界"
      const base = yield* serving((_request, response) => {
        for (const byte of Buffer.from(text)) response.write(Buffer.from([byte]))
        response.end()
      })
      const response = yield* HttpClient.get(base)
      assert.strictEqual(yield* response.text, text)
    }).pipe(Effect.provide(client))
  )

  for (const status of [204, 304, 404, 500]) {
    it.live(`takes a ${status} for an answer`, () =>
      Effect.gen(function* () {
        const base = yield* serving((_request, response) => response.writeHead(status).end())
        const response = yield* HttpClient.get(base)
        assert.strictEqual(response.status, status)
        assert.strictEqual(yield* response.text, "")
        assert.strictEqual((yield* response.arrayBuffer).byteLength, 0)
      }).pipe(Effect.provide(client))
    )
  }

  it.live("does not take an interim answer for the last one", () =>
    Effect.gen(function* () {
      const base = yield* serving((_request, response) => {
        response.writeEarlyHints({ link: "</a.css>; rel=preload" })
        response.writeHead(201).end("done")
      })
      const response = yield* HttpClient.get(base)
      assert.deepStrictEqual([response.status, yield* response.text], [201, "done"])
      assert.isUndefined(response.headers.link)
    }).pipe(Effect.provide(client))
  )

  const text = Arbitrary.schema(Schema.String.check(Schema.isMaxLength(12)))
  it.live.prop(
    "asks for the same as the platform does, whatever the URL",
    { text, query: text, param: text, pieces: Arbitrary.array(oneOf(PIECES), { maxLength: 5 }) },
    ({ param, pieces, query, text: path }) =>
      Effect.gen(function* () {
        const base = yield* echoing
        for (const url of [
          `${base}/${path}?${query}`,
          `${base}/${encodeURIComponent(path.toWellFormed())}`,
          `${base}/a/${pieces.join("")}`
        ]) {
          const asked = URL.parse(url)
          if (asked === null) continue
          const response = yield* HttpClient.get(url)
          assert.strictEqual(JSON.parse(yield* response.text).url, asked.pathname + asked.search)
        }
        const response = yield* HttpClient.get(`${base}/`, { urlParams: { param } })
        const { url } = JSON.parse(yield* response.text)
        assert.strictEqual(new URL(url, base).searchParams.get("param"), param.toWellFormed())
      }).pipe(Effect.provide(client)),
    { arbitrary: { runs: 200 } }
  )

  it.live("fails with the code of a connection that cannot be made", () =>
    Effect.gen(function* () {
      const base = yield* Effect.scoped(echoing)
      const error = yield* fails(HttpClientRequest.get(base))
      assert.deepStrictEqual([tagOf(error), codeOf(error)], ["TransportError", "ECONNREFUSED"])
    }).pipe(Effect.provide(client))
  )

  it.live("fails where the connection ends before the answer", () =>
    Effect.gen(function* () {
      const base = yield* serving((request) => request.socket.destroy())
      const error = yield* fails(HttpClientRequest.get(base))
      assert.strictEqual(tagOf(error), "TransportError")
      assert.isUndefined(error.response)
    }).pipe(Effect.provide(client))
  )

  it.live("fails with the status when the connection ends within the answer", () =>
    Effect.gen(function* () {
      const base = yield* serving((request, response) => {
        response.writeHead(200, { "content-length": "10" })
        response.write("half", () => request.socket.destroy())
      })
      const error = yield* fails(HttpClientRequest.get(base))
      assert.deepStrictEqual([tagOf(error), error.response?.status], ["DecodeError", 200])
    }).pipe(Effect.provide(client))
  )

  for (const isSaid of [true, false]) {
    it.live(
      `reads no more than the dispatcher allows, where the answer says ${isSaid ? "" : "not "}how long it is`,
      () =>
        Effect.gen(function* () {
          const base = yield* serving((_request, response) => {
            if (isSaid) response.setHeader("content-length", String(MAX_SIZE + 1))
            response.write("x".repeat(MAX_SIZE))
            response.end("x")
          })
          const error = yield* fails(HttpClientRequest.get(base))
          assert.deepStrictEqual([error.response?.status, codeOf(error)], [200, "UND_ERR_RES_EXCEEDED_MAX_SIZE"])
        }).pipe(Effect.provide(client))
    )
  }

  for (const [what, encoding, body, code] of [
    [
      "is larger once it is decompressed",
      "gzip",
      gzipSync(Buffer.alloc(100 * UndiciClient.MAX_SIZE)),
      "CODING_TOO_LARGE"
    ],
    ["breaks off", "gzip", gzipSync("a text").subarray(0, 20), "BROKEN_CODING"],
    ["is in a coding that nobody knows", "zstd", Buffer.from("a text"), "UNKNOWN_CODING"]
  ] as const) {
    it.live(`fails with the status where the answer ${what}`, () =>
      Effect.gen(function* () {
        const base = yield* serving((_request, response) =>
          response.writeHead(403, { "content-encoding": encoding }).end(body)
        )
        const error = yield* fails(HttpClientRequest.get(base))
        assert.deepStrictEqual([tagOf(error), error.response?.status, codeOf(error)], ["DecodeError", 403, code])
      }).pipe(Effect.provide(roomy))
    )
  }

  it.live("reads an answer that is compressed, although nobody asked", () =>
    Effect.gen(function* () {
      const text = "Grüße, 世界"
      for (const [encoding, body] of [
        ["gzip", gzipSync(text)],
        ["deflate", deflateRawSync(text)],
        [["gzip", "br"], brotliCompressSync(gzipSync(text))]
      ] as const) {
        const base = yield* serving((_request, response) => {
          response.setHeader("content-encoding", encoding)
          for (const byte of body) response.write(Buffer.from([byte]))
          response.end()
        })
        const response = yield* HttpClient.get(base)
        assert.strictEqual(yield* response.text, text)
        assert.strictEqual(Buffer.from(yield* response.arrayBuffer).toString(), text)
      }
    }).pipe(Effect.provide(client))
  )

  it.live("lets go of the connection of a request that is interrupted", () =>
    Effect.gen(function* () {
      const came = yield* Deferred.make<void>()
      const left = yield* Deferred.make<void>()
      const base = yield* serving((request) => {
        request.socket.on("close", () => Deferred.doneUnsafe(left, Effect.void))
        Deferred.doneUnsafe(came, Effect.void)
      })
      const waiting = yield* Effect.forkChild(HttpClient.get(base))
      yield* Deferred.await(came)
      yield* Fiber.interrupt(waiting)
      yield* Deferred.await(left)
    }).pipe(Effect.provide(client))
  )

  it.live("is not sent where it is interrupted before it has a connection", () =>
    Effect.gen(function* () {
      let requests = 0
      const base = yield* serving((_request, response) => {
        requests += 1
        response.end()
      })
      const waiting = yield* Effect.forkChild(HttpClient.get(`${base}/first`), { startImmediately: true })
      yield* Fiber.interrupt(waiting)
      yield* HttpClient.get(`${base}/second`)
      assert.strictEqual(requests, 1)
    }).pipe(Effect.provide(client))
  )

  it.live("accepts a status that the platform refuses", () =>
    Effect.gen(function* () {
      const base = yield* serving((_request, response) => response.writeHead(999).end("odd"))
      const response = yield* HttpClient.get(base)
      assert.deepStrictEqual([response.status, yield* response.text], [999, "odd"])
      assert.strictEqual(Buffer.from(yield* response.arrayBuffer).toString(), "odd")
      assert.include(JSON.stringify(response), "request")
    }).pipe(Effect.provide(client))
  )

  for (const [what, request] of [
    ["a stream", HttpClientRequest.bodyStream(HttpClientRequest.post("http://127.0.0.1:9/"), Stream.empty)],
    ["a form", HttpClientRequest.bodyFormData(HttpClientRequest.post("http://127.0.0.1:9/"), new FormData())],
    ["anywhere else than to a URL", HttpClientRequest.get("nowhere")]
  ] as const) {
    it.live(`does not send ${what}`, () =>
      Effect.gen(function* () {
        const error = yield* fails(request)
        assert.strictEqual(tagOf(error), "TransportError")
        assert.isUndefined(codeOf(error))
      }).pipe(Effect.provide(client))
    )
  }
})
