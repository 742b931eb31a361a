import { createServer } from "node:net"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it, vi } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { CXoneSimulator } from "../../src/simulator/CXoneSimulator.ts"
import { PactVerifier } from "./support/PactVerifier.ts"
import { cxonePact } from "./support/pacts.ts"

/** A proxy for all that leaves the machine; it only counts who comes. */
const proxy = Effect.acquireRelease(
  Effect.callback<{ readonly url: string; readonly visits: () => number; readonly close: () => void }>((resume) => {
    let visits = 0
    const server = createServer((socket) => {
      visits++
      socket.destroy()
    })
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      const port = address !== null && typeof address === "object" ? address.port : 0
      resume(
        Effect.succeed({ url: `http://127.0.0.1:${port}`, visits: () => visits, close: () => void server.close() })
      )
    })
  }),
  ({ close }) => Effect.sync(close)
)

describe("verification", () => {
  it.live("tells nobody that it ran", () =>
    Effect.gen(function* () {
      const { url, visits } = yield* proxy
      vi.stubEnv("HTTPS_PROXY", url)
      const { baseUrl } = yield* CXoneSimulator
      const { verify } = yield* PactVerifier
      yield* verify({ pact: cxonePact.committed, baseUrl, statesUrl: `${baseUrl}/__simulator/provider-states` })
      assert.strictEqual(visits(), 0)
    }).pipe(
      Effect.ensuring(Effect.sync(() => vi.unstubAllEnvs())),
      Effect.provide([CXoneSimulator.layer(), Layer.fresh(Layer.provide(PactVerifier.layer, NodeServices.layer))])
    )
  )
})
