/** Bare connections to the router, for requests that no HTTP client would send. */
import { createConnection, type Socket } from "node:net"
import { Effect, type Scope } from "effect"

/** What came back: a status; `closed` where the connection ended without an answer; `reset` where it broke; `silence` where nothing came. */
export interface Heard {
  readonly outcome: number | "closed" | "reset" | "silence"
  readonly head: string
  readonly body: string
}

/** One connection after the other, each kept for as long as the router keeps it. */
export interface Wire {
  /**
   * Sends these bytes and waits for one whole answer, or the end of the connection. `isLast`: they may break the connection's framing, so
   * nothing is sent after them, and the connection is not used again.
   */
  readonly ask: (bytes: Uint8Array, method: string, isLast: boolean) => Effect.Effect<Heard>
}

/** Longer than the router takes for an answer. */
const PATIENCE = "20 seconds"

/** A whole answer at the start of these bytes, if there is one by now. */
const parse = (
  bytes: Buffer,
  method: string
): (Heard & { readonly isKept: boolean; readonly size: number }) | undefined => {
  const end = bytes.indexOf("\r\n\r\n")
  if (end === -1) return undefined
  const head = bytes.toString("latin1", 0, end)
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1])
  const start = end + 4
  if (status === 100) {
    const next = parse(bytes.subarray(start), method)
    return next && { ...next, size: next.size + start }
  }
  const rest = bytes.subarray(start)
  const isKept = !/^connection: close/im.test(head)
  const length =
    method === "HEAD" || status === 204 ? 0 : Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? Number.NaN)
  const isChunked = Number.isNaN(length) && /^transfer-encoding: *chunked/im.test(head)
  const size = isChunked ? rest.indexOf("0\r\n\r\n") + 5 : Number.isNaN(length) ? 0 : length
  if (isChunked ? size === 4 : rest.length < size) return undefined
  return { outcome: status, head, body: rest.toString("utf8", 0, size), isKept, size: start + size }
}

/** Makes a wire to a port of this machine. */
export const makeWire = (port: number): Effect.Effect<Wire, never, Scope.Scope> =>
  Effect.gen(function* () {
    let kept: Socket | undefined
    yield* Effect.addFinalizer(() => Effect.sync(() => kept?.destroy()))

    const ask: Wire["ask"] = (bytes, method, isLast) =>
      Effect.callback<Heard>((resume) => {
        const socket = isLast || kept === undefined ? createConnection({ host: "127.0.0.1", port }) : kept
        if (!isLast) kept = socket
        let received: Buffer = Buffer.alloc(0)
        const finish = (heard: Heard, isKept: boolean) => {
          socket.removeAllListeners()
          // Whatever happens to it now is of no interest.
          socket.on("error", () => {})
          if (!isKept) {
            socket.destroy()
            if (kept === socket) kept = undefined
          }
          resume(Effect.succeed(heard))
        }
        socket.on("data", (piece) => {
          received = Buffer.concat([received, piece])
          const answer = parse(received, method)
          if (answer !== undefined) finish(answer, answer.isKept && !isLast && received.length === answer.size)
        })
        socket.on("error", (error) => finish({ outcome: "reset", head: error.message, body: "" }, false))
        socket.on("end", () => finish({ outcome: "closed", head: "", body: received.toString("latin1") }, false))
        socket.write(bytes)
        if (isLast) socket.end()
        return Effect.sync(() => finish({ outcome: "silence", head: "", body: "" }, false))
      }).pipe(
        Effect.timeoutOrElse({
          duration: PATIENCE,
          orElse: () => Effect.succeed<Heard>({ outcome: "silence", head: "", body: "" })
        })
      )

    return { ask }
  })
