/** The opening hours of a table. */
import { Schema } from "effect"
import { describe, MAX_LIST, members, Name, notEmpty } from "./names.ts"

const range = /^\s*([01]\d|2[0-3]):[0-5]\d\s*-\s*(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)\s*$/u

const rangeText =
  'expected closed, hours such as "08:00-18:00" (an end before the start is on the next day), or a list of them'

const Range = Schema.String.annotate({ message: rangeText }).check(Schema.isPattern(range, { message: rangeText }))

const Hours = Schema.Union([
  Schema.Literal("closed"),
  Range,
  Schema.Array(Range).check(Schema.isMaxLength(20, { message: "expected at most 20 ranges" }))
]).annotate({ identifier: "Hours", message: rangeText })

/** The hours of a day. */
export type DayHours = typeof Hours.Type

const day = (description: string) => describe(description, Hours)

const Weekly = Schema.Struct({
  daily: day("Every day that is not given on its own."),
  weekdays: day("Monday to Friday, where a day is not given on its own."),
  weekend: day("Saturday and Sunday, where a day is not given on its own."),
  monday: day("Instead of weekdays or daily."),
  tuesday: day("Instead of weekdays or daily."),
  wednesday: day("Instead of weekdays or daily."),
  thursday: day("Instead of weekdays or daily."),
  friday: day("Instead of weekdays or daily."),
  saturday: day("Instead of weekend or daily."),
  sunday: day("Instead of weekend or daily.")
}).check(notEmpty("empty: expected hours for some day"))

/** Opening hours: those of a week, and dates with hours of their own. */
export const OpeningHours = Schema.Struct({
  zone: Name.pipe(Schema.annotateKey({ description: "The time zone, such as Europe/Berlin." })),
  weekly: Weekly.pipe(Schema.annotateKey({ description: "The hours of a week. A day that is not given is closed." })),
  exceptions: describe(
    "Dates (2026-12-24) with hours of their own, instead of those of the week.",
    members(/^\d{4}-\d{2}-\d{2}$/u, "expected a date such as 2026-12-24", Hours).check(
      Schema.isMaxProperties(MAX_LIST, { message: `expected at most ${MAX_LIST} dates` })
    )
  )
}).annotate({ identifier: "OpeningHours", message: "expected opening hours: zone, weekly, exceptions" })

/** Opening hours: those of a week, and dates with hours of their own. */
export type OpeningHours = typeof OpeningHours.Type
