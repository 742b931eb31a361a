/** Something between the router and CXone that changes answers, or gives its own. */

import type { IncomingMessage, ServerResponse } from "node:http"
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import { Command } from "effect/cli"
import { doctorCommand } from "../../src/commands/doctor.ts"
import { salesQueueId, supportQueueId } from "../../src/simulator/webchat/SimulatorOptions.ts"
import { version } from "../../src/version.ts"
import { platform } from "../commands/support.ts"
import { output, server } from "../doctor/support.ts"
import { assertProblem, assertSuccess } from "./support/answers.ts"
import { sales } from "./support/bodies.ts"
import { started, withRouter } from "./support/router.ts"

interface Plain {
  readonly status: number
  readonly body?: unknown
}

/** A CXone with a user who has no conversation. */
const answerTo = (method: string, path: string): Plain => {
  if (path === "/oauth/token") return { status: 200, body: { access_token: "planted-token", expires_in: 3600 } }
  if (path === "/api/v2/users/me") return { status: 200, body: { id: "me" } }
  if (path.startsWith("/api/v2/routing/queues/")) return { status: 200, body: { id: path.slice(23), name: "A queue" } }
  if (path === "/api/v2/conversations/webchat") return { status: 201, body: { id: "c-1" } }
  return method === "GET" ? { status: 200, body: { items: [] } } : { status: 200, body: {} }
}

type Change = (plain: Plain, request: IncomingMessage, response: ServerResponse) => void

/** Its address, with something in between that sends its answers on; `requests` fills with what came. */
const behind = Effect.fnUntraced(function* (change: Change) {
  const requests: Array<Pick<IncomingMessage, "headers" | "url">> = []
  const port = yield* server((request, response) => {
    const { headers, method = "", url = "" } = request
    requests.push({ headers, url })
    request.resume().on("end", () => change(answerTo(method, url), request, response))
  })
  return { baseUrl: `http://127.0.0.1:${port}`, requests }
})

const json = { "content-type": "application/json" }

const compressing: Change = ({ body, status }, { url }, response) => {
  const text = JSON.stringify(body)
  const [coding, encode] =
    url === "/oauth/token"
      ? ["x-gzip", gzipSync]
      : url?.endsWith("/actions")
        ? ["br", brotliCompressSync]
        : ["deflate", deflateSync]
  response.writeHead(status, { ...json, "content-encoding": coding as string }).end((encode as typeof gzipSync)(text))
}

/** A webhook, as the router answers it behind such a thing. */
const handedOver = Effect.fnUntraced(function* (change: Change) {
  const { baseUrl, requests } = yield* behind(change)
  return yield* Effect.gen(function* () {
    const { close, log, post } = yield* started()
    const reply = yield* post(sales("anna"))
    yield* close
    return { reply, requests, log: log.join("\n") }
  }).pipe(withRouter({ cxone: { baseUrl } }))
}, Effect.scoped)

const page: Change = (plain, { url }, response) =>
  url?.endsWith("/actions")
    ? response.writeHead(404, { "content-type": "text/html" }).end("<html>planted</html>")
    : response.writeHead(plain.status, json).end(JSON.stringify(plain.body))

