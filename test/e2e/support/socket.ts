/** Bare TCP connections to the router, for what no HTTP client does. */
import { createConnection, type Socket } from "node:net"
import { Effect, Schedule } from "effect"
import { WEBHOOK_PATH } from "../../../src/cognigy/Api.ts"
import { type Reply, Router } from "./router.ts"

/** Opens a connection that lasts as long as the scope; fails when it is refused. */
export const connect = Effect.flatMap(Router, ({ port }) =>
  Effect.acquireRelease(
    Effect.callback<Socket, Error>((resume) => {
      const socket = createConnection({ host: "127.0.0.1", port })
      socket.once("connect", () => resume(Effect.succeed(socket)))
      socket.once("error", (error) => resume(Effect.fail(error)))
    }),
    (socket) => Effect.sync(() => socket.destroy())
  )
)

/** Waits until new connections are refused. */
export const refusesConnections = Effect.scoped(connect).pipe(
  Effect.flip,
  Effect.retry(Schedule.upTo(Schedule.spaced("10 millis"), { duration: "4 seconds" }))
)

/** The head of a webhook, with these headers too; where none of them says how long the body is, there is none. */
export const head = (...headers: ReadonlyArray<string>): string =>
  [`POST ${WEBHOOK_PATH} HTTP/1.1`, "host: router", "content-type: application/json", ...headers, "", ""].join("\r\n")

/** The bytes of a webhook. */
export const webhook = (body: unknown, ...headers: ReadonlyArray<string>): string => {
  const text = JSON.stringify(body)
  return head(...headers, `content-length: ${Buffer.byteLength(text)}`) + text
}

/** Waits for the next piece of what the router sends. */
export const received = (socket: Socket) =>
  Effect.callback<string>((resume) => {
    socket.once("data", (data) => resume(Effect.succeed(data.toString("utf8"))))
  })

/** Writes to a connection, and waits for all that the router sends until it closes it; whether that happens in order does not matter. */
export const untilClosed = (socket: Socket, ...bytes: ReadonlyArray<string | Uint8Array>) =>
  Effect.callback<string>((resume) => {
    const pieces: Array<Buffer> = []
    socket.on("error", () => {})
    socket.on("data", (piece) => pieces.push(piece))
    socket.once("close", () => resume(Effect.succeed(Buffer.concat(pieces).toString("utf8"))))
    for (const piece of bytes) socket.write(piece)
  })

/** Writes to a connection of its own, and waits for all that the router sends until it closes it. */
export const exchange = (...bytes: ReadonlyArray<string | Uint8Array>) =>
  Effect.scoped(Effect.flatMap(connect, (socket) => untilClosed(socket, ...bytes)))

/** The one answer in what the router sent: `undefined` where it is none, or more. */
export const parseAnswer = (sent: string): Reply | undefined => {
  const [top = "", ...text] = sent.split("\r\n\r\n")
  const [line = "", ...lines] = top.split("\r\n")
  const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(line) ?? []
  if (status === undefined || text.length !== 1) return undefined
  const headers = lines.map((line): [string, string] => {
    const [name = "", value = ""] = line.split(/: (.*)/)
    return [name.toLowerCase(), value]
  })
  return { status: Number(status), headers: Object.fromEntries(headers), text: text.join("") }
}
