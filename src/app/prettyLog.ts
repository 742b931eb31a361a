/** The log for people: one line for each entry, its annotations at the end. */
import { styleText } from "node:util"
import { Array as Arr, Cause, Inspectable, Logger, type LogLevel, References } from "effect"

type Style = Parameters<typeof styleText>[0]

const STYLES: Partial<Record<LogLevel.LogLevel, Style>> = {
  Fatal: "red",
  Error: "red",
  Warn: "yellow",
  Info: "green",
  Debug: "gray",
  Trace: "gray"
}

/** What lines of handovers say in words already, and have as fields for machines. */
const SAID = new Set(["conversationId", "milliseconds", "outcome", "rule", "status"])

const twoDigits = (number: number) => String(number).padStart(2, "0")

const timeOf = (date: Date) =>
  `${[date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(":")}.${String(date.getMilliseconds()).padStart(3, "0")}`

/** Formats entries: `[15:23:14.447] INFO: handed over: … correlationId=…`, in colors where standard output shows them. A cause follows on lines of its own. */
export const formatPretty = (isColored: boolean) =>
  Logger.make<unknown, string>(({ cause, date, fiber, logLevel, message }) => {
    const styled = (style: Style, text: string) =>
      isColored ? styleText(style, text, { validateStream: false }) : text
    const annotations = Object.entries(fiber.getRef(References.CurrentLogAnnotations))
      .filter(([name]) => !SAID.has(name))
      .map(([name, value]) => `${name}=${Inspectable.toStringUnknown(value, 0)}`)
    return [
      styled("gray", `[${timeOf(date)}]`),
      styled(STYLES[logLevel] ?? "gray", `${logLevel.toUpperCase()}:`),
      ...Arr.ensure(message).map((part) => Inspectable.toStringUnknown(part, 0)),
      ...annotations.map((annotation) => styled("gray", annotation)),
      ...(cause.reasons.length === 0 ? [] : [`\n${Cause.pretty(cause)}`])
    ].join(" ")
  })
