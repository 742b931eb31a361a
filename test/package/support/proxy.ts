/** An HTTP proxy that passes calls on, and keeps what goes through it. */
import { createServer, request as send } from "node:http"
import type { AddressInfo } from "node:net"
import { Effect } from "effect"

/** A call that went through, and its headers. */
export interface Passed {
  readonly call: string
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
}

/** Starts a proxy on a free port of 127.0.0.1, which closes with the scope. */
export const startProxy = Effect.acquireRelease(
  Effect.callback<{ readonly url: string; readonly passed: ReadonlyArray<Passed>; readonly close: () => void }>(
    (resume) => {
      const passed: Array<Passed> = []
      const server = createServer((request, response) => {
        const { headers, method = "", url = "" } = request
        passed.push({ call: `${method} ${new URL(url).pathname}`, headers })
        const onward = send(url, { method, headers }, (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers)
          answer.pipe(response)
        })
        onward.on("error", () => response.destroy())
        request.pipe(onward)
      })
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo
        const close = () => {
          server.close()
          server.closeAllConnections()
        }
        resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, passed, close }))
      })
    }
  ),
  ({ close }) => Effect.sync(close)
)
