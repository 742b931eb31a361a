/** Node's server as ours are: idle connections, slow senders, upgrades, and the end. */
import type { AddressInfo } from "node:net"
import { createConnection, type Socket } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeServer } from "../../src/cognigy/http/nodeServer.ts"
import { makeNodeServer, type NodeServerOptions } from "../../src/std/nodeServer.ts"

/** A server that answers with what it read, its way to close, and connections to it. */
const listening = Effect.fnUntraced(function* (options?: NodeServerOptions) {
  const { beforeClose, server } = makeNodeServer(options)
  // As Effect's adapter does.
  server.on("upgrade", (_request, socket) => socket.destroy())
  server.on("request", (request, response) => {
    const pieces: Array<Buffer> = []
    request.on("data", (piece: Buffer) => pieces.push(piece))
    request.on("end", () => response.end(`<${request.method} ${Buffer.concat(pieces).toString()}>`))
  })
  server.on("checkContinue", (request, response) => {
    response.writeContinue()
    request.resume().on("end", () => response.end("<continued>"))
  })
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.void))
    }),
    () =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  )
  const { port } = server.address() as AddressInfo
  const connect = Effect.acquireRelease(
    Effect.callback<Socket>((resume) => {
      const socket = createConnection({ host: "127.0.0.1", port }, () => resume(Effect.succeed(socket)))
    }),
    (socket) => Effect.sync(() => socket.destroy())
  )
  return { server, beforeClose, connect }
})

/** Writes, and waits for all that comes until this text, or until the end. */
const exchange = (socket: Socket, bytes: string, until?: string) =>
  Effect.callback<string>((resume) => {
    let text = ""
    const end = () => {
      socket.off("data", receive)
      resume(Effect.succeed(text))
    }
    const receive = (piece: Buffer) => {
      text += piece
      if (until !== undefined && text.includes(until)) end()
    }
    socket.on("data", receive)
    socket.once("close", end)
    socket.on("error", () => {})
    socket.write(bytes)
  })

const get = "GET / HTTP/1.1\r\nhost: router\r\n\r\n"

const post = (...headers: ReadonlyArray<string>) => `POST / HTTP/1.1\r\nhost: router\r\n${headers.join("\r\n")}\r\n\r\n`

describe("the times of a server", () => {
  it("let connections be idle for 75 s, and are longer for what Node counts from a connection's opening", () => {
    const { server } = makeServer()
    assert.deepStrictEqual(
      [server.keepAliveTimeout, server.headersTimeout, server.requestTimeout],
      [75_000, 85_000, 85_000]
    )
    assert.strictEqual(server.maxConnections, 10_000)
  })

  it.each([
    { keepAlive: "620 seconds", expected: 620_000 },
    { keepAlive: "0.5 millis", expected: 1 },
    { keepAlive: 0, expected: 1 },
    { keepAlive: "60 days", expected: 86_400_000 },
    { keepAlive: "Infinity", expected: 86_400_000 }
  ] as const)("are ones that Node takes: $keepAlive", ({ expected, keepAlive }) => {
    const { server } = makeNodeServer({ keepAlive })
    assert.deepStrictEqual([server.keepAliveTimeout, server.headersTimeout], [expected, expected + 10_000])
  })

  it.live("tell senders how long a connection may be idle", () =>
    Effect.gen(function* () {
      const { connect } = yield* listening({ keepAlive: "20 seconds" })
      assert.match(yield* exchange(yield* connect, get, ">"), /^keep-alive: timeout=20\r$/im)
    })
  )

  it.live("end idle connections", () =>
    Effect.gen(function* () {
      const { connect } = yield* listening({ keepAlive: "1 millis" })
      assert.match(yield* exchange(yield* connect, get), /^HTTP\/1\.1 200 .*<GET >$/s)
    })
  )
})

