/** Labels of a rule, filled in with values of entities. */
import { entityValue, type HandoverRequest } from "../../domain/HandoverRequest.ts"
import type { LabelSet } from "../../domain/Labels.ts"
import { firstCharacters } from "../../std/text.ts"

/** The longest value of a label, in characters: CXone's limit. */
const MAX_LABEL_VALUE = 256

/** The quote of an entity's value in a label. */
const QUOTE = /\{\{\s*([^{}]*?)\s*\}\}/g

/** The names of the entities that a label's value quotes. */
export const quotedEntities = (value: string): ReadonlyArray<string> =>
  [...value.matchAll(QUOTE)].map(([, name = ""]) => name)

/** The labels for a request: one line each, without control characters, cut to 256 characters. A label that ends up empty is left out. */
export const fillIn = (labels: LabelSet, request: HandoverRequest): LabelSet =>
  Object.fromEntries(
    Object.entries(labels).flatMap(([name, value]) => {
      const filled = value.replace(QUOTE, (_, entity: string) => String(entityValue(request, entity) ?? ""))
      const clean = filled
        .toWellFormed()
        .replace(/[\p{Cc}\s]+/gu, " ")
        .trim()
      return clean === "" ? [] : [[name, firstCharacters(clean, MAX_LABEL_VALUE).trimEnd()]]
    })
  )
