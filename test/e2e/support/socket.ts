/** Bare TCP connections to the router, for what no HTTP client does. */
import { createConnection, type Socket } from "node:net"
import { Effect, Schedule } from "effect"
import { WEBHOOK_PATH } from "../../../src/cognigy/Api.ts"
import { Router } from "./router.ts"

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

/** The bytes of a webhook. */
export const webhook = (body: unknown): string => {
  const text = JSON.stringify(body)
  const length = Buffer.byteLength(text)
  return `POST ${WEBHOOK_PATH} HTTP/1.1\r\nhost: router\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${text}`
}

/** Waits for the next piece of what the router sends. */
export const received = (socket: Socket) =>
  Effect.callback<string>((resume) => {
    socket.once("data", (data) => resume(Effect.succeed(data.toString("utf8"))))
  })
