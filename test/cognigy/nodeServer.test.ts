/** Node's own limits of the server. */
import { createConnection } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { makeServer } from "../../src/cognigy/http/nodeServer.ts"

describe("the server", () => {
  it("gives a request's head and body ten seconds, and no more", () => {
    const { server } = makeServer()
    assert.deepStrictEqual([server.headersTimeout, server.requestTimeout], [10_000, 10_000])
    assert.strictEqual(server.maxConnections, 10_000)
  })

  it.live("answers 408 to a head that does not end in time, and closes the connection", () =>
    Effect.gen(function* () {
      const { server } = makeServer({ requestTimeout: Duration.millis(100), checkInterval: Duration.millis(10) })
      const port = yield* Effect.acquireRelease(
        Effect.callback<number>((resume) => {
          server.listen(0, "127.0.0.1", () => {
            const address = server.address()
            resume(Effect.succeed(typeof address === "object" ? (address?.port ?? 0) : 0))
          })
        }),
        () => Effect.sync(() => server.close())
      )
      const answer = yield* Effect.callback<string>((resume) => {
        let text = ""
        const socket = createConnection({ host: "127.0.0.1", port })
        socket.on("data", (data) => {
          text += data
        })
        socket.once("close", () => resume(Effect.succeed(text)))
        socket.write("POST /webhook/cognigy HTTP/1.1\r\nhost: router\r\nx-slow: ")
      })
      assert.match(answer, /^HTTP\/1\.1 408 /)
    })
  )
})
