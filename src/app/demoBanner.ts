/** The text of `serve --simulate`: addresses, and commands to try. */
import { Predicate } from "effect"
import { WEBHOOK_PATH } from "../cognigy/Api.ts"
import type { LoadedRoutes } from "../routing/file/LoadedRoutes.ts"
import { agentId } from "../simulator/webchat/SimulatorOptions.ts"

const curl = (url: string, body: unknown) =>
  `curl -s ${url}${WEBHOOK_PATH} -H 'content-type: application/json' \\\n    -d '${JSON.stringify(body)}'`

/** Commands for a table of the user's own. */
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

  # an intent that no rule matches
  ${curl(url, { intent: { name: "order_pizza" }, user: { id: "dan" } })}`

/** The text that `serve --simulate` prints once it listens. */
export const banner = (url: string, cxoneBaseUrl: string, routes?: LoadedRoutes): string =>
  `
cognigy-cxone-router listens on ${url}
CXone is simulated (${cxoneBaseUrl}): no real conversation is opened. The API is described at ${url}/docs

${routes === undefined ? tryBuiltIn(url) : tryTable(url, routes)}

Stop with Ctrl+C.
`
