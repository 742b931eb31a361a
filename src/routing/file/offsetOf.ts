/** Offsets of a document's values in its text. */
import { type Document, isAlias, isMap, isNode, isScalar, isSeq } from "yaml"
import type { Path } from "../check/Flaw.ts"

/** A key of a map as text. */
export const keyOf = (key: unknown): string => String(isScalar(key) ? key.value : key)

/** The offset of a node in the text; `undefined` where it has none. */
export const startOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined)

/** The offset of the value at a path, or of its name. For a missing value it is that of the value around it. */
export const offsetOf = (document: Document, path: Path, isName: boolean): number => {
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
