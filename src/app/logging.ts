/** The log on standard output: JSON for machines, text for people, one line for each entry. */
import { styleText } from "node:util"
import { Inspectable, Layer, Logger, LogLevel, References, SubscriptionRef } from "effect"
import type { LogSettings } from "./Settings.ts"

const COLORS: Readonly<Record<string, "red" | "yellow" | "green">> = {
  FATAL: "red",
  ERROR: "red",
  WARN: "yellow",
  INFO: "green"
}

/** The message of a handover repeats these fields in words. */
const IN_WORDS = new Set(["conversationId", "milliseconds", "outcome", "rule", "status"])

const localTime = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" })

const shown = (value: unknown) => Inspectable.toStringUnknown(value, 0)

/**
 * Formats an entry: `[15:23:14.447] INFO: handed over: … correlationId=…`, in color on a terminal. Effect's `consolePretty` writes each field on a
 * line of its own, eight lines for a handover, and its fields include those that the message repeats.
 */
export const formatPretty = Logger.map(
  Logger.formatStructured,
  ({ annotations, cause, level, message, timestamp }): string => {
    const fields = Object.entries(annotations).flatMap(([name, value]) =>
      IN_WORDS.has(name) ? [] : [styleText("gray", `${name}=${shown(value)}`)]
    )
    return [
      styleText("gray", `[${localTime.format(new Date(timestamp))}${timestamp.slice(-5, -1)}]`),
      styleText(COLORS[level] ?? "gray", `${level}:`),
      ...[message].flat().map(shown),
      ...fields,
      ...(cause === undefined ? [] : [`\n${cause}`])
    ].join(" ")
  }
)

/** Logs at least this level, as it is with each entry. */
const fromLevel =
  (level: SubscriptionRef.SubscriptionRef<LogLevel.LogLevel>) =>
  (logger: Logger.Logger<unknown, void>): Logger.Logger<unknown, void> =>
    Logger.make((entry) => {
      if (LogLevel.isGreaterThanOrEqualTo(entry.logLevel, SubscriptionRef.getUnsafe(level))) logger.log(entry)
    })

/** Logs what these settings ask for; `auto` is `pretty` on a terminal and `json` elsewhere. */
export const layer = (
  format: LogSettings["format"],
  level: SubscriptionRef.SubscriptionRef<LogLevel.LogLevel>
): Layer.Layer<never> => {
  const isPretty = format === "pretty" || (format === "auto" && process.stdout.isTTY)
  return Layer.merge(
    Logger.layer([fromLevel(level)(isPretty ? Logger.withConsoleLog(formatPretty) : Logger.consoleJson)]),
    Layer.succeed(References.MinimumLogLevel, "All")
  )
}
