/** The members of a JSON schema, one a row, for people. */
import { Predicate } from "effect"

/** A schema as OpenAPI 3.1 has it. */
export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string
  readonly description?: string
  readonly enum?: ReadonlyArray<unknown>
  readonly examples?: ReadonlyArray<unknown>
  readonly anyOf?: ReadonlyArray<JsonSchema>
  readonly allOf?: ReadonlyArray<JsonSchema>
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: JsonSchema | boolean
  readonly items?: JsonSchema
  readonly required?: ReadonlyArray<string>
  readonly minimum?: number
  readonly maximum?: number
}

/** Schemas by their names. */
export type Schemas = Readonly<Record<string, JsonSchema>>

/** A member of an object. */
export interface Row {
  /** The way to it: `entities[].name`. */
  readonly path: string
  /** The kind of its values, in words. */
  readonly kind: string
  readonly description: string | undefined
  readonly isRequired: boolean
}

/** The name of the schema that a reference points to. */
export const nameOf = ({ $ref }: JsonSchema): string | undefined => $ref?.split("/").at(-1)

/** The schema itself, where this is a reference. */
export const resolve = (schema: JsonSchema, schemas: Schemas): JsonSchema => schemas[nameOf(schema) ?? ""] ?? schema

/** The kinds of value that a schema accepts, but for `null` and for what comes as JSON in a text beside it: the page says once that both are taken everywhere. */
export const variants = (schema: JsonSchema, schemas: Schemas): ReadonlyArray<JsonSchema> => {
  const own = resolve(schema, schemas)
  if (own.anyOf === undefined) return [own]
  const all = own.anyOf.flatMap((one) => variants(one, schemas)).filter(({ type }) => type !== "null")
  const others = all.filter(({ description, type }) => type !== "string" || description === undefined)
  return others.length === 0 ? all : others
}

const TYPES: Readonly<Record<string, string>> = {
  string: "text",
  integer: "whole number",
  boolean: "true or false",
  object: "object"
}

const kindOfOne = (schema: JsonSchema, schemas: Schemas): string => {
  const { additionalProperties, enum: values, items, maximum, minimum, type } = schema
  if (values !== undefined) return values.map((value) => JSON.stringify(value)).join(" or ")
  if (type === "array") return items === undefined ? "list" : `list of ${plural(kindOf(items, schemas))}`
  if (type === "number") return minimum === undefined ? "number" : `number, ${minimum} to ${maximum}`
  if (type === "object" && Predicate.isObject(additionalProperties)) return "values by name"
  return type === undefined ? "anything" : (TYPES[type] ?? type)
}

const plural = (kind: string) => (/^(text|object|number)$/.test(kind) ? `${kind}s` : kind)

/** The kinds of a schema's values, in words. */
export const kindOf = (schema: JsonSchema, schemas: Schemas): string =>
  [...new Set(variants(schema, schemas).map((one) => kindOfOne(one, schemas)))].join(" or ")

const descriptionOf = ({ allOf = [], description }: JsonSchema) =>
  description ?? allOf.find((one) => one.description !== undefined)?.description

/** All members of an object and of the objects in it, each after the one that holds it. */
export const rowsOf = (schema: JsonSchema, schemas: Schemas, path = ""): ReadonlyArray<Row> =>
  variants(schema, schemas).flatMap((one) => {
    if (one.type === "array") return one.items === undefined ? [] : rowsOf(one.items, schemas, `${path}[]`)
    return Object.entries(one.properties ?? {}).flatMap(([name, member]): ReadonlyArray<Row> => {
      const own = path === "" ? name : `${path}.${name}`
      return [
        {
          path: own,
          kind: kindOf(member, schemas),
          description: descriptionOf(member),
          isRequired: one.required?.includes(name) ?? false
        },
        ...rowsOf(member, schemas, own)
      ]
    })
  })

/** The examples of a schema, each with the name of the schema that has it. */
export const examplesOf = (schema: JsonSchema, schemas: Schemas): ReadonlyArray<{ name: string; value: unknown }> => {
  const own = resolve(schema, schemas)
  return [
    ...(own.examples ?? []).map((value) => ({ name: nameOf(schema) ?? "example", value })),
    ...(own.anyOf ?? []).flatMap((one) => examplesOf(one, schemas))
  ]
}
