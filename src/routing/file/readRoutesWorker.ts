/** The thread in which large tables are read. */
import { parentPort, workerData } from "node:worker_threads"
import { Result } from "effect"
import type { WorkerAnswer, WorkerInput } from "./readInThread.ts"
import { readRoutes } from "./readRoutes.ts"

const { advice, idProblems, text } = workerData as WorkerInput

const usedIds = { queue: new Set<string>(), agent: new Set<string>() }

const check = (kind: "queue" | "agent") => (id: string) => {
  usedIds[kind].add(id)
  return idProblems[kind].get(id)
}

const ids = { queue: check("queue"), agent: check("agent"), ...(advice === undefined ? {} : { advice }) }

const result = Result.match(readRoutes(text, ids), {
  onFailure: (problems): WorkerAnswer["result"] => ({ problems }),
  onSuccess: (file): WorkerAnswer["result"] => ({ file })
})

parentPort?.postMessage({ usedIds, result } satisfies WorkerAnswer)
