/**
 * Loaded into a Node server before its own code (`--import`): tells the benchmark over IPC on which port the server
 * listens and, when it is asked, what the server has used. It measures nothing while it is not asked to.
 */
import { subscribe } from "node:diagnostics_channel"
import type { AddressInfo, Server } from "node:net"
import { monitorEventLoopDelay } from "node:perf_hooks"

/** What the server used between `begin` and `end`. */
export interface Usage {
  /** Processor time, in microseconds. */
  readonly cpu: number
  /** For how long the event loop did not get to something that was due, in milliseconds. */
  readonly loop: { readonly p99: number; readonly max: number }
}

/** What the server holds, in bytes; the heap after a collection. */
export interface Memory {
  readonly rss: number
  readonly heap: number
  /** What is held outside of the heap. */
  readonly external: number
}

/** How often the event loop is looked at, in milliseconds; the histogram counts from one look to the next. */
const RESOLUTION = 5

const histogram = monitorEventLoopDelay({ resolution: RESOLUTION })
let began = process.cpuUsage()

const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION)

/** What a probe can be asked for, and what it answers. */
export const answers = {
  begin: (): null => {
    histogram.reset()
    histogram.enable()
    began = process.cpuUsage()
    return null
  },
  end: (): Usage => {
    const { system, user } = process.cpuUsage(began)
    histogram.disable()
    return { cpu: user + system, loop: { p99: late(histogram.percentile(99)), max: late(histogram.max) } }
  },
  memory: (): Memory => {
    global.gc?.()
    const { external, heapUsed, rss } = process.memoryUsage()
    return { rss, heap: heapUsed, external }
  }
}

/** A question to a probe. */
export interface ProbeAsk {
  readonly ask: keyof typeof answers
}

process.on("message", ({ ask }: ProbeAsk) => process.send?.(answers[ask]()))
// The benchmark may end without a word.
process.on("disconnect", () => process.exit())

let isKnown = false
subscribe("tracing:net.server.listen:asyncEnd", (message) => {
  if (isKnown) return
  isKnown = true
  process.send?.({ port: ((message as { server: Server }).server.address() as AddressInfo).port })
})
// A server that has nothing left to do ends, as it would alone.
process.channel?.unref()
