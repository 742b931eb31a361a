/** Texts and ids as the database has them: writes and searches must agree. */
import { firstBytes } from "../std/text.ts"
import type { HistorySettings } from "./HistorySettings.ts"
import { hashedUserId } from "./hashedUserId.ts"

/** The longest text of a column, in bytes: several are in the key of an index, which Postgres limits to 2,704. */
const MAX_BYTES = 1024

/** A text that any database takes: well-formed, without NUL, and cut where it is longer than any id of a webhook. */
export const storedText = (text: string): string => {
  const clean = text.isWellFormed() && !text.includes("\0") ? text : text.toWellFormed().replaceAll("\0", "\ufffd")
  // Each unit of UTF-16 is at most three bytes.
  return clean.length * 3 <= MAX_BYTES ? clean : firstBytes(clean, MAX_BYTES)
}

/** A user's id as it is stored. */
export const storedUserId = (userId: string, mode: HistorySettings["userIds"]): string | null => {
  switch (mode) {
    case "plain":
      return storedText(userId)
    case "hashed":
      return hashedUserId(userId)
    case "off":
      return null
  }
}

/** All forms in which a user's id may be stored: the setting may have changed since. */
export const storedUserIds = (userId: string): ReadonlyArray<string> => [storedText(userId), hashedUserId(userId)]
