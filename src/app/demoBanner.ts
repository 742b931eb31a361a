/** The text of `serve --simulate`: addresses, and commands to try. */
import { WEBHOOK_PATH } from "../cognigy/Api.ts"
import type { LoadedRoutes } from "../routing/file/LoadedRoutes.ts"
import { oneLine } from "../std/oneLine.ts"
import type { DemoExample } from "./demoExamples.ts"
import type { Demo } from "./demoSimulator.ts"

/** A text as one word of a shell. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

const curl = (url: string, body: object) =>
  `curl -s ${url}${WEBHOOK_PATH} -H 'content-type: application/json' \\\n    -d ${quoted(JSON.stringify(body))}`

/** Commands for a table of the user's own. */
const tryTable = (url: string, { file, path }: LoadedRoutes, examples: ReadonlyArray<DemoExample>) => {
  const rules = file.rules.length === 1 ? "1 rule" : `${file.rules.length} rules`
  const commands = examples.map(({ payload, shows }) => `  # ${shows}\n  ${curl(url, payload)}`)
  return `Routing follows ${oneLine(path)} (${rules}), also when it changes. Try, in another terminal, and with /routing/explain for why${
    file.hours === undefined ? "" : " (what is said holds at this hour)"
  }:

${commands.join("\n\n")}`
}

const tryBuiltIn = (url: string, agentId: string) =>
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

/** A table of the user's own, and what to try with it. */
export interface DemoTable {
  readonly routes: LoadedRoutes
  readonly examples: ReadonlyArray<DemoExample>
}

/** The text that `serve --simulate` prints once it listens. */
export const banner = (url: string, { agentId, baseUrl }: Omit<Demo<unknown>, "cxone">, table?: DemoTable): string =>
  `
cognigy-cxone-router listens on ${url}
CXone is simulated (${baseUrl}): no real conversation is opened. The API is described at ${url}/docs

${table === undefined ? tryBuiltIn(url, agentId) : tryTable(url, table.routes, table.examples)}

Stop with Ctrl+C.
`
