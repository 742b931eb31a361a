/**
 * The floor: what bare `node:http` and undici need for the calls of a handover, and nothing else. No credentials, no
 * validation, no limits, no log, no metrics, no timeouts, no retries.
 */
import { createServer } from "node:http"
import { type Dispatcher, Pool } from "undici"

const pool = new Pool(process.env.CXONE_BASE_URL ?? "", { connections: 1024 })

const QUEUES: Readonly<Record<string, string | undefined>> = {
  transfer_to_sales: process.env.SALES_QUEUE_ID,
  transfer_to_support: process.env.SUPPORT_QUEUE_ID
}

const CONVERSATIONS = "/api/v2/conversations/webchat"

interface Answer {
  readonly status: number
  readonly text: string
}

/** One call, by the least that undici has to offer. */
const call = (
  method: Dispatcher.HttpMethod,
  path: string,
  headers: Record<string, string>,
  body: string | null
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    let status = 0
    let text = ""
    pool.dispatch(
      { method, path, headers, body },
      {
        onRequestStart() {},
        onResponseStart(_controller, statusCode) {
          status = statusCode
        },
        onResponseData(_controller, chunk) {
          text += chunk.toString()
        },
        onResponseEnd() {
          resolve({ status, text })
        },
        onResponseError(_controller, error) {
          reject(error)
        }
      }
    )
  })

const { text: granted } = await call(
  "POST",
  "/oauth/token",
  { "content-type": "application/x-www-form-urlencoded" },
  `grant_type=client_credentials&client_id=${process.env.CXONE_CLIENT_ID}&client_secret=${process.env.CXONE_CLIENT_SECRET}`
)
const authorization = `Bearer ${JSON.parse(granted).access_token}`
const bodiless = { authorization }
const json = { authorization, "content-type": "application/json" }

const open = async (userId: string): Promise<string> => {
  const user = `cognigy_${userId}`
  const { status, text } = await call(
    "POST",
    CONVERSATIONS,
    json,
    JSON.stringify({ userId: user, name: "Webchat from Cognigy", labels: { source: "cognigy" } })
  )
  if (status === 201) return JSON.parse(text).id
  const found = await call("GET", `${CONVERSATIONS}?userId=${encodeURIComponent(user)}&status=ACTIVE`, bodiless, null)
  return JSON.parse(found.text).items[0].id
}

const handOver = async (body: string): Promise<string> => {
  const { intent, user } = JSON.parse(body)
  const queueId = QUEUES[intent.name]
  const conversationId = await open(user.id)
  await call(
    "POST",
    `${CONVERSATIONS}/${conversationId}/actions`,
    json,
    JSON.stringify({ action: "queue", to: { queueId } })
  )
  void call(
    "PUT",
    `${CONVERSATIONS}/${conversationId}/labels`,
    json,
    JSON.stringify({ labels: { cognigy_intent: intent.name } })
  )
  return JSON.stringify({ status: "success", conversationId })
}

createServer((request, response) => {
  let body = ""
  request.setEncoding("utf8")
  request.on("data", (chunk) => {
    body += chunk
  })
  request.on("end", async () => {
    const answer = await handOver(body)
    response.writeHead(200, { "content-type": "application/json", "content-length": answer.length }).end(answer)
  })
}).listen(Number(process.env.PORT), "127.0.0.1")
