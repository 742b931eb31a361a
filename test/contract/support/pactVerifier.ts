/**
 * Runs Pact's verifier in this process, which is meant for nothing else: the verifier writes to standard output from native code. Takes the
 * verifier's options as JSON, and writes its results as JSON to file descriptor 3.
 */
import { writeSync } from "node:fs"
import pactCore from "@pact-foundation/pact-core"

const [, , options = "{}"] = process.argv

/** Results come as text, also where they are bad ones; anything else that is thrown is no result. */
const resultsOf = async () => {
  try {
    return await pactCore.default.verifyPacts(JSON.parse(options))
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("{")) return error.message
    throw error
  }
}

writeSync(3, await resultsOf())
