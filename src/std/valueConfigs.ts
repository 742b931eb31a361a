/** Settings of a few kinds, with problems in plain words. */
import { isIP } from "node:net"
import { Config, Effect, Redacted, Schema, SchemaGetter, SchemaIssue } from "effect"
import { closest } from "./suggest.ts"
import { isBlank } from "./text.ts"

const NotBlank = Schema.String.check(Schema.makeFilter((value: string) => !isBlank(value), { message: "empty" }))

/** A `Config` for a text with something in it. Space around it is a slip of the one who pasted it. */
export const textConfig = (name: string): Config.Config<string> =>
  Config.map(Config.schema(NotBlank, name), (value) => value.trim())

/** The same for a secret. */
export const secretConfig = (name: string): Config.Config<Redacted.Redacted> =>
  Config.map(textConfig(name), (secret) => Redacted.make(secret))

/** A `Config` for one of some words, in capitals or not. `aliases` are other words for them, in small letters. */
export const wordConfig = <const W extends string>(
  name: string,
  words: ReadonlyArray<W>,
  aliases: Readonly<Record<string, W>> = {}
): Config.Config<W> => {
  const decode = (text: string): Effect.Effect<W, SchemaIssue.Issue> => {
    const wanted = text.trim().toLowerCase()
    const word = words.find((word) => word.toLowerCase() === wanted)
    const found = word ?? (Object.hasOwn(aliases, wanted) ? aliases[wanted] : undefined)
    if (found !== undefined) return Effect.succeed(found)
    const meant = closest(wanted, words)
    const message = `not one of ${words.join(", ")}${meant === undefined ? "" : `: did you mean ${meant}?`}`
    return Effect.fail(new SchemaIssue.InvalidValue({ message }))
  }
  return Config.schema(
    Schema.String.pipe(
      Schema.decodeTo(Schema.Literals(words), {
        decode: SchemaGetter.transformEffect(decode),
        encode: SchemaGetter.transform((word) => word)
      })
    ),
    name
  )
}

/** A number in decimal digits: `Number` reads `0x10`, `1e3` and the empty text, too. */
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)$/

/** A `Config` for a number. `is` checks it, and `not` says what it is not, such as `not a number from 0 to 1`. */
export const numberConfig = (name: string, not: string, is: (value: number) => boolean): Config.Config<number> =>
  Config.schema(
    Schema.String.check(
      Schema.makeFilter((text: string) => (DECIMAL.test(text.trim()) && is(Number(text)) ? undefined : not))
    ).pipe(Schema.decodeTo(Schema.FiniteFromString)),
    name
  )

/** A `Config` for a TCP port; 0 takes any free one. */
export const portConfig = (name: string): Config.Config<number> =>
  numberConfig(
    name,
    "not a port number from 0 to 65535",
    (port) => Number.isInteger(port) && port >= 0 && port <= 65_535
  )

/** A `Config` for an address to listen on: an IP address or a host's name. */
export const hostConfig = (name: string): Config.Config<string> =>
  Config.schema(
    Schema.String.check(
      Schema.makeFilter((text: string) =>
        isIP(text.replace(/%\w+$/, "")) > 0 || /^[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/i.test(text)
          ? undefined
          : "not an address such as 127.0.0.1, 0.0.0.0 or localhost"
      )
    ),
    name
  )
