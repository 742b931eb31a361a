/** An HTTP proxy for tests. Whatever host it is asked for, it passes on to one port of this machine: names need no DNS. */
import { createServer, request as send } from "node:http"
import { type AddressInfo, connect, type Socket } from "node:net"
import { Effect } from "effect"

/** What the proxy does instead of passing on. */
export type ProxyFault = { readonly status: number } | "hang" | "drop"

/** How the proxy behaves. */
export interface ProxyOptions {
  /** The port of 127.0.0.1 behind it. */
  readonly target: number
  /** `user:password`; without them, or with others, it answers 407. */
  readonly credentials?: string
  /** Looked at before each request. */
  readonly fault?: () => ProxyFault | undefined
}

/** Starts a proxy on a free port of 127.0.0.1. `seen` fills with the requests, such as `CONNECT cxone.test:443`. It closes with the scope. */
export const startProxy = ({ credentials, fault, target }: ProxyOptions) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly port: number; readonly seen: ReadonlyArray<string>; readonly close: () => void }>(
      (resume) => {
        const seen: Array<string> = []
        const tunnels = new Set<Socket>()
        const wanted = credentials && `Basic ${Buffer.from(credentials).toString("base64")}`
        const faultOf = (authorization: string | undefined): ProxyFault | undefined =>
          authorization === wanted ? fault?.() : { status: 407 }
        const server = createServer((request, response) => {
          const { headers, method = "", url = "" } = request
          const { "proxy-authorization": authorization, ...others } = headers
          seen.push(`${method} ${url}`)
          const wrong = faultOf(authorization)
          if (wrong !== undefined) {
            if (wrong === "drop") request.socket.destroy()
            else if (wrong !== "hang") response.writeHead(wrong.status).end("the proxy's page")
            return
          }
          const { pathname, search } = new URL(url)
          const onward = send({ host: "127.0.0.1", port: target, method, path: pathname + search, headers: others })
          onward.on("response", (answer) => {
            response.writeHead(answer.statusCode ?? 502, answer.headers)
            answer.pipe(response)
          })
          onward.on("error", () => response.destroy())
          request.pipe(onward)
        })
        server.on("connect", ({ headers, url }, socket: Socket) => {
          seen.push(`CONNECT ${url}`)
          tunnels.add(socket)
          socket.on("error", () => {}).on("close", () => tunnels.delete(socket))
          const wrong = faultOf(headers["proxy-authorization"])
          if (wrong !== undefined) {
            if (wrong === "drop") socket.destroy()
            else if (wrong !== "hang") socket.end(`HTTP/1.1 ${wrong.status} No\r\ncontent-length: 2\r\n\r\nno`)
            return
          }
          const onward = connect(target, "127.0.0.1", () => {
            socket.write("HTTP/1.1 200 Connection established\r\n\r\n")
            socket.pipe(onward).pipe(socket)
          })
          onward.on("error", () => socket.destroy())
          socket.on("close", () => onward.destroy())
        })
        server.listen(0, "127.0.0.1", () => {
          const { port } = server.address() as AddressInfo
          const close = () => {
            server.close()
            server.closeAllConnections()
            for (const tunnel of tunnels) tunnel.destroy()
          }
          resume(Effect.succeed({ port, seen, close }))
        })
      }
    ),
    ({ close }) => Effect.sync(close)
  )
