/**
 * What else one would write: Fastify and undici with care. It checks its key and its bodies, knows duplicates, has one
 * deadline, logs a line for each handover and measures them. It retries nothing and limits nothing.
 */
import { hash, timingSafeEqual } from "node:crypto"
import Fastify from "fastify"
import { Counter, Histogram, register } from "prom-client"
import { Pool } from "undici"

const setting = (name: string): string => {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set`)
  return value
}

const CONVERSATIONS = "/api/v2/conversations/webchat"
const DEADLINE = 7000
const LABEL_LIMIT = { headersTimeout: 2000, bodyTimeout: 2000 }

/** How many handovers are remembered, and for how many milliseconds. */
const REMEMBERED = 10_000
const WINDOW = 600_000

const queues = new Map([
  ["transfer_to_sales", setting("SALES_QUEUE_ID")],
  ["transfer_to_support", setting("SUPPORT_QUEUE_ID")]
])

const pool = new Pool(setting("CXONE_BASE_URL"), { connections: 1024 })

/** An answer of CXone that is not the one hoped for. */
class CXoneError extends Error {
  constructor(operation: string, status: number) {
    super(`CXone answered ${operation} with ${status}`)
  }
}

let token: { readonly authorization: Promise<string>; expires: number } | undefined

const fetchToken = async (fresh: { expires: number }): Promise<string> => {
  const { body, statusCode } = await pool.request({
    method: "POST",
    path: "/oauth/token",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: setting("CXONE_CLIENT_ID"),
      client_secret: setting("CXONE_CLIENT_SECRET")
    }).toString(),
    signal: AbortSignal.timeout(DEADLINE)
  })
  if (statusCode !== 200) {
    await body.dump()
    throw new CXoneError("token", statusCode)
  }
  const granted = (await body.json()) as { readonly access_token: string; readonly expires_in: number }
  fresh.expires = Date.now() + (granted.expires_in - 60) * 1000
  return `Bearer ${granted.access_token}`
}

/** The cached token; one that has to be fetched is fetched once, however many wait for it. */
const authorize = (): Promise<string> => {
  if (token === undefined || token.expires <= Date.now()) {
    const fresh = { expires: Number.POSITIVE_INFINITY }
    const authorization = fetchToken(fresh)
    const current = Object.assign(fresh, { authorization })
    token = current
    authorization.catch(() => {
      if (token === current) token = undefined
    })
  }
  return token.authorization
}

/** How long a call may take: until a signal, which several calls share, or so many milliseconds of its own. */
type Limit = { readonly signal: AbortSignal } | { readonly headersTimeout: number; readonly bodyTimeout: number }

const call = async (method: "GET" | "POST" | "PUT", path: string, limit: Limit, body?: unknown) => {
  const authorization = await authorize()
  return pool.request(
    body === undefined
      ? { method, path, headers: { authorization }, ...limit }
      : {
          method,
          path,
          headers: { authorization, "content-type": "application/json" },
          body: JSON.stringify(body),
          ...limit
        }
  )
}

const open = async (user: string, limit: Limit): Promise<{ readonly id: string; readonly reused: boolean }> => {
  const opened = await call("POST", CONVERSATIONS, limit, {
    userId: user,
    name: "Webchat from Cognigy",
    labels: { source: "cognigy" }
  })
  if (opened.statusCode === 201) return { id: ((await opened.body.json()) as { id: string }).id, reused: false }
  await opened.body.dump()
  if (opened.statusCode !== 409) throw new CXoneError("open", opened.statusCode)
  const query = new URLSearchParams({ userId: user, status: "ACTIVE" })
  const found = await call("GET", `${CONVERSATIONS}?${query}`, limit)
  if (found.statusCode !== 200) {
    await found.body.dump()
    throw new CXoneError("find active", found.statusCode)
  }
  const [active] = ((await found.body.json()) as { items: ReadonlyArray<{ id: string }> }).items
  if (active === undefined) throw new Error("a conflict, and no active conversation")
  return { id: active.id, reused: true }
}

const handovers = new Counter({ name: "handovers_total", help: "Handovers, by outcome", labelNames: ["outcome"] })
const durations = new Histogram({ name: "handover_duration_seconds", help: "Time to the answer" })

const object = (properties: object, required: ReadonlyArray<string>) => ({ type: "object", properties, required })
const text = { type: "string", minLength: 1, maxLength: 256 }

interface Webhook {
  readonly intent: { readonly name: string }
  readonly user: { readonly id: string }
}

interface HandedOver {
  readonly status: "success"
  readonly conversationId: string
  readonly target: { readonly type: "queue"; readonly id: string }
  readonly rule: string
  readonly reused: boolean
}

const webhook = object(
  {
    intent: object({ name: text, score: { type: "number" } }, ["name"]),
    entities: { type: "array", items: object({ name: text, value: {} }, ["name"]) },
    session: object({ sessionId: text }, []),
    user: object({ id: text }, ["id"])
  },
  ["intent", "user"]
)

const handedOver = object(
  {
    status: { type: "string" },
    conversationId: { type: "string" },
    target: object({ type: { type: "string" }, id: { type: "string" } }, ["type", "id"]),
    rule: { type: "string" },
    reused: { type: "boolean" }
  },
  ["status", "conversationId", "target", "rule", "reused"]
)

/** Handovers that were done or are under way, by their idempotency keys; the oldest first. */
const known = new Map<string, { readonly at: number; readonly handedOver: Promise<HandedOver> }>()

const once = (key: string, handOver: () => Promise<HandedOver>): Promise<HandedOver> => {
  const before = known.get(key)
  if (before !== undefined && Date.now() - before.at < WINDOW) return before.handedOver
  const entry = { at: Date.now(), handedOver: handOver() }
  known.delete(key)
  known.set(key, entry)
  entry.handedOver.catch(() => {
    if (known.get(key) === entry) known.delete(key)
  })
  for (const oldest of known.keys()) {
    if (known.size <= REMEMBERED) break
    known.delete(oldest)
  }
  return entry.handedOver
}

const app = Fastify({ logger: true, disableRequestLogging: true, bodyLimit: 256 * 1024 })

const digest = (key: string) => hash("sha256", key, "buffer")
const expected = digest(setting("WEBHOOK_API_KEYS"))

const handOver = async (intent: string, userId: string, queueId: string): Promise<HandedOver> => {
  const limit = { signal: AbortSignal.timeout(DEADLINE) }
  const { id, reused } = await open(`cognigy_${userId}`, limit)
  const conversation = `${CONVERSATIONS}/${encodeURIComponent(id)}`
  const routed = await call("POST", `${conversation}/actions`, limit, { action: "queue", to: { queueId } })
  await routed.body.dump()
  if (routed.statusCode >= 300 && routed.statusCode !== 409) throw new CXoneError("action", routed.statusCode)
  // Off the caller's path.
  call("PUT", `${conversation}/labels`, LABEL_LIMIT, { labels: { cognigy_intent: intent } })
    .then(({ body }) => body.dump())
    .catch((error: unknown) => app.log.warn({ err: error, conversationId: id }, "not labelled"))
  return { status: "success", conversationId: id, target: { type: "queue", id: queueId }, rule: intent, reused }
}

app.post<{ Body: Webhook }>(
  "/webhook/cognigy",
  {
    schema: { body: webhook, response: { 200: handedOver } },
    onRequest: async (request, reply) => {
      const key = request.headers["x-api-key"]
      if (typeof key === "string" && timingSafeEqual(digest(key), expected)) return
      handovers.inc({ outcome: "unauthorized" })
      return reply.code(401).header("www-authenticate", "ApiKey").send({ error: "Unauthorized" })
    }
  },
  async (request, reply) => {
    const { intent, user } = request.body
    const queueId = queues.get(intent.name)
    if (queueId === undefined) return reply.code(400).send({ error: "Unsupported intent" })
    const stop = durations.startTimer()
    try {
      const act = () => handOver(intent.name, user.id, queueId)
      const key = request.headers["idempotency-key"]
      const answer = await (typeof key === "string" ? once(`${user.id} ${key}`, act) : act())
      handovers.inc({ outcome: "success" })
      request.log.info({ intent: intent.name, ...answer }, "handed over")
      return answer
    } catch (error) {
      handovers.inc({ outcome: "failure" })
      request.log.error(error, "not handed over")
      const isLate = error instanceof Error && error.name === "TimeoutError"
      return reply.code(isLate ? 504 : 502).send({ error: isLate ? "Handover timed out" : "Unexpected CXone response" })
    } finally {
      stop()
    }
  }
)

app.get("/metrics", async (_request, reply) => reply.type(register.contentType).send(await register.metrics()))

await app.listen({ host: "127.0.0.1", port: Number(setting("PORT")) })
