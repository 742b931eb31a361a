/** The transcript of a payload, in two forms: the list that a flow's author writes, and the one that Cognigy's Get Transcript node stores. */
import { DateTime, Option, Predicate, Schema } from "effect"
import type { Entry, Role, Transcript } from "../../domain/Transcript.ts"
import { present } from "../../std/present.ts"
import { firstBytes, isBlank, unfilled } from "../../std/text.ts"
import { isObject } from "../../std/WrittenNumber.ts"
import { list, object, optional, words } from "./fields.ts"
import { structured } from "./structured.ts"

/** The most entries of a transcript. */
export const MAX_ENTRIES = 200

/** The most bytes that all texts of a transcript have in UTF-8. */
export const MAX_BYTES = 32 * 1024

/** The roles of those who said something to be read, with Cognigy's name of the bot. */
const ROLES: ReadonlyMap<string, Role> = new Map([
  ["user", "user"],
  ["bot", "bot"],
  ["assistant", "bot"],
  ["agent", "agent"]
])

/** Cognigy's roles of what nobody said to anybody: prompts, and the calls of tools. */
const UNSAID: ReadonlyArray<unknown> = ["system", "tool"]

const roleMessage = "expected user, bot or agent (or assistant, system or tool, as Cognigy stores them)"

const role = optional(
  roleMessage,
  Schema.String.check(
    Schema.makeFilter(
      (role: string) => unfilled(role) ?? (isBlank(role) || ROLES.has(role) ? undefined : roleMessage),
      {
        toJsonSchema: () => ({ enum: [...ROLES.keys(), ...UNSAID] })
      }
    )
  )
)

/** A time as ISO 8601 in UTC; without an offset, it is UTC already. */
const toTime = (at: string | number): string | undefined =>
  Predicate.isNumber(at) || /^\d{4}-\d\d-\d\d|^\d{11,14}$/.test(at)
    ? Option.getOrUndefined(Option.map(DateTime.make(/^\d+$/.test(String(at)) ? Number(at) : at), DateTime.formatIso))
    : undefined

const timeMessage = "expected a time such as 2026-11-30T14:29:05Z, or milliseconds since 1970"

const time = optional(
  timeMessage,
  Schema.Union([Schema.String, Schema.Finite]).check(
    Schema.makeFilter((at: string | number) =>
      Predicate.isString(at) && isBlank(at) ? undefined : toTime(at) === undefined ? timeMessage : undefined
    )
  )
)

const SentEntry = Schema.Struct({
  /** The one who said it. Entries of `system` and `tool` are left out. */
  role,
  /** The words. An entry without any is left out. */
  text: words,
  /** Holds the words where `text` does not. */
  payload: object("an object with a text", {
    /** The words. */
    text: words
  }),
  /** When, as ISO 8601 or in milliseconds since 1970. */
  at: time
})

const textOf = ({ payload, text }: typeof SentEntry.Type) => present(text) ?? present(payload?.text)

const hasRole = Schema.makeFilter((entry: typeof SentEntry.Type) =>
  textOf(entry) !== undefined && present(entry.role) === undefined ? { path: ["role"], issue: roleMessage } : undefined
)

/** Whatever else is in an entry that is left out does not matter: the payload of a tool may have any form. */
const takeEntry = (value: unknown) => {
  if (!isObject(value)) return undefined
  return UNSAID.includes(value.role) ? {} : value
}

/** The member `transcript` of a payload. */
export const transcript = list(
  "a list of {role, text}",
  structured("an object {role, text}", takeEntry, SentEntry.check(hasRole))
)

const toEntry = (sent: typeof SentEntry.Type | null): ReadonlyArray<Entry> => {
  if (sent === null) return []
  const [role, text, at] = [ROLES.get(sent.role ?? ""), textOf(sent), present(sent.at)]
  if (role === undefined || text === undefined) return []
  const time = at === undefined ? undefined : toTime(at)
  return [{ role, text, ...(time === undefined ? {} : { at: time }) }]
}

/** The transcript within its bounds: the latest entries. The latest one alone is cut where it is too long. */
export const toTranscript = (sent: ReadonlyArray<typeof SentEntry.Type | null>): Transcript | undefined => {
  const said = sent.flatMap(toEntry)
  const latest = said.at(-1)
  if (latest === undefined) return undefined
  const candidates = said.slice(-MAX_ENTRIES, -1)
  const end = { ...latest, text: firstBytes(latest.text, MAX_BYTES) }
  let left = MAX_BYTES - Buffer.byteLength(end.text)
  const tooMuch = candidates.findLastIndex(({ text }) => {
    left -= Buffer.byteLength(text)
    return left < 0
  })
  const entries = [...candidates.slice(tooMuch + 1), end]
  return { entries, omitted: said.length - entries.length }
}
