/** The pacts: who makes them with whom, and where they are. */
import { fileURLToPath } from "node:url"

const fromRoot = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))

/** Where the consumer tests write what is then compared with the committed pacts. */
export const generatedDirectory = fromRoot("tmp/pacts")

const parties = (consumer: string, provider: string) => {
  const file = `${consumer}-${provider}.json`
  return { consumer, provider, committed: fromRoot(`pacts/${file}`), generated: `${generatedDirectory}/${file}` }
}

/** A consumer, its provider, and the files of their pact. */
export type Parties = ReturnType<typeof parties>

/** What the router sends to CXone's webchat API, and what it takes from it. */
export const cxonePact = parties("cognigy-cxone-router", "cxone")

/** What the router sends to CXone's Digital Engagement API, and what it takes from it. */
export const digitalPact = parties("cognigy-cxone-router", "cxone-digital")

/** What Cognigy sends to the router, and what it takes from it. */
export const cognigyPact = parties("cognigy", "cognigy-cxone-router")
