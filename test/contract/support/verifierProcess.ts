/**
 * Runs Pact's verifier in this process, which is meant for nothing else: the verifier writes to standard output from native code. Reads jobs,
 * one line of JSON each (`Job` in `PactVerifier.ts`), and answers each with one line on file descriptor 3 (`Done`).
 */
import { writeFileSync } from "node:fs"
import { createInterface } from "node:readline"
import pactCore from "@pact-foundation/pact-core"

const verify = async (options: Parameters<typeof pactCore.default.verifyPacts>[0]) => {
  try {
    return { results: await pactCore.default.verifyPacts(options) }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    // Results are JSON also where interactions failed; any other error is no result.
    return message.startsWith("{") ? { results: message } : { failure: message }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { id, options } = JSON.parse(line)
  writeFileSync(3, `${JSON.stringify({ id, ...(await verify(options)) })}\n`)
}