describe("a router", () => {
  it.live("hands over behind a proxy that compresses all answers, and asks it not to", () =>
    Effect.gen(function* () {
      const { reply, requests } = yield* handedOver(compressing)
      assert.strictEqual(assertSuccess(reply).conversationId, "c-1")
      assert.deepStrictEqual(
        requests.map(({ headers }) => [headers["accept-encoding"], headers["user-agent"]]),
        Array(requests.length).fill(["identity", `cognigy-cxone-router/${version}`])
      )
      assert.includeMembers(
        requests.map(({ url }) => url),
        ["/oauth/token", "/api/v2/conversations/webchat", "/api/v2/conversations/webchat/c-1/labels"]
      )
    })
  )

  it.live("says that an answer explodes, without reading it", () =>
    Effect.gen(function* () {
      const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
      const { reply } = yield* handedOver((_plain, _request, response) =>
        response.writeHead(200, { ...json, "content-encoding": "gzip" }).end(bomb)
      )
      const detail = assertProblem(reply, {
        status: 502,
        error: "Unexpected CXone response",
        rule: "transfer_to_sales"
      })
      assert.include(detail, "(token, status 200): it is larger than any answer of CXone's")
    })
  )

  it.live("hands over and labels also where those answers cannot be read: their status says it", () =>
    Effect.gen(function* () {
      const { log, reply } = yield* handedOver((plain, { url }, response) =>
        url?.endsWith("/actions")
          ? response.writeHead(200, { ...json, "content-encoding": "zstd" }).end("broken")
          : url?.endsWith("/labels")
            ? response.writeHead(200, { ...json, "content-encoding": "gzip" }).end("broken")
            : response.writeHead(plain.status, json).end(JSON.stringify(plain.body))
      )
      assertSuccess(reply)
      assert.notInclude(log, "not sent")
    })
  )

  it.live("takes a compressed page that cannot be read for no success", () =>
    Effect.gen(function* () {
      const { reply } = yield* handedOver((plain, { url }, response) =>
        url?.endsWith("/actions")
          ? response.writeHead(200, { "content-type": "text/html", "content-encoding": "zstd" }).end("broken")
          : response.writeHead(plain.status, json).end(JSON.stringify(plain.body))
      )
      assertProblem(reply, {
        status: 502,
        error: "Unexpected CXone response",
        rule: "transfer_to_sales"
      })
    })
  )

  it.live("takes a compressed 503 for what it is, whatever it holds", () =>
    Effect.gen(function* () {
      const { reply } = yield* handedOver((_plain, _request, response) =>
        response.writeHead(503, { "content-encoding": "zstd", "retry-after": "30" }).end("broken")
      )
      assertProblem(reply, { status: 503, error: "CXone unavailable", rule: "transfer_to_sales" })
    })
  )

  it.live("calls no target invalid, and no conversation over, because of a proxy's page", () =>
    Effect.gen(function* () {
      const { log, reply, requests } = yield* handedOver(page)
      const detail = assertProblem(reply, {
        status: 502,
        error: "Unexpected CXone response",
        rule: "transfer_to_sales"
      })
      assert.include(
        detail,
        "(routeToQueue, status 404): it has text/html instead of JSON: perhaps a firewall or a proxy"
      )
      assert.strictEqual(requests.length, 3)
      assert.notInclude(log, "planted")
    })
  )

  it.live("does not follow a redirect, and says where it leads", () =>
    Effect.gen(function* () {
      const elsewhere = yield* behind(compressing)
      const { log, reply } = yield* handedOver((plain, { url }, response) =>
        url === "/oauth/token"
          ? response.writeHead(200, json).end(JSON.stringify(plain.body))
          : response.writeHead(307, { location: `${elsewhere.baseUrl}/login?planted=1` }).end()
      )
      const detail = assertProblem(reply, {
        status: 502,
        error: "Unexpected CXone response",
        rule: "transfer_to_sales"
      })
      assert.include(detail, `CXone redirects to ${elsewhere.baseUrl}, which is not followed: check `)
      assert.notInclude(log, "planted")
      assert.deepStrictEqual(elsewhere.requests, [])
    }).pipe(Effect.scoped)
  )
})

/** What `doctor` prints behind such a thing. */
const doctor = Effect.fnUntraced(function* (change: Change) {
  const { baseUrl, requests } = yield* behind(change)
  const { layer, text } = output()
  yield* Command.runWith(doctorCommand, { version: "0" })([]).pipe(
    Effect.provideService(
      ConfigProvider.ConfigProvider,
      ConfigProvider.fromEnv({
        env: {
          // The webhook is not looked at.
          PORT: "0",
          CXONE_BASE_URL: baseUrl,
          CXONE_CLIENT_ID: "client",
          CXONE_CLIENT_SECRET: "planted-secret",
          WEBHOOK_AUTH: "none",
          SALES_QUEUE_ID: salesQueueId,
          SUPPORT_QUEUE_ID: supportQueueId
        }
      })
    ),
    // The last terminal counts.
    Effect.provide([platform, layer]),
    Effect.ignore
  )
  return { lines: text().split("\n"), requests }
}, Effect.scoped)

const lineOf = (lines: ReadonlyArray<string>, name: string) =>
  lines.find((line) => line.slice(2).startsWith(name)) ?? ""

describe("doctor", () => {
  it.live("is content with a proxy that compresses all answers", () =>
    Effect.gen(function* () {
      const { lines, requests } = yield* doctor(compressing)
      for (const name of ["reachability", "token", "scopes", "queue sales", "queue support"]) {
        assert.match(lineOf(lines, name), /^✓/, lines.join("\n"))
      }
      for (const { headers } of requests) assert.strictEqual(headers["user-agent"], `cognigy-cxone-router/${version}`)
    })
  )

  it.live("says where a redirect leads", () =>
    Effect.gen(function* () {
      const { lines } = yield* doctor((_plain, _request, response) =>
        response.writeHead(301, { location: "https://login.example.com/?planted" }).end()
      )
      assert.include(lineOf(lines, "token"), "✗ token")
      const text = lines.join("\n")
      assert.include(
        text,
        "CXone redirects to https://login.example.com, which is not followed: check CXONE_BASE_URL or CXONE_REGION"
      )
      assert.notInclude(text, "planted")
    })
  )

  it.live("calls no id malformed because of a firewall's page", () =>
    Effect.gen(function* () {
      const { lines } = yield* doctor(({ body, status }, { url }, response) =>
        url?.includes("/queues/")
          ? response.writeHead(400, { "content-type": "text/html" }).end("<html>planted</html>")
          : response.writeHead(status, json).end(JSON.stringify(body))
      )
      assert.include(lineOf(lines, "queue sales"), "it has text/html instead of JSON")
      assert.notInclude(lines.join("\n"), "replace the id")
    })
  )
})
