/**
 * The file `.env`: lines of `NAME=value`. A `#` is a comment at the start of a line and after a space, as in a shell; within a value it belongs to the value. Node's parser and
 * Effect's cut such a value there.
 */

/** A setting of the file. */
export interface Entry {
  readonly name: string
  readonly value: string
  /** The line where it begins, from 1. */
  readonly line: number
  /** The value's problem, for `NAME …`; the value must not be used then. */
  readonly flaw?: Flaw
  /** A comment follows the value, which is not in quotes. */
  readonly isCommented: boolean
}

/** A problem, and what to write instead. */
export interface Flaw {
  readonly problem: string
  readonly instead: string
}

/** A parsed file. */
export interface DotEnv {
  /** In the order of the file; of entries with one name the last one counts. */
  readonly entries: ReadonlyArray<Entry>
  /** The numbers of lines that are neither settings nor comments, from 1. */
  readonly unknown: ReadonlyArray<number>
}

/** Parses the text of a file. */
export const parseDotEnv = (text: string): DotEnv => {
  const lines = text.split(/\r\n|\r|\n/)
  const entries: Array<Entry> = []
  const unknown: Array<number> = []
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? ""
    if (/^\s*(#|$)/.test(line)) continue
    const [, name, start = ""] = SETTING.exec(line) ?? []
    if (name === undefined) {
      unknown.push(index + 1)
      continue
    }
    const { lines: taken, ...value } = readValue([start, ...lines.slice(index + 1, index + MAX_LINES)])
    entries.push({ name, line: index + 1, ...value })
    index += taken - 1
  }
  return { entries, unknown }
}

const SETTING = /^\s*(?:export\s+)?([\w.-]+)(?:\s*=|:(?=\s))(.*)$/

/** The most lines of one value. */
const MAX_LINES = 100

interface Value extends Pick<Entry, "flaw" | "isCommented" | "value"> {
  /** How many lines it has. */
  readonly lines: number
}

const readValue = ([start = "", ...next]: ReadonlyArray<string>): Value => {
  const text = start.trimStart()
  const value = /^["'`]/.test(text) ? quoted([text, ...next]) : unquoted(start)
  return value.flaw === undefined && value.value.includes("\ufffd") ? { ...value, value: "", flaw: NOT_UTF8 } : value
}

const unquoted = (text: string): Value => {
  const comment = /^#(\s|$)/.test(text) ? 0 : text.search(/\s#/)
  const value = (comment === -1 ? text : text.slice(0, comment)).trim()
  return { value, isCommented: comment !== -1 && value !== "", lines: 1 }
}

/** A value in quotes, over several lines where they close later. */
const quoted = (lines: ReadonlyArray<string>): Value => {
  const quote = lines[0]?.[0] ?? ""
  const closed = quote === '"' ? /^"((?:\\[\s\S]|[^"\\])*)"(.*)$/ : new RegExp(`^${quote}([^${quote}]*)${quote}(.*)$`)
  const flawed = (flaw: Flaw) => ({ value: "", isCommented: false, lines: 1, flaw })
  for (let count = 1; count <= lines.length; count++) {
    // The line of another setting shows that the quote before it has no end.
    if (count > 1 && NEXT_SETTING.test(lines[count - 1] ?? "")) break
    const [match, value = "", rest = ""] = closed.exec(lines.slice(0, count).join("\n")) ?? []
    if (match === undefined) continue
    if (!/^\s*(#|$)/.test(rest)) return flawed(MORE_AFTER_QUOTES)
    return { value: quote === '"' ? unescaped(value) : value, isCommented: false, lines: count }
  }
  return flawed(UNCLOSED)
}

const NEXT_SETTING = /^\s*(?:export\s+)?[A-Z][A-Z0-9_]+\s*=/

const unescaped = (text: string) =>
  text.replace(/\\([nr"\\])/g, (_, character: string) => ({ n: "\n", r: "\r" })[character] ?? character)

const UNCLOSED: Flaw = {
  problem: "begins with a quote that is not closed",
  instead: "close the quote, or put the whole value in quotes of another kind"
}

const MORE_AFTER_QUOTES: Flaw = {
  problem: "has more text after its closing quote",
  instead: "put the whole value in quotes of a kind that it does not hold: ', \" or `"
}

const NOT_UTF8: Flaw = { problem: "has characters that are not UTF-8", instead: "save the file as UTF-8" }

/** The text of a file: UTF-8, or UTF-16 as Notepad and PowerShell write it, told by its byte order mark; `undefined` for anything else. */
export const decodeDotEnv = (bytes: Uint8Array): string | undefined => {
  const text = new TextDecoder(encodingOf(bytes)).decode(bytes)
  return text.includes("\0") ? undefined : text
}

const encodingOf = ([first, second]: Uint8Array) => {
  if (first === 0xff && second === 0xfe) return "utf-16le"
  return first === 0xfe && second === 0xff ? "utf-16be" : "utf-8"
}
