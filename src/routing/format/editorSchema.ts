/** Formats as JSON Schema, for editors. */
import { JsonSchema, Predicate, Schema } from "effect"

/** Moves a description out of an `allOf` that holds nothing else: editors do not show it there. */
const hoist = (_key: string, value: unknown): unknown => {
  if (!Predicate.isObject(value) || !Array.isArray(value.allOf) || value.allOf.length !== 1) return value
  const { allOf, ...rest } = value
  return Object.keys(allOf[0]).join() === "description" ? { ...rest, ...allOf[0] } : value
}

/** A format as JSON Schema draft 07, the one that most editors support. */
export const editorSchema = (format: Schema.Top): JsonSchema.JsonSchema => {
  const { definitions, schema } = JsonSchema.toDocumentDraft07(
    Schema.toJsonSchemaDocument(format, { onExcessProperty: "error" })
  )
  return JSON.parse(JSON.stringify({ $schema: JsonSchema.META_SCHEMA_URI_DRAFT_07, ...schema, definitions }, hoist))
}
