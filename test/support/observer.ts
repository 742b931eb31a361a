/** Everything that a router lets out besides its answers: its log in both formats at its most talkative, its spans, and the metrics. */
import { format } from "node:util"
import { Cause, Console, Effect, Exit, Layer, Logger, Metric, References, Tracer } from "effect"

/** Starts to listen. `surroundings` is what the router must run in. */
export const observer = () => {
  const written: Array<string> = []
  const spans: Array<Tracer.NativeSpan> = []
  const write = (...args: ReadonlyArray<unknown>) => {
    written.push(format(...args))
  }
  const ignored = () => {}
  const console: Console.Console = {
    assert: write,
    clear: ignored,
    count: write,
    countReset: ignored,
    debug: write,
    dir: write,
    dirxml: write,
    error: write,
    group: write,
    groupCollapsed: write,
    groupEnd: ignored,
    info: write,
    log: write,
    table: write,
    time: write,
    timeEnd: write,
    timeLog: write,
    trace: write,
    warn: write
  }
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })

  /** All that an exporter could read off a span. */
  const told = ({ attributes, events, links, name, parent, status }: Tracer.NativeSpan) => {
    const end = status._tag === "Ended" && Exit.isFailure(status.exit) ? Cause.pretty(status.exit.cause) : ""
    return format("%s %O %O %O %O %s", name, attributes, events, links, parent, end)
  }

  return {
    surroundings: Layer.mergeAll(
      Logger.layer([
        Logger.consolePretty({ mode: "tty" }),
        Logger.consolePretty({ colors: false }),
        Logger.consoleJson
      ]),
      Layer.succeed(References.MinimumLogLevel, "Trace"),
      Layer.succeed(Console.Console, console),
      Layer.succeed(Tracer.Tracer, tracer)
    ),
    log: written,
    spans,
    /** All of it as one text. */
    everything: Effect.map(Metric.snapshot, (metrics) =>
      [...written, ...spans.map(told), format("%O", metrics)].join("\n")
    )
  }
}
