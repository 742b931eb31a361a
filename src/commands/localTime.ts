/** Times for people, in the zone of this machine. */

const two = (number: number) => String(number).padStart(2, "0")

/** A time: `2026-12-24 18:30:00`. */
export const localTime = (millis: number): string => {
  const at = new Date(millis)
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
}

/** The zone: `Europe/Berlin`. */
export const localZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone
