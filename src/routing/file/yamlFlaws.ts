/** Problems of YAML that its parser accepts or is slow to find. */
import { Predicate } from "effect"
import { type Document, isAlias, isPair, visit } from "yaml"
import { decimalOf } from "../../std/decimal.ts"
import { isExact, isSame } from "../../std/exactJson.ts"
import { keyOf, startOf } from "./offsetOf.ts"

/** A problem, and its offset in the text. */
export interface YamlFlaw {
  readonly offset: number
  readonly problem: string
  readonly instead: string
}

/** Aliases without an anchor: most often a text that begins with a star. */
export const looseAliases = (document: Document): ReadonlyArray<YamlFlaw> => {
  const loose: Array<YamlFlaw> = []
  const anchors = new Set<string>()
  // In the order of the text: the anchor comes first. The parser's own search starts again for each alias.
  visit(document, {
    Node: (_, node) => {
      if (!isAlias(node) && node.anchor !== undefined) anchors.add(node.anchor)
    },
    Alias: (_, alias) => {
      if (anchors.has(alias.source)) return
      loose.push({
        offset: startOf(alias) ?? 0,
        problem: `*${alias.source} stands for something that is defined as &${alias.source}, and nothing is`,
        instead: `in quotes where it is a text: "*${alias.source}"`
      })
    }
  })
  return loose
}

/** Members whose values are compared as they are written. */
const COMPARED = ["entities", "data", "slots"]

/** Members within them that are numbers or booleans. */
const NUMERIC = ["atLeast", "above", "atMost", "below", "present"]

/** Members that are numbers, or have numbers in them. */
const MEASURED = ["confidence", "percentage"]

/**
 * Numbers and booleans that are read differently than they are written: names and compared values, such as 007, which become texts; and bounds, scores and
 * shares with more digits than a number has.
 */
export const misreadNumbers = (document: Document): ReadonlyArray<YamlFlaw> => {
  const misread: Array<YamlFlaw> = []
  visit(document, {
    Scalar: (key, { range, source, value }, path) => {
      if (source === undefined || (!Predicate.isNumber(value) && !Predicate.isBoolean(value))) return
      const add = (problem: string, instead: string) => misread.push({ offset: range?.[0] ?? 0, problem, instead })
      const readAs = `${source} is read as ${value}`
      const inQuotes = `quotes around it: "${source}"`
      const names = path.flatMap((node) => (isPair(node) ? [keyOf(node.key)] : []))
      const isNumber = NUMERIC.includes(names.at(-1) ?? "")
      if (key === "key") {
        if (String(value) !== source) add(readAs, inQuotes)
      } else if (!isNumber && names.slice(0, -1).some((name) => COMPARED.includes(name))) {
        if (String(value) !== source) add(readAs, inQuotes)
        else if (Predicate.isNumber(value) && !isExact(value, source))
          add(`${source} is too long for a number`, inQuotes)
      } else if (isNumber || (!isPayload(names) && names.some((name) => MEASURED.includes(name)))) {
        if (Number.isFinite(value) && decimalOf(source) !== undefined && !isSame(Number(value), source)) {
          add(readAs, "a number of at most 15 digits")
        }
      }
    }
  })
  return misread
}

/** True in the payload of an example, which is read as the webhook reads it. */
const isPayload = ([first, second]: ReadonlyArray<string>): boolean => first === "tests" && second === "payload"

/**
 * Keys that their map has already. The parser's own `uniqueKeys` compares all pairs: 0.3 s more for 10,000 keys, and two minutes for a file of the largest
 * size.
 */
export const duplicateKeys = (document: Document): ReadonlyArray<YamlFlaw> => {
  const duplicates: Array<YamlFlaw> = []
  visit(document, {
    Map: (_, map) => {
      const seen = new Set<string>()
      for (const { key } of map.items) {
        const name = keyOf(key)
        if (seen.has(name)) {
          duplicates.push({
            offset: startOf(key) ?? 0,
            problem: `keys must be unique: "${name}" stands there twice`,
            instead: "one of them, or another name"
          })
        }
        seen.add(name)
      }
    }
  })
  return duplicates
}
