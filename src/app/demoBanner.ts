/** The text of `serve --simulate`: addresses, and commands to try. */
import { DECIDE_PATH, WEBHOOK_PATH } from "../cognigy/Api.ts"
import type { Dialect } from "../cxone/Dialect.ts"
import type { LoadedRoutes } from "../routing/file/LoadedRoutes.ts"
import { oneLine } from "../std/oneLine.ts"
import type { DemoExample } from "./demoExamples.ts"
import type { Demo } from "./demoSimulator.ts"

/** A text as one word of a shell. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

const curl = (url: string, body: object, path: string = WEBHOOK_PATH) =>
  `curl -s ${url}${path} -H 'content-type: application/json' \\\n    -d ${quoted(JSON.stringify(body))}`

/** Commands for a table of the user's own. */
const tryTable = (url: string, { file, path }: LoadedRoutes, examples: ReadonlyArray<DemoExample>) => {
  const rules = file.rules.length === 1 ? "1 rule" : `${file.rules.length} rules`
  const commands = examples.map(({ payload, shows }) => `  # ${shows}\n  ${curl(url, payload)}`)
  return `Routing follows ${oneLine(path)} (${rules}), also when it changes. Try, in another terminal, and with /routing/explain for why${
    file.hours === undefined ? "" : " (what is said holds at this hour)"
  }:

${commands.join("\n\n")}`
}

/** A webhook with all that an agent may see. */
const withTranscript = {
  intent: { name: "transfer_to_support" },
  user: { id: "eve" },
  text: "Can I talk to somebody?",
  summary: "A parcel is late.",
  transcript: [
    { role: "user", text: "Where is my parcel?" },
    { role: "bot", text: "It is late. I am sorry." }
  ],
  customer: { name: "Eve Miller", email: "eve@example.com" }
}

const tryDigital = (url: string, baseUrl: string) => `

  # with what the agent is to see, and what CXone then has
  ${curl(url, withTranscript)}
  curl -s ${baseUrl}/__simulator/state`

const tryBuiltIn = (url: string, { agentId, baseUrl, cxone: { dialect } }: Shown) =>
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
  ${curl(url, { intent: { name: "order_pizza" }, user: { id: "dan" } })}

  # the decision alone, without a call to CXone
  ${curl(url, { intent: { name: "transfer_to_sales" }, user: { id: "anna" } }, DECIDE_PATH)}${
    dialect === "digital" ? tryDigital(url, baseUrl) : ""
  }`

/** A table of the user's own, and what to try with it. */
export interface DemoTable {
  readonly routes: LoadedRoutes
  readonly examples: ReadonlyArray<DemoExample>
}

/** The part of a demo that its text shows. */
type Shown = Pick<Demo<{ readonly dialect: Dialect }>, "agentId" | "baseUrl" | "cxone">

/** The text that `serve --simulate` prints once it listens. */
export const banner = (url: string, demo: Shown, table?: DemoTable): string =>
  `
cognigy-cxone-router listens on ${url}
CXone is simulated (${demo.baseUrl}, CXONE_DIALECT=${demo.cxone.dialect}): no real conversation is opened. The API is described at ${url}/docs
What happens is shown at ${url}/console

${table === undefined ? tryBuiltIn(url, demo) : tryTable(url, table.routes, table.examples)}

Stop with Ctrl+C.
`
