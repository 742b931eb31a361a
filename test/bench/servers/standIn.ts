/**
 * A CXone that gives each call the right answer after the same delay, with as little work as it can, and counts them: in a
 * process of its own, and on bare sockets, so that it is never what a measurement waits for. It takes traces, too.
 */
import { createServer, type Socket } from "node:net"

/** How many calls of each operation there were. */
export interface Calls {
  token: number
  open: number
  findActive: number
  action: number
  label: number
  traces: number
  /** Calls that the contract does not have: there must be none. */
  other: number
}

/** What the stand-in can be asked for. It answers each with the calls since the last `begin`. */
export type StandInAsk =
  /** From now on answers take so many milliseconds, and calls are counted from 0. */
  { readonly ask: "begin"; readonly delay: number } | { readonly ask: "calls" }

const none = (): Calls => ({ token: 0, open: 0, findActive: 0, action: 0, label: 0, traces: 0, other: 0 })

let calls = none()
let delay = 0
let opened = 0

const json = (status: string, body: string) =>
  `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`

const token = json("200 OK", '{"access_token":"bench-token","token_type":"bearer","expires_in":86400}')
const conflict = json("409 Conflict", '{"message":"the user has an active conversation"}')
const done = "HTTP/1.1 204 No Content\r\n\r\n"
const unknown = json("404 Not Found", "{}")
const empty = json("200 OK", "{}")

const CONVERSATIONS = "/api/v2/conversations/webchat"

/** The id of the conversation with a number. */
const idOf = (number: string) => `c0000000-0000-4000-8000-${number.padStart(12, "0")}`

const answerTo = (request: string): string => {
  const [method, path = ""] = request.slice(0, request.indexOf(" HTTP/1.1\r\n")).split(" ")
  if (method === "POST" && path === CONVERSATIONS) {
    calls.open++
    return request.includes('"cognigy_returning-')
      ? conflict
      : json("201 Created", `{"id":"${idOf(String(++opened))}"}`)
  }
  if (method === "POST" && path.endsWith("/actions")) {
    calls.action++
    return done
  }
  if (method === "PUT" && path.endsWith("/labels")) {
    calls.label++
    return done
  }
  if (method === "GET" && path.startsWith(`${CONVERSATIONS}?`)) {
    calls.findActive++
    // The user's number, so that each user has a conversation of their own.
    return json("200 OK", `{"items":[{"id":"${idOf(/returning-(\d+)/.exec(path)?.[1] ?? "")}"}]}`)
  }
  if (path === "/oauth/token") {
    calls.token++
    return token
  }
  if (path === "/v1/traces") {
    calls.traces++
    return empty
  }
  calls.other++
  return unknown
}

const listen = (socket: Socket) => {
  socket.setNoDelay(true)
  let rest = ""
  socket.on("data", (chunk) => {
    let text = rest + chunk.toString("latin1")
    for (;;) {
      const head = text.indexOf("\r\n\r\n")
      if (head === -1) break
      const end = head + 4 + Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? 0)
      if (text.length < end) break
      const answer = answerTo(text.length === end ? text : text.slice(0, end))
      if (delay === 0) socket.write(answer, "latin1")
      else setTimeout(() => socket.write(answer, "latin1"), delay)
      text = text.slice(end)
    }
    rest = text
  })
  // Servers that end leave connections behind; what was not answered is missing in the counts of their side.
  socket.on("error", () => socket.destroy())
}

process.on("message", (message: StandInAsk) => {
  if (message.ask === "begin") {
    delay = message.delay
    calls = none()
  }
  process.send?.(calls)
})
process.on("disconnect", () => process.exit())

const server = createServer(listen).listen(0, "127.0.0.1", () => process.send?.(server.address()))
