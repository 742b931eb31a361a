/** The thread that large tables are read in. */
import { parentPort, workerData } from "node:worker_threads"
import { Result } from "effect"
import type { RoutesFile } from "../format/RoutesFile.ts"
import { readRoutes } from "./readRoutes.ts"
import type { FileProblem } from "./Yaml.ts"

/** What came of it: plain values, since nothing else passes from thread to thread. */
export type WorkerAnswer = { readonly file: RoutesFile } | { readonly problems: ReadonlyArray<FileProblem> }

parentPort?.postMessage(
  Result.match(readRoutes(String(workerData)), {
    onFailure: (problems): WorkerAnswer => ({ problems }),
    onSuccess: (file): WorkerAnswer => ({ file })
  })
)
