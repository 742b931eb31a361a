/** Times in ids: a UUID of version 7 begins with its time, so that a range of times is a range of ids. */

/** The last time that an id can hold, in milliseconds since 1970. */
const LAST = 2 ** 48 - 1

/** A text that sorts before all ids of this time and later ones, and after all earlier ids. The time is in milliseconds since 1970. */
export const idsFrom = (millis: number): string => {
  const digits = Math.min(LAST, Math.max(0, Math.ceil(millis)))
    .toString(16)
    .padStart(12, "0")
  return `${digits.slice(0, 8)}-${digits.slice(8)}`
}
