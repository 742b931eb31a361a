/** What the agent reads: the user's last words, and before them a note with the summary and the transcript. */
import type { HandoverRequest } from "../../domain/HandoverRequest.ts"
import type { Entry } from "../../domain/Transcript.ts"
import { firstCharacters, isBlank } from "../../std/text.ts"

/** The most characters of the user's last words and of a summary. */
const MAX_WORDS = 8000

/** The opening message of a user who said nothing. */
const NO_WORDS = "The customer asks for an agent."

/** Words without control characters but line breaks and tabs. */
const clean = (text: string) => text.toWellFormed().replace(/[^\P{Cc}\n\t]/gu, "")

/** True where something is left to read. */
const hasWords = (text: string | undefined): text is string => text !== undefined && !isBlank(clean(text))

const cut = (text: string) => {
  const words = clean(text).trim()
  const first = firstCharacters(words, MAX_WORDS)
  return first === words ? words : `${first} […]`
}

/** The user's last words: those of the input, else the last of the transcript. */
export const openingText = ({ text, transcript }: HandoverRequest): string => {
  const last = transcript?.entries.findLast(({ role, text }) => role === "user" && hasWords(text))?.text
  const words = [text, last].find(hasWords)
  return words === undefined ? NO_WORDS : cut(words)
}

const NAMES = { user: "Customer", bot: "Bot", agent: "Agent" } as const

/** The minute, as people write it. */
const minute = (at: string | undefined) => {
  const time = at === undefined ? Number.NaN : Date.parse(at)
  return Number.isNaN(time) ? "" : `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC, `
}

/** An entry, with its later lines under its first. */
const entryOf = ({ at, role, text }: Entry) => {
  const lines = clean(text)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
  return `${minute(at)}${NAMES[role]}: ${lines.join("\n    ")}`
}

/** The note, in the words of a person; `undefined` without a summary and a transcript. */
export const noteOf = ({ summary, transcript }: HandoverRequest): string | undefined => {
  const entries = (transcript?.entries ?? []).filter(({ text }) => hasWords(text))
  const omitted = transcript?.omitted ?? 0
  const left = omitted === 0 ? "" : ` (${omitted} earlier ${omitted === 1 ? "message is" : "messages are"} left out)`
  const parts = [
    ...(hasWords(summary) ? [`Summary: ${cut(summary)}`] : []),
    ...(entries.length === 0 ? [] : [`Conversation with the bot${left}:\n${entries.map(entryOf).join("\n")}`])
  ]
  return parts.length === 0 ? undefined : ["[Note of the bot for the agent]", ...parts].join("\n\n")
}

/** The author's names: first and last name, or a nickname for a single word. */
export const namesOf = ({
  customer
}: HandoverRequest):
  | { readonly firstName: string; readonly lastName: string }
  | { readonly nickname: string }
  | Record<never, never> => {
  const words = customer?.name?.split(/\s+/).filter((word) => word !== "") ?? []
  const [first, ...others] = words
  if (first === undefined) return {}
  const lastName = others.pop()
  return lastName === undefined ? { nickname: first } : { firstName: [first, ...others].join(" "), lastName }
}
