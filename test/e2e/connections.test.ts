/** Connections to each server of ours: the router's, that of the metrics, and the simulator's. */
import { createConnection, type Socket } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Fiber, Layer, Scope } from "effect"
import { HttpServer } from "effect/http"
import { TestClock } from "effect/testing"
import * as Server from "../../src/cognigy/http/Server.ts"
import { CXoneSimulator } from "../../src/simulator/CXoneSimulator.ts"
import { sales } from "./support/bodies.ts"
import { Router, withRouter } from "./support/router.ts"
import { untilClosed, webhook } from "./support/socket.ts"

const get = (path: string, ...headers: ReadonlyArray<string>) =>
  [`GET ${path} HTTP/1.1`, "host: router", ...headers, "", ""].join("\r\n")

/** A server on a port, with a request that it answers 200, and its end. */
const servers = [
  {
    server: "the router",
    request: (...headers: ReadonlyArray<string>) => webhook(sales("anna"), ...headers),
    idle: 75,
    start: Effect.map(Router, ({ close, port }) => ({ close, port }))
  },
  {
    server: "the metrics' server",
    request: (...headers: ReadonlyArray<string>) => get("/metrics", ...headers),
    idle: 75,
    start: Effect.gen(function* () {
      const scope = yield* Scope.fork(yield* Effect.scope)
      const context = yield* Layer.buildWithScope(Server.metricsLayer({ host: "127.0.0.1", port: 0 }), scope)
      const { port } = new URL(HttpServer.formatAddress(Context.get(context, HttpServer.HttpServer).address))
      return { close: Scope.close(scope, Exit.void), port: Number(port) }
    })
  },
  {
    server: "the simulator",
    request: (...headers: ReadonlyArray<string>) => get("/__simulator/state", ...headers),
    idle: 120,
    start: Effect.gen(function* () {
      const scope = yield* Scope.fork(yield* Effect.scope)
      const context = yield* Layer.buildWithScope(CXoneSimulator.layer(), scope)
      const { port } = new URL(Context.get(context, CXoneSimulator).baseUrl)
      return { close: Scope.close(scope, Exit.void), port: Number(port) }
    })
  }
]

const connect = (port: number) =>
  Effect.acquireRelease(
    Effect.callback<Socket>((resume) => {
      const socket = createConnection({ host: "127.0.0.1", port }, () => resume(Effect.succeed(socket)))
    }),
    (socket) => Effect.sync(() => socket.destroy())
  )

/** Sends a request, and waits for the head of the answer. */
const head = (socket: Socket, request: string) =>
  Effect.callback<string>((resume) => {
    let text = ""
    const receive = (piece: Buffer) => {
      text += piece
      if (!/\r\n\r\n./s.test(text)) return
      socket.off("data", receive)
      resume(Effect.succeed(text.slice(0, text.indexOf("\r\n\r\n"))))
    }
    socket.on("data", receive)
    socket.write(request)
  })

describe.each(servers)("$server", ({ idle, request, start }) => {
  it.live.each([
    { what: "nothing", headers: [] },
    { what: "h2c", headers: ["connection: Upgrade, HTTP2-Settings", "upgrade: h2c", "http2-settings: AAEAAEAA"] },
    {
      what: "a WebSocket",
      headers: [
        "connection: upgrade",
        "upgrade: websocket",
        "sec-websocket-version: 13",
        "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=="
      ]
    }
  ])("answers a request that asks for $what, and keeps its connection", ({ headers }) =>
    Effect.gen(function* () {
      const { port } = yield* start
      const socket = yield* connect(port)
      const answer = yield* head(socket, request(...headers))
      assert.match(answer, /^HTTP\/1\.1 200 /)
      assert.match(answer, new RegExp(`^keep-alive: timeout=${idle}\r?$`, "im"))
    }).pipe(Effect.scoped, withRouter())
  )

  it.live("answers an expectation of 100-continue, and 417 to any other", () =>
    Effect.gen(function* () {
      const { port } = yield* start
      const continued = yield* untilClosed(yield* connect(port), request("expect: 100-continue", "connection: close"))
      assert.match(continued, /HTTP\/1\.1 200 /)
      const other = yield* untilClosed(yield* connect(port), request("expect: something", "connection: close"))
      assert.match(other, /^HTTP\/1\.1 417 /)
    }).pipe(Effect.scoped, withRouter())
  )
})

it.live.each(servers.slice(0, 2))(
  "while it ends, $server closes a kept connection with its next answer",
  ({ request, start }) =>
    Effect.gen(function* () {
      const { close, port } = yield* start
      const socket = yield* connect(port)
      yield* head(socket, request())
      const closing = yield* Effect.forkChild(close, { startImmediately: true })
      assert.match(yield* untilClosed(socket, request()), /^HTTP\/1\.1 200 .*^connection: close\r$/ims)
      yield* Fiber.join(closing)
    }).pipe(Effect.scoped, withRouter())
)

it.effect("while it ends, the simulator gives the answers that are under way", () =>
  Effect.gen(function* () {
    const scope = yield* Scope.fork(yield* Effect.scope)
    const simulator = Context.get(yield* Layer.buildWithScope(CXoneSimulator.layer(), scope), CXoneSimulator)
    yield* simulator.order({ operation: "whoami", kind: "delay", millis: 1000 })
    const request = get("/api/v2/users/me", `authorization: Bearer ${yield* simulator.issueToken}`)
    const socket = yield* connect(Number(new URL(simulator.baseUrl).port))
    const answer = yield* Effect.forkChild(untilClosed(socket, request), { startImmediately: true })
    yield* simulator.awaitState(({ counts }) => counts.whoami === 1)
    const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void), { startImmediately: true })
    yield* TestClock.adjust("1 second")
    assert.match(yield* Fiber.join(answer), /^HTTP\/1\.1 200 .*^connection: close\r$/ims)
    yield* Fiber.join(closing)
  })
)
