/** The load generator: so many connections at once, each of which sends its next webhook when the last one is answered. */
import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { responseIn } from "./response.ts"
import { percentile } from "./statistics.ts"

/** The webhook's key. */
export const API_KEY = "bench-key-0a1b2c3d4e5f60718293a4b5c6d7e8f9"

/** Whose webhooks are sent: of users that CXone does not know, of users with an active conversation, or the same ones again and again. */
export type Users = "new" | "returning" | "duplicate"

/**
 * For how many milliseconds, after others that are not measured: longer where a server is so slow that each connection has
 * not had two answers by then. Or how many webhooks, and for how many milliseconds at the most.
 */
export type Length =
  | { readonly ramp: number; readonly millis: number }
  | { readonly webhooks: number; readonly atMost?: number }

/** A load on a server. */
export interface Load {
  readonly port: number
  readonly users: Users
  /** How many webhooks are under way at any time. */
  readonly atOnce: number
  readonly length: Length
}

/** What came of it. All answers were 200: any other ends the benchmark. */
export interface Loaded {
  /** All webhooks, measured or not. */
  readonly webhooks: number
  /** Answers per second. */
  readonly throughput: number
  /** Time to the answer, in milliseconds. */
  readonly p50: number
  readonly p99: number
}

/** Numbers of users, which must not come again in another round. */
let lastUser = Date.now()

const DIGITS = 13

/** A webhook, and a way to make it another user's. */
const webhook = (port: number, users: Users) => {
  const prefix = `${users}-`
  const placeholder = "0".repeat(DIGITS)
  const body = JSON.stringify({
    intent: { name: "transfer_to_sales", score: 0.97 },
    entities: [{ name: "product", value: "phone" }],
    session: { sessionId: "session-6a1f" },
    user: { id: prefix + placeholder }
  })
  const text = [
    "POST /webhook/cognigy HTTP/1.1",
    `host: 127.0.0.1:${port}`,
    "content-type: application/json",
    `x-api-key: ${API_KEY}`,
    `idempotency-key: ${placeholder}`,
    `content-length: ${body.length}`,
    "",
    body
  ].join("\r\n")
  const bytes = Buffer.from(text, "latin1")
  const places = [text.indexOf(placeholder), text.lastIndexOf(placeholder)]
  return {
    bytes,
    next: () => {
      const digits = String(++lastUser)
      for (const place of places) bytes.write(digits, place, "latin1")
    }
  }
}

const open = async (port: number): Promise<Socket> => {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true })
  await once(socket, "connect")
  return socket
}

/** Tells what is measured of the answers: all of them, where they are counted. */
const window = (length: Length, atOnce: number) => {
  const start = performance.now()
  const latencies: Array<number> = []
  let before = "webhooks" in length ? 0 : atOnce
  let [from, until] = [start, start]
  let isOver = false

  const mayEnd = () =>
    "webhooks" in length
      ? until - start >= (length.atMost ?? Number.POSITIVE_INFINITY)
      : until - from >= length.millis && latencies.length >= 2 * atOnce

  return {
    isOver: () => isOver,
    answered: (sentAt: number) => {
      if (isOver) return
      const now = performance.now()
      if (before > 0) {
        if (before > 1 || ("ramp" in length && now - start >= length.ramp)) before--
        from = now
        return
      }
      until = now
      latencies.push(now - sentAt)
      isOver = mayEnd()
    },
    measured: () => {
      const sorted = latencies.toSorted((a, b) => a - b)
      return {
        throughput: (sorted.length * 1000) / (until - from),
        p50: percentile(sorted, 0.5),
        p99: percentile(sorted, 0.99)
      }
    }
  }
}

/** Puts a load on a server. */
export const load = async ({ atOnce, length, port, users }: Load): Promise<Loaded> => {
  const sockets = await Promise.all(Array.from({ length: atOnce }, () => open(port)))
  const { answered, isOver, measured } = window(length, atOnce)
  const limit = "webhooks" in length ? length.webhooks : Number.POSITIVE_INFINITY
  let webhooks = 0

  /** Sends webhooks over one connection, until it is time to end. */
  const client = (socket: Socket) =>
    new Promise<void>((resolve, reject) => {
      const { bytes, next } = webhook(port, users)
      next()
      let sentAt: number | undefined
      let received = ""

      const send = () => {
        sentAt = undefined
        if (isOver() || webhooks >= limit) {
          resolve()
          return
        }
        webhooks++
        if (users !== "duplicate") next()
        received = ""
        sentAt = performance.now()
        socket.write(bytes)
      }

      socket.on("data", (chunk) => {
        received += chunk.toString("latin1")
        const response = responseIn(received)
        if (response === undefined || sentAt === undefined) return
        if (response.status !== 200) {
          reject(new Error(`a webhook was answered with ${received}`))
          return
        }
        answered(sentAt)
        send()
      })
      socket.on("error", reject)
      socket.on("close", () => {
        if (sentAt !== undefined) reject(new Error("the server closed a connection and did not answer"))
      })
      send()
    })

  try {
    await Promise.all(sockets.map(client))
  } finally {
    for (const socket of sockets) socket.destroy()
  }
  return { webhooks, ...measured() }
}
