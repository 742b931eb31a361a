/** Where a text stops being JSON, in words that quote none of it. The messages of `JSON.parse` quote the text, and often have no position. */

type State = "value" | "first element" | "first member" | "member" | "colon" | "end"

const SPACE = /[ \t\n\r]*/y
const PLAIN = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y

/** A place in a text, and what is wrong there. */
interface Fault {
  readonly at: number
  readonly problem: string
}

const NAME = "a member's name in double quotes"

const EXPECTED = {
  value: "a value is expected",
  "first element": "a value or ] is expected",
  "first member": `${NAME} or } is expected`,
  member: `${NAME} is expected`,
  colon: "a colon is expected"
}

/** The state after a token, if it may stand there. `open` holds the closing brackets of what is open. */
const stateAfter = (token: string, state: State, open: Array<string>): State | undefined => {
  const opens = (bracket: string, state: State) => {
    open.push(bracket)
    return state
  }
  const isValue = state === "value" || state === "first element"
  switch (token) {
    case "text":
      return state === "member" || state === "first member" ? "colon" : isValue ? "end" : undefined
    case "plain":
      return isValue ? "end" : undefined
    case "{":
      return isValue ? opens("}", "first member") : undefined
    case "[":
      return isValue ? opens("]", "first element") : undefined
    case ":":
      return state === "colon" ? "value" : undefined
    case ",":
      return state === "end" && open.length > 0 ? (open.at(-1) === "}" ? "member" : "value") : undefined
    default: {
      const mayClose = state === "end" || state === "first element" || state === "first member"
      if (!mayClose || token === "" || token !== open.at(-1)) return undefined
      open.pop()
      return "end"
    }
  }
}

/** The end of the text in quotes that begins at `from`, or its fault. */
const endOfText = (text: string, from: number): number | Fault => {
  for (let at = from + 1; ; ) {
    const code = text.charCodeAt(at)
    if (code === 0x22) return at + 1
    if (Number.isNaN(code)) return { at, problem: "a text is not closed" }
    if (code < 0x20) {
      return { at, problem: "a text has a line break or another control character: write a line break as \\n" }
    }
    if (code !== 0x5c) at++
    else {
      ESCAPE.lastIndex = at
      if (!ESCAPE.test(text)) return { at, problem: "a backslash begins no escape: write it as \\\\" }
      at = ESCAPE.lastIndex
    }
  }
}

/** The first fault of a text; `undefined` when it is JSON. */
const find = (text: string): Fault | undefined => {
  const open: Array<string> = []
  let state: State = "value"
  let isAfterText = false
  for (let at = 0; ; ) {
    SPACE.lastIndex = at
    SPACE.test(text)
    at = SPACE.lastIndex
    if (at === text.length && state === "end" && open.length === 0) return undefined
    PLAIN.lastIndex = at
    const isText = text[at] === '"'
    const isPlain = !isText && PLAIN.test(text)
    const after = stateAfter(isText ? "text" : isPlain ? "plain" : (text[at] ?? ""), state, open)
    if (after === undefined) {
      const rest = open.length === 0 ? "the end is expected" : `a comma or ${open.at(-1)} is expected`
      const quoting = isAfterText ? ' (a quote inside a text is written \\")' : ""
      return { at, problem: state === "end" ? rest + quoting : EXPECTED[state] }
    }
    const end = isText ? endOfText(text, at) : isPlain ? PLAIN.lastIndex : at + 1
    if (typeof end !== "number") return end
    at = end
    state = after
    isAfterText = isText
  }
}

/** The first fault of a text that is not JSON, with line and column, both from 1; `undefined` when it is JSON. */
export const jsonFault = (text: string): string | undefined => {
  const fault = find(text)
  if (fault === undefined) return undefined
  const { at, problem } = fault
  const before = text.slice(0, at)
  const line = before.split("\n").length
  const column = at - before.lastIndexOf("\n")
  return `${at === text.length ? "it ends" : "it breaks"} at line ${line}, column ${column}: ${problem}`
}