describe("a head", () => {
  it.live("that never ends is answered 408", () =>
    Effect.gen(function* () {
      const { connect } = yield* listening({ keepAlive: 50, requestTime: 50, checkInterval: 10 })
      assert.match(yield* exchange(yield* connect, "POST / HTTP/1.1\r\nhost: router\r\nx-slow: "), /^HTTP\/1\.1 408 /)
    })
  )

  it.live("that comes in two parts after an idle pause is taken", () =>
    Effect.gen(function* () {
      const { connect } = yield* listening({ keepAlive: "30 seconds", requestTime: 10, checkInterval: 5 })
      const socket = yield* connect
      yield* exchange(socket, get, ">")
      yield* Effect.sleep("100 millis")
      socket.write(get.slice(0, 20))
      yield* Effect.sleep("100 millis")
      assert.include(yield* exchange(socket, get.slice(20), ">"), "<GET >")
    })
  )

  it.live("that is the first of a connection opened for later is taken", () =>
    Effect.gen(function* () {
      const { connect } = yield* listening({ keepAlive: "30 seconds", requestTime: 10, checkInterval: 5 })
      const socket = yield* connect
      yield* Effect.sleep("200 millis")
      assert.include(yield* exchange(socket, get, ">"), "<GET >")
    })
  )
})

describe("a request that asks for an upgrade is answered as without it", () => {
  const body = '{"a":1}'
  const h2c = ["connection: Upgrade, HTTP2-Settings", "upgrade: h2c", "http2-settings: AAEAAEAAAAIAAAAA"]
  const webSocket = [
    "connection: Upgrade",
    "upgrade: websocket",
    "sec-websocket-version: 13",
    "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=="
  ]
  const cases = [
    { what: "h2c", request: post(...h2c, `content-length: ${body.length}`) + body, answer: `<POST ${body}>` },
    {
      what: "h2c, chunked",
      request: `${post(...h2c, "transfer-encoding: chunked")}${body.length}\r\n${body}\r\n0\r\n\r\n`,
      answer: `<POST ${body}>`
    },
    { what: "h2c, no body", request: post(...h2c, "content-length: 0"), answer: "<POST >" },
    {
      what: "websocket",
      request: `GET / HTTP/1.1\r\nhost: router\r\n${webSocket.join("\r\n")}\r\n\r\n`,
      answer: "<GET >"
    },
    {
      what: "websocket, with a body",
      request: post(...webSocket, `content-length: ${body.length}`) + body,
      answer: `<POST ${body}>`
    },
    { what: "unknown", request: post("connection: upgrade", "upgrade: x/1", "content-length: 0"), answer: "<POST >" }
  ]
  it.live.each(cases)("$what", ({ answer, request }) =>
    Effect.gen(function* () {
      const { connect } = yield* listening()
      const socket = yield* connect
      for (let i = 0; i < 2; i++) assert.match(yield* exchange(socket, request, answer), /^HTTP\/1\.1 200 /)
      assert.include(yield* exchange(socket, get, ">"), "<GET >")
    })
  )
})

it.live("an expectation that is not known is answered 417", () =>
  Effect.gen(function* () {
    const { connect } = yield* listening()
    const request = post("expect: 200-ok", "content-length: 2")
    assert.match(yield* exchange(yield* connect, `${request}{}`, "\r\n\r\n"), /^HTTP\/1\.1 417 /)
  })
)

describe("the end of a server", () => {
  it.live("lets a kept connection send what is on its way, and closes it with the answer", () =>
    Effect.gen(function* () {
      const { beforeClose, connect, server } = yield* listening({ grace: "30 seconds" })
      const [first, second] = [yield* connect, yield* connect]
      for (const socket of [first, second]) yield* exchange(socket, get, ">")
      yield* beforeClose
      server.close()
      for (const [socket, request] of [
        [first, get],
        [second, `${post("expect: 100-continue", "content-length: 2")}{}`]
      ] as const) {
        const answer = yield* exchange(socket, request)
        assert.match(answer, /HTTP\/1\.1 200 .*^connection: close\r$.*>$/ims)
      }
    })
  )

  it.live("closes connections that send nothing", () =>
    Effect.gen(function* () {
      const { beforeClose, connect, server } = yield* listening({ grace: 10 })
      const kept = yield* connect
      yield* exchange(kept, get, ">")
      const unused = yield* connect
      yield* beforeClose
      const closed = Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
      })
      const answers = Effect.all([exchange(kept, ""), exchange(unused, "")], { concurrency: 2 })
      const [received] = yield* Effect.all([answers, closed], { concurrency: 2 })
      assert.deepStrictEqual(received, ["", ""])
    })
  )
})
