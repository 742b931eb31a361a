/** The stand-in for CXone, as the benchmark sees it. */
import { setTimeout as sleep } from "node:timers/promises"
import { startAsked } from "./Child.ts"
import { fileOf } from "./contenders.ts"
import type { Calls, StandInAsk } from "./servers/standIn.ts"

/** A stand-in for CXone that runs. */
export interface StandIn {
  readonly baseUrl: string
  /** From now on answers take so many milliseconds, and calls are counted from 0. */
  readonly begin: (delay: number) => Promise<void>
  /** The calls so far, once as many labels have come as there should, or no more of them come. */
  readonly settled: (labels: number) => Promise<Calls>
  readonly stop: () => Promise<void>
}

const POLL = 20
/** No label is waited for longer than this after the last one, in milliseconds. */
const PATIENCE = 2000

/** Starts one. */
export const startStandIn = async (): Promise<StandIn> => {
  const child = await startAsked({ command: process.execPath, args: [fileOf("servers/standIn.ts")], env: {} })
  const ask = (question: StandInAsk) => child.ask<Calls>(question)
  return {
    baseUrl: `http://127.0.0.1:${child.port}`,
    begin: async (delay) => {
      await ask({ ask: "begin", delay })
    },
    settled: async (labels) => {
      let calls = await ask({ ask: "calls" })
      let changedAt = performance.now()
      while (calls.label < labels && performance.now() - changedAt < PATIENCE) {
        await sleep(POLL)
        const before = calls.label
        calls = await ask({ ask: "calls" })
        if (calls.label !== before) changedAt = performance.now()
      }
      return calls
    },
    stop: child.stop
  }
}
