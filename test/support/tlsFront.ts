/** TLS in front of a port of this machine, for the host `cxone.test`, with a certificate that nobody trusts unless told to. */
import { readFileSync } from "node:fs"
import { type AddressInfo, connect } from "node:net"
import { createServer, type TLSSocket } from "node:tls"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"

const file = (name: string) => fileURLToPath(new URL(`tls/${name}`, import.meta.url))

/** The certificate's file, for `NODE_EXTRA_CA_CERTS`. */
export const certificate = file("cert.pem")

/** Starts it on a free port of 127.0.0.1, which closes with the scope. */
export const tlsFront = (target: number) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.callback<{ readonly port: number; readonly close: () => void }>((resume) => {
        const sockets = new Set<TLSSocket>()
        const server = createServer(
          { key: readFileSync(file("key.pem")), cert: readFileSync(certificate) },
          (socket) => {
            const onward = connect(target, "127.0.0.1")
            sockets.add(socket)
            socket
              .on("error", () => {})
              .on("close", () => {
                sockets.delete(socket)
                onward.destroy()
              })
            onward.on("error", () => socket.destroy())
            socket.pipe(onward).pipe(socket)
          }
        )
        server.on("tlsClientError", () => {})
        server.listen(0, "127.0.0.1", () => {
          const close = () => {
            server.close()
            for (const socket of sockets) socket.destroy()
          }
          resume(Effect.succeed({ port: (server.address() as AddressInfo).port, close }))
        })
      }),
      ({ close }) => Effect.sync(close)
    ),
    ({ port }) => port
  )
