/** HTML as text: a template whose values are escaped unless they are HTML themselves. */

/** A piece of HTML. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** A value of a template. Nothing is shown for `undefined`, `null` and `false`. */
export type Value = Html | string | number | undefined | null | false | ReadonlyArray<Value>

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;"
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character)

const show = (value: Value): string => {
  if (value === undefined || value === null || value === false) return ""
  if (value instanceof Html) return value.text
  return typeof value === "string" || typeof value === "number" ? escaped(String(value)) : value.map(show).join("")
}

/** A template of HTML. Attributes need quotes around their values. */
export const html = (parts: TemplateStringsArray, ...values: ReadonlyArray<Value>): Html =>
  new Html(parts.reduce((text, part, index) => text + show(values[index - 1]) + part))
