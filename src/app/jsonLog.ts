/** The log for machines: one JSON object a line, those of one turn of the event loop in one write. */
import { Effect, type Layer, Logger, References } from "effect"

const isPlain = (value: unknown) => typeof value === "string" || typeof value === "number" || typeof value === "boolean"

/** As `Logger.formatJson`, which looks for what must not be shown, and for circles: there are none in text and numbers, and a handover's line has nothing else. */
export const formatLine = Logger.make((options) => {
  const { cause, date, fiber, logLevel } = options
  const [message, ...others] = [options.message].flat()
  const annotations = fiber.getRef(References.CurrentLogAnnotations)
  const hasMore = others.length > 0 || cause.reasons.length > 0 || fiber.getRef(References.CurrentLogSpans).length > 0
  if (hasMore || !isPlain(message) || !Object.values(annotations).every(isPlain)) return Logger.formatJson.log(options)
  return JSON.stringify({
    message,
    level: logLevel.toUpperCase(),
    timestamp: date.toISOString(),
    annotations,
    spans: {},
    fiberId: `#${fiber.id}`
  })
})

/** Lines on standard output. What is not written yet when the process ends is written then. */
export const layer: Layer.Layer<never> = Logger.layer([
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => {
        let waiting: Array<string> = []
        let isReleased = false
        const write = () => {
          if (waiting.length === 0) return
          process.stdout.write(`${waiting.join("\n")}\n`)
          waiting = []
        }
        process.on("exit", write)
        const add = (line: string) => {
          waiting.push(line)
          if (isReleased) write()
          else if (waiting.length === 1) setImmediate(write)
        }
        const release = () => {
          isReleased = true
          write()
          process.off("exit", write)
        }
        return { add, release }
      }),
      ({ release }) => Effect.sync(release)
    ),
    ({ add }) => Logger.map(formatLine, add)
  )
])
