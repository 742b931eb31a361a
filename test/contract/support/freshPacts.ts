import { rmSync } from "node:fs"
import { generatedDirectory } from "./pacts.ts"

/** Pact adds to the files that it finds: every run starts without any. */
export default () => rmSync(generatedDirectory, { recursive: true, force: true })
