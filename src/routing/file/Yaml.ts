/** YAML as people write it: what it holds, where everything stands in it, and what cannot be meant so. */
import { Predicate, Result } from "effect"
import { type Document, isAlias, isMap, isNode, isPair, isScalar, isSeq, parseDocument, visit } from "yaml"
import { excessOf } from "../../std/excess.ts"
import type { Path } from "../check/checkRoutes.ts"

/** The largest file that is read, in bytes: ten thousand rules with some conditions each. */
export const MAX_FILE = 4 * 1024 * 1024

/** How deep a file may be nested. */
const MAX_DEPTH = 50

/** How many values a file may have, those that aliases repeat counted each time. */
const MAX_VALUES = 1_000_000

/** Something that is wrong with a file. Lines and columns count from 1. */
export interface FileProblem {
  /** The line that it is in. */
  readonly line: number
  /** The column that it begins at. */
  readonly column: number
  /** Where it is in the file's terms: `rules[3].to.queue`. */
  readonly path: string
  /** What is wrong. */
  readonly problem: string
  /** What to write instead. */
  readonly instead: string
}

/** A file's contents, in its format, and where everything stands in it. */
export interface Located<A> {
  readonly value: A
  /** The line and column of a value, counted from 1. */
  readonly locate: (path: Path, isName?: boolean) => { readonly line: number; readonly column: number }
}

/** A file's contents, whatever they are. */
interface Parsed extends Located<unknown> {
  /** Numbers that are read as others than what stands there, such as 007. */
  readonly misread: ReadonlyArray<FileProblem>
}

/** Reads YAML (so JSON too), whatever is in it. */
export const parseYaml = (text: string, whatInstead: string): Result.Result<Parsed, ReadonlyArray<FileProblem>> => {
  // Not by the parser's counter, which loses lines after some errors.
  const at = (offset: number) => {
    const before = text.slice(0, offset).split("\n")
    return { line: before.length, column: (before.at(-1) ?? "").length + 1 }
  }
  const whole = (problem: string, instead: string) => Result.fail([{ line: 1, column: 1, path: "", problem, instead }])

  if (text.trim() === "") return whole("is empty", whatInstead)
  let document: Document
  let value: unknown
  try {
    document = parseDocument(text, { prettyErrors: false, uniqueKeys: false })
    if (document.errors.length > 0) {
      return Result.fail(
        document.errors.slice(0, MAX_SYNTAX_ERRORS).map(({ code, message, pos: [offset] }) => ({
          ...at(offset),
          path: "",
          problem: `cannot be read: ${code === "MULTIPLE_DOCS" ? "there is more than one document in it" : message}`,
          instead: INSTEAD_OF_SYNTAX[code] ?? "YAML (or JSON): mind indentation, colons and quotes"
        }))
      )
    }
    const broken = [...twinsIn(document), ...looseAliasesIn(document)]
    if (broken.length > 0) {
      return Result.fail(broken.map(({ offset, ...problem }) => ({ ...at(offset), path: "", ...problem })))
    }
    // How much they repeat is counted below.
    value = document.toJS({ maxAliasCount: -1 })
  } catch (error) {
    if (error instanceof RangeError || (error instanceof Error && /stack/i.test(error.message))) {
      return whole("is nested too deeply", `at most ${MAX_DEPTH} levels`)
    }
    return whole(`cannot be read: ${error instanceof Error ? error.message : error}`, whatInstead)
  }
  const excess = excessOf(value, { levels: MAX_DEPTH, members: MAX_VALUES })
  if (excess !== undefined) return whole(excess, "less of it")

  return Result.succeed({
    value,
    misread: misreadIn(document).map(({ offset, ...problem }) => ({ ...at(offset), path: "", ...problem })),
    locate: (path, isName = false) => at(offsetOf(document, path, isName))
  })
}

/** How many errors of the syntax are told: the later ones follow from the first. */
const MAX_SYNTAX_ERRORS = 3

/** What to write where the parser does not understand a text. */
const INSTEAD_OF_SYNTAX: Readonly<Record<string, string>> = {
  BAD_DQ_ESCAPE: "single quotes around it: in double ones a backslash has a meaning of its own",
  MULTIPLE_DOCS: "one document: take the line --- out",
  TAB_AS_INDENT: "spaces instead of tabs"
}

/** Something that is wrong with a document, and where in its text. */
interface Broken {
  readonly offset: number
  readonly problem: string
  readonly instead: string
}

/** Aliases of anchors that are not there: most often a text that begins with a star. */
const looseAliasesIn = (document: Document): ReadonlyArray<Broken> => {
  const loose: Array<Broken> = []
  const anchors = new Set<string>()
  // In the order of the text, in which an anchor must come first. The parser's own look would begin anew for each alias.
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

/** Members whose values are compared as they are written, and those among them that are numbers or yes and no. */
const COMPARED = ["entities", "data", "slots"]
const NUMERIC = ["atLeast", "above", "atMost", "below", "present"]

/** Numbers whose text is another one, such as 007: what people send is compared with the text. */
const misreadIn = (document: Document): ReadonlyArray<Broken> => {
  const misread: Array<Broken> = []
  visit(document, {
    Scalar: (key, { range, source, value }, path) => {
      if (key === "key" || (!Predicate.isNumber(value) && !Predicate.isBoolean(value))) return
      if (source === undefined || String(value) === source) return
      const names = path.flatMap((node) => (isPair(node) ? [keyOf(node.key)] : []))
      if (!names.slice(0, -1).some((name) => COMPARED.includes(name)) || NUMERIC.includes(names.at(-1) ?? "")) return
      misread.push({
        offset: range?.[0] ?? 0,
        problem: `${source} is read as ${value}`,
        instead: `quotes around it: "${source}"`
      })
    }
  })
  return misread
}

/** The keys that their map has already, and where they stand. The parser's own look takes time that grows with the square of a map's keys. */
const twinsIn = (document: Document): ReadonlyArray<Broken> => {
  const twins: Array<Broken> = []
  visit(document, {
    Map: (_, map) => {
      const seen = new Set<string>()
      for (const { key } of map.items) {
        const name = keyOf(key)
        if (seen.has(name)) {
          twins.push({
            offset: startOf(key) ?? 0,
            problem: `keys must be unique: "${name}" stands there twice`,
            instead: "one of them, or another name"
          })
        }
        seen.add(name)
      }
    }
  })
  return twins
}

const keyOf = (key: unknown): string => String(isScalar(key) ? key.value : key)

/** Where in the text something stands; where it is missing, what it is missing from. */
const offsetOf = (document: Document, path: Path, isName: boolean): number => {
  let node: unknown = document.contents
  let offset = 0
  for (const [index, key] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document)
    if (isMap(node)) {
      const pair = node.items.find((item) => keyOf(item.key) === String(key))
      if (pair === undefined) return startOf(node) ?? offset
      offset = startOf(pair.key) ?? offset
      if (isName && index === path.length - 1) return offset
      node = pair.value
    } else if (isSeq(node)) {
      node = node.items[Number(key)]
    } else return offset
    offset = startOf(node) ?? offset
  }
  return offset
}

const startOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined)
