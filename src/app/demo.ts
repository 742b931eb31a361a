/** What `serve --simulate` runs with, and what it tells people to try. */
import { type LogLevel, Predicate, Redacted } from "effect"
import { WEBHOOK_PATH } from "../cognigy/Api.ts"
import { DEFAULT_CAPACITY } from "../cognigy/Webhook.ts"
import { DEFAULT_ATTEMPT_TIMEOUT } from "../cxone/webchat/CXoneSettings.ts"
import { DEFAULT_DEADLINE } from "../handover/Handover.ts"
import { DEFAULT_IDEMPOTENCY_WINDOW } from "../handover/HandoverStore.ts"
import type { LoadedRoutes } from "../routing/file/LoadedRoutes.ts"
import {
  agentId,
  salesQueueId,
  simulatorClientId,
  simulatorClientSecret,
  supportQueueId
} from "../simulator/SimulatorOptions.ts"
import { DEFAULT_CONNECTIONS, type Settings } from "./Settings.ts"

/** Settings for the router in front of a simulator: no credentials, and therefore loopback only. */
export const settings = (
  port: number,
  cxoneBaseUrl: string,
  level: LogLevel.LogLevel,
  routes?: LoadedRoutes
): Settings => ({
  host: "127.0.0.1",
  port,
  cxone: {
    baseUrl: cxoneBaseUrl,
    clientId: simulatorClientId,
    clientSecret: Redacted.make(simulatorClientSecret),
    attemptTimeout: DEFAULT_ATTEMPT_TIMEOUT
  },
  routing: routes === undefined ? { queues: { salesQueueId, supportQueueId } } : { routes },
  credentials: { mode: "none" },
  deadline: DEFAULT_DEADLINE,
  capacity: DEFAULT_CAPACITY,
  idempotencyWindow: DEFAULT_IDEMPOTENCY_WINDOW,
  connections: DEFAULT_CONNECTIONS,
  log: { level, format: "pretty" },
  metrics: "on",
  tracing: undefined
})

const curl = (url: string, body: unknown) =>
  `curl -s ${url}${WEBHOOK_PATH} -H 'content-type: application/json' \\\n    -d '${JSON.stringify(body)}'`

/** What to try with a table of one's own. */
const tryTable = (url: string, { file, path }: LoadedRoutes) =>
  `Routing follows ${path} (${file.rules.length} rules), also when it changes. Try, in another terminal, and with /routing/explain for why:

  ${curl(url, { intent: file.rules.flatMap(({ to, when }) => (to.queue === undefined ? [] : [when?.intent])).find(Predicate.isString) ?? "help", userId: "anna" })}`

const tryBuiltIn = (url: string) =>
  `Try, in another terminal:

  # sales
  ${curl(url, { intent: { name: "transfer_to_sales", score: 0.93 }, user: { id: "anna" } })}

  # support, as Cognigy's own input object
  ${curl(url, { intent: "transfer_to_support", intentScore: 0.88, userId: "ben", slots: {} })}

  # a named agent
  ${curl(url, {
    intent: { name: "transfer_to_agent" },
    entities: [{ name: "agentId", value: agentId }],
    user: { id: "cleo" }
  })}

  # an intent that no rule takes
  ${curl(url, { intent: { name: "order_pizza" }, user: { id: "dan" } })}`

/** What the demo prints once it listens. */
export const banner = (url: string, cxoneBaseUrl: string, routes?: LoadedRoutes): string =>
  `
cognigy-cxone-router listens on ${url}
CXone is simulated (${cxoneBaseUrl}): no real conversation is opened. The API is described at ${url}/docs

${routes === undefined ? tryBuiltIn(url) : tryTable(url, routes)}

Stop with Ctrl+C.
`

/** What `simulate` prints once it listens. */
export const simulatorBanner = (url: string): string =>
  `
CXone simulator listens on ${url}

  client id and secret   ${simulatorClientId} / ${simulatorClientSecret}
  queues                 ${salesQueueId} (Sales), ${supportQueueId} (Support)
  agent                  ${agentId}
  state                  curl -s ${url}/__simulator/state

Stop with Ctrl+C.
`
