/** Times that people write: of `--at`, of the query of `/routing/explain`, and of examples. */
import { DateTime, Option } from "effect"
import { calendarDay } from "../table/calendar.ts"

/** The format of a time, as the end of an error message. */
export const TIME_FORMAT = "expected a time such as 2026-12-24T18:30:00+01:00, or 2026-12-24 18:30 Europe/Berlin"

/** An instant, in milliseconds since 1970: ISO 8601 with an offset or Z, or a date, a time and a zone; `undefined` for anything else. */
export const parseTime = (written: string): number | undefined => {
  // An unescaped + in a query is a space.
  const text = written.trim().replace(/(?<=T[\d:.]+) (?=\d{2}:\d{2}$)/, "+")
  const [day = ""] = /^\d{4}-\d{2}-\d{2}/.exec(text) ?? []
  // The parser takes 2026-02-30 for a day of March.
  if (calendarDay(day) === undefined) return undefined
  const local = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2})?) ([A-Za-z][\w+/-]*)$/.exec(text)
  if (local === null) {
    if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/.test(text)) return undefined
    const millis = Date.parse(text)
    return Number.isNaN(millis) ? undefined : millis
  }
  const [, date, time, zone = ""] = local
  return Option.getOrUndefined(
    Option.map(
      Option.flatMap(DateTime.zoneFromString(zone), (timeZone) =>
        DateTime.makeZoned(`${date}T${time?.length === 5 ? `${time}:00` : time}Z`, {
          timeZone,
          adjustForTimeZone: true
        })
      ),
      DateTime.toEpochMillis
    )
  )
}
