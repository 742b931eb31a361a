/** Dates of HTTP (RFC 9110, 5.6.7), in the form that senders must use and in the two older ones that recipients must accept. */

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

const DAY = "(?:mon|tue|wed|thu|fri|sat|sun)"
const TIME = "(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)"
const MONTH = `(?<month>${MONTHS.join("|")})`

const FORMS = [
  // Sun, 06 Nov 1994 08:49:37 GMT
  `${DAY}, (?<day>\\d\\d) ${MONTH} (?<year>\\d{4}) ${TIME} GMT`,
  // Sunday, 06-Nov-94 08:49:37 GMT
  `(?:mon|tues|wednes|thurs|fri|satur|sun)day, (?<day>\\d\\d)-${MONTH}-(?<year>\\d\\d) ${TIME} GMT`,
  // Sun Nov  6 08:49:37 1994
  `${DAY} ${MONTH} (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})`
].map((form) => new RegExp(`^${form}$`, "i"))

/** A year of two digits is one of the 50 to come, or else the latest one in the past. */
const fullYear = (digits: string, now: number): number => {
  if (digits.length > 2) return Number(digits)
  const thisYear = new Date(now).getUTCFullYear()
  const year = thisYear - (thisYear % 100) + Number(digits)
  if (year > thisYear + 50) return year - 100
  return year <= thisYear - 50 ? year + 100 : year
}

/** The date in milliseconds since 1970; `undefined` for any other text. `now`, in the same unit, tells the century of a year with two digits. */
export const parseHttpDate = (text: string, now: number): number | undefined => {
  const { day, hour, minute, month, second, year } =
    FORMS.map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined) ?? {}
  if (!(day && hour && minute && month && second && year)) return undefined
  const date = new Date(0)
  date.setUTCFullYear(fullYear(year, now), MONTHS.indexOf(month.toLowerCase()), Number(day))
  // 60 is a leap second.
  const isTime = Number(hour) < 24 && Number(minute) < 60 && Number(second) <= 60
  if (!isTime || date.getUTCDate() !== Number(day)) return undefined
  return date.setUTCHours(Number(hour), Number(minute), Number(second))
}
