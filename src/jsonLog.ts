/** The log for machines: one JSON object a line, those of one turn of the event loop in one write. */
import { Effect, Formatter, type Layer, Logger } from "effect"

const isPlain = (value: unknown) => typeof value === "string" || typeof value === "number" || typeof value === "boolean"

/** As `Logger.formatJson`, which looks for what must not be shown, and for circles: there are none in text and numbers, and a handover's line has nothing else. */
export const formatLine = Logger.map(Logger.formatStructured, (entry) =>
  entry.cause === undefined && isPlain(entry.message) && Object.values(entry.annotations).every(isPlain)
    ? JSON.stringify(entry)
    : Formatter.formatJson(entry)
)

/** Lines on standard output. What is not written yet when the process ends is written then. */
export const layer: Layer.Layer<never> = Logger.layer([
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => {
        let waiting: Array<string> = []
        const write = () => {
          if (waiting.length === 0) return
          process.stdout.write(`${waiting.join("\n")}\n`)
          waiting = []
        }
        process.on("exit", write)
        return { add: (line: string) => (waiting.push(line) === 1 ? setImmediate(write) : undefined), write }
      }),
      ({ write }) =>
        Effect.sync(() => {
          write()
          process.off("exit", write)
        })
    ),
    ({ add }) => Logger.map(formatLine, add)
  )
])
