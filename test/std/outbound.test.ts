import { createServer } from "node:http"
import { type AddressInfo, createServer as createRawServer, type Server } from "node:net"
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { HttpClient } from "effect/http"
import { codeOf } from "../../src/std/codeOf.ts"
import * as outbound from "../../src/std/outbound.ts"
import { except, inWords, makeWayTo, type OutboundProxy, Proxies, type ProxySettings } from "../../src/std/Proxies.ts"
import * as UndiciClient from "../../src/std/UndiciClient.ts"
import { type ProxyFault, type ProxyOptions, startProxy } from "../support/proxy.ts"

const MAX_SIZE = 1000
const PASSWORD = "p@ss:wörd"

/** A server that answers each request with its path, unless it is asked for a long answer. */
const origin = Effect.map(
  Effect.acquireRelease(
    Effect.callback<ReturnType<typeof createServer>>((resume) => {
      const server = createServer(({ headers, url }, response) => {
        response.end(url === "/long" ? "x".repeat(MAX_SIZE + 1) : JSON.stringify({ url, headers }))
      })
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) =>
      Effect.sync(() => {
        server.close()
        server.closeAllConnections()
      })
  ),
  (server) => (server.address() as AddressInfo).port
)

const proxyAt = (port: number, setting: string, credentials = ""): OutboundProxy => ({
  url: Redacted.make(`http://${credentials}127.0.0.1:${port}`),
  shown: `http://127.0.0.1:${port}`,
  setting
})

/** A client of this kind, through these proxies. */
const client = (kind: "whole" | "streaming", proxies: ProxySettings, connectTimeout = 5000) =>
  (kind === "whole" ? UndiciClient.layer : NodeHttpClient.layerUndiciNoDispatcher).pipe(
    Layer.provide(outbound.layer({ connectTimeout, maxResponseSize: MAX_SIZE, connections: 2 })),
    Layer.provide(Layer.succeed(Proxies, proxies)),
    Layer.fresh
  )

/** An origin, a proxy before it, and settings that name the proxy. */
const behindProxy = Effect.fnUntraced(function* (options: Omit<ProxyOptions, "target"> = {}, credentials = "") {
  const target = yield* origin
  const proxy = yield* startProxy({ target, ...options })
  const { port } = proxy
  const proxies: ProxySettings = {
    http: proxyAt(port, "HTTP_PROXY", credentials),
    https: proxyAt(port, "HTTPS_PROXY", credentials),
    noProxy: "except.test"
  }
  return { target, proxies, ...proxy }
})

const get = (url: string) =>
  Effect.flatMap(HttpClient.get(url), ({ status, text }) => Effect.map(text, (text) => ({ status, text })))

describe("connections through a proxy", () => {
  for (const kind of ["whole", "streaming"] as const) {
    it.live(`are made for a host that only the proxy knows, by the ${kind} client`, () =>
      Effect.gen(function* () {
        const { proxies, seen } = yield* behindProxy()
        const { status, text } = yield* Effect.provide(get("http://cxone.test/a?b=c"), client(kind, proxies))
        const { headers, url } = JSON.parse(text)
        assert.deepStrictEqual([status, url, headers.host], [200, "/a?b=c", "cxone.test"])
        assert.deepStrictEqual(seen, ["GET http://cxone.test/a?b=c"])
      })
    )

    it.live(`show the proxy its user and password, and the host nothing of them, by the ${kind} client`, () =>
      Effect.gen(function* () {
        const user = `us%3Aer:${encodeURIComponent(PASSWORD)}@`
        const { proxies, seen } = yield* behindProxy({ credentials: `us:er:${PASSWORD}` }, user)
        const { status, text } = yield* Effect.provide(get("http://cxone.test/a"), client(kind, proxies))
        assert.deepStrictEqual([status, seen.length], [200, 1])
        assert.notProperty(JSON.parse(text).headers, "proxy-authorization")
      })
    )

    it.live(`are not made for hosts of NO_PROXY, by the ${kind} client`, () =>
      Effect.gen(function* () {
        const { proxies, seen, target } = yield* behindProxy()
        const direct = client(kind, except(proxies, `127.0.0.1:${target}`))
        assert.strictEqual((yield* Effect.provide(get(`http://127.0.0.1:${target}/a`), direct)).status, 200)
        assert.deepStrictEqual(seen, [])
      })
    )

    it.live(`keep the limit of an answer's size, by the ${kind} client`, () =>
      Effect.gen(function* () {
        const { proxies } = yield* behindProxy()
        const error = yield* Effect.flip(Effect.provide(get("http://cxone.test/long"), client(kind, proxies)))
        assert.strictEqual(codeOf(error), "UND_ERR_RES_EXCEEDED_MAX_SIZE")
      })
    )

    for (const [scheme, what, fault, code] of [
      ["http", "wants other credentials", { status: 407 }, "PROXY_ANSWERED_407"],
      ["https", "wants other credentials", { status: 407 }, "PROXY_ANSWERED_407"],
      ["https", "does not allow the host", { status: 403 }, "PROXY_ANSWERED_403"],
      ["https", "cannot reach the host", { status: 503 }, "PROXY_ANSWERED_503"],
      ["https", "opens the tunnel with another status", { status: 201 }, "PROXY_ANSWERED_201"],
      ["http", "drops the connection", "drop", "UND_ERR_SOCKET"],
      ["https", "drops the connection", "drop", "UND_ERR_PRX_CONN"],
      ["https", "takes a tunnel and never answers", "hang", "UND_ERR_HEADERS_TIMEOUT"]
    ] as const satisfies ReadonlyArray<readonly [string, string, ProxyFault, string]>) {
      it.live(`fail with a code where the proxy ${what} (${scheme}), by the ${kind} client`, () =>
        Effect.gen(function* () {
          const { proxies } = yield* behindProxy({ fault: () => fault })
          const error = yield* Effect.flip(Effect.provide(get(`${scheme}://cxone.test/`), client(kind, proxies, 200)))
          assert.strictEqual(codeOf(error), code)
        })
      )
    }

    it.live(`fail with a code where what is at the proxy's address speaks no HTTP, by the ${kind} client`, () =>
      Effect.gen(function* () {
        const greeter = yield* Effect.acquireRelease(
          Effect.callback<Server>((resume) => {
            const server = createRawServer((socket) => void socket.on("error", () => {}).end("SSH-2.0-OpenSSH_9.9\r\n"))
            server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
          }),
          (server) => Effect.sync(() => server.close())
        )
        const proxy = proxyAt((greeter.address() as AddressInfo).port, "HTTP_PROXY")
        const through = client(kind, { http: proxy, https: proxy, noProxy: "" })
        for (const scheme of ["http", "https"]) {
          const error = yield* Effect.flip(Effect.provide(get(`${scheme}://cxone.test/`), through))
          assert.match(codeOf(error) ?? "", /^(HPE_\w+|HTTPParserError)$/)
        }
      })
    )

    it.live(`fail where nothing listens at the proxy's address, by the ${kind} client`, () =>
      Effect.gen(function* () {
        const { proxies } = yield* Effect.scoped(behindProxy())
        for (const scheme of ["http", "https"]) {
          const error = yield* Effect.flip(Effect.provide(get(`${scheme}://cxone.test/`), client(kind, proxies)))
          assert.strictEqual(codeOf(error), "ECONNREFUSED")
        }
      })
    )
  }

  it.live("are no more than the limit allows", () =>
    Effect.gen(function* () {
      let now = 0
      let most = 0
      const server = createServer((_request, response) => {
        most = Math.max(most, ++now)
        setTimeout(() => {
          now--
          response.end("done")
        }, 20)
      })
      yield* Effect.acquireRelease(
        Effect.callback<void>((resume) => {
          server.listen(0, "127.0.0.1", () => resume(Effect.void))
        }),
        () => Effect.sync(() => server.close())
      )
      const proxies = {
        http: proxyAt((server.address() as AddressInfo).port, "HTTP_PROXY"),
        https: undefined,
        noProxy: ""
      }
      yield* Effect.forEach(Array(8).keys(), () => get(`http://cxone.test/`), { concurrency: 8 }).pipe(
        Effect.provide(client("whole", proxies))
      )
      assert.strictEqual(most, 2)
    })
  )

  it.live("do not follow the environment's variables, which the settings have read", () =>
    Effect.gen(function* () {
      const { port, seen, target } = yield* behindProxy()
      const names = ["HTTP_PROXY", "https_proxy", "NO_PROXY"]
      const before = names.map((name) => process.env[name])
      yield* Effect.acquireRelease(
        Effect.sync(() => {
          process.env.HTTP_PROXY = `http://127.0.0.1:${port}`
          // Not as undici would take it.
          process.env.https_proxy = `user:password@127.0.0.1:${port}`
          process.env.NO_PROXY = "*"
        }),
        () =>
          Effect.sync(() => {
            for (const [index, name] of names.entries()) {
              if (before[index] === undefined) delete process.env[name]
              else process.env[name] = before[index]
            }
          })
      )
      const https = { http: undefined, https: proxyAt(port, "HTTPS_PROXY"), noProxy: "" }
      const asked = yield* Effect.provide(get(`http://127.0.0.1:${target}/a`), client("whole", https))
      assert.deepStrictEqual([asked.status, seen], [200, []])
      const http = { ...https, http: proxyAt(port, "HTTP_PROXY") }
      const wayTo = yield* Effect.provideService(makeWayTo, Proxies, http)
      assert.strictEqual(inWords(wayTo("http://cxone.test")), `through http://127.0.0.1:${port} (HTTP_PROXY)`)
      yield* Effect.provide(get("http://cxone.test/a"), client("whole", http))
      assert.deepStrictEqual(seen, ["GET http://cxone.test/a"])
    })
  )
})

describe("the way to a host", () => {
  const http = proxyAt(1, "HTTP_PROXY")
  const https = proxyAt(2, "https_proxy")
  const wayTo = (url: string, proxies: Partial<ProxySettings>) =>
    makeWayTo.pipe(
      Effect.map((wayTo) => inWords(wayTo(url))),
      Effect.provideService(Proxies, { http: undefined, https: undefined, noProxy: "", ...proxies })
    )

  for (const [url, proxies, way] of [
    ["https://mypurecloud.com", {}, "directly"],
    ["https://mypurecloud.com", { https }, "through http://127.0.0.1:2 (https_proxy)"],
    ["http://cxone.test", { https }, "directly"],
    ["http://cxone.test", { http, https }, "through http://127.0.0.1:1 (HTTP_PROXY)"],
    ["https://mypurecloud.com", { http }, "through http://127.0.0.1:1 (HTTP_PROXY)"],
    ["https://api.example.com", { https, noProxy: "other.com, .example.com" }, "directly (NO_PROXY)"],
    [
      "https://api.example.com:8443/x",
      { https, noProxy: "example.com:443" },
      "through http://127.0.0.1:2 (https_proxy)"
    ],
    ["https://api.example.com/x", { https, noProxy: "example.com:443" }, "directly (NO_PROXY)"],
    ["http://[::1]:4010", { http, noProxy: "localhost ::1" }, "directly (NO_PROXY)"],
    ["http://127.0.0.1:4010", { http, noProxy: "127.0.0.1" }, "directly (NO_PROXY)"],
    ["http://10.1.2.3", { http, noProxy: "10.0.0.0/8" }, "through http://127.0.0.1:1 (HTTP_PROXY)"],
    ["http://cxone.test", { http, noProxy: "*" }, "directly (NO_PROXY)"]
  ] as const) {
    it.effect(`to ${url} with ${JSON.stringify(proxies)} is ${way}`, () =>
      Effect.map(wayTo(url, proxies), (shown) => assert.strictEqual(shown, way))
    )
  }
})
