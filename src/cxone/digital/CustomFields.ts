/** The custom fields of contacts: what a handover wishes to set, kept to those that the tenant has. */
import { Cache, Context, Duration, Effect, Exit, Fiber, Layer, Option, Scope } from "effect"
import type { LabelSet } from "../../domain/Labels.ts"
import * as Trail from "../../domain/Trail.ts"
import { makeTellOnce } from "../../std/tellOnce.ts"
import { firstUnits, hasUnsafeCharacters } from "../../std/text.ts"
import type { CallError } from "../CXoneError.ts"
import * as Deadline from "../Deadline.ts"
import type { Field } from "./Messages.ts"
import { type FieldDefinition, TenantDirectory } from "./TenantDirectory.ts"

/** How long the tenant's definitions are kept, 5 minutes. */
export const FIELDS_MEMORY = Duration.minutes(5)

/** How long a failure to read them is kept, 10 s. */
export const FIELDS_FAILURE_MEMORY = Duration.seconds(10)

/** How long a handover waits for definitions that are not there yet, 300 ms: fields are a wish, and are set again after the routing. */
export const FIELDS_PATIENCE = Duration.millis(300)

/** CXone's limit on a value, in characters. They are counted in UTF-16 units, the strictest reading of it. */
export const MAX_VALUE = 1024

/** The most names that the log tells of. */
const MAX_TOLD = 100

/** Which custom fields the tenant has. */
export class CustomFields extends Context.Service<
  CustomFields,
  {
    /** Those of the wishes that the tenant has; none when CXone does not show them. Waits as long as the definitions take, and fails when they may be read later. */
    readonly known: (wishes: LabelSet) => Effect.Effect<ReadonlyArray<Field>, CallError>
    /** The same at once: none when the definitions are not there in `FIELDS_PATIENCE`. */
    readonly knownSoon: (wishes: LabelSet) => Effect.Effect<ReadonlyArray<Field>>
  }
>()("cognigy-cxone-router/cxone/CustomFields") {
  /** The definitions that the tenant's directory has. */
  static readonly layer: Layer.Layer<CustomFields, never, TenantDirectory> = Layer.fresh(
    Layer.suspend(() => Layer.effect(CustomFields, make))
  )
}

/** The cache has one entry. */
const KEY = "fields"

/** The name of a field. A name of another form may be a customer's words, and does not show. */
const shown = (ident: string) =>
  /^[A-Za-z][\w.-]{0,63}$/.test(ident) ? `"${ident}"` : "of another name than idents have"

/** A value as CXone takes it: no control characters but line breaks, and cut to its limit. */
const bounded = (value: string) =>
  firstUnits(
    hasUnsafeCharacters(value)
      ? value
          .toWellFormed()
          .replace(/[^\P{Cc}\n]+/gu, " ")
          .trim()
      : value,
    MAX_VALUE
  )

const make = Effect.gen(function* () {
  const directory = yield* TenantDirectory
  const scope = yield* Scope.Scope
  const tellOnce = yield* makeTellOnce()
  /** Apart, and bounded: a sender may name anything. */
  const tellOfName = yield* makeTellOnce(MAX_TOLD)

  const read = Effect.map(
    directory.fields("background"),
    (fields): ReadonlyMap<string, FieldDefinition> => new Map(fields.map((field) => [field.ident, field]))
  ).pipe(Deadline.unlimited, Effect.provideService(Trail.CurrentTrail, undefined))

  const definitions = yield* Cache.makeWith((_key: string) => read, {
    capacity: 1,
    timeToLive: (exit) => (Exit.isSuccess(exit) ? FIELDS_MEMORY : FIELDS_FAILURE_MEMORY)
  })

  const keep = Effect.fnUntraced(function* (wishes: LabelSet, defined: ReadonlyMap<string, FieldDefinition>) {
    const kept: Array<Field> = []
    for (const [ident, wish] of Object.entries(wishes)) {
      const value = bounded(wish)
      const definition = defined.get(ident)
      if (definition === undefined) {
        yield* tellOfName(ident, `the tenant has no custom field ${shown(ident)}: it is left out of contacts`)
      } else if (definition.values !== undefined && !definition.values.includes(value)) {
        yield* tellOnce(
          ident,
          `the custom field ${shown(ident)} is a list in the tenant, and a value that it does not have was left out`
        )
      } else if (value !== "") kept.push({ ident, value })
    }
    return kept
  })

  /** The tenant does not show its definitions: trying again does not help. */
  const notShown = ({ message }: CallError) =>
    Effect.as(tellOnce("definitions", `the tenant's custom fields cannot be read, so that none is set: ${message}`), [])

  const known = (wishes: LabelSet) =>
    Effect.flatMap(Cache.get(definitions, KEY), (defined) => keep(wishes, defined)).pipe(
      Effect.catchTags({ PermissionMissing: notShown, UnexpectedResponse: notShown })
    )

  return CustomFields.of({
    known,
    knownSoon: Effect.fnUntraced(function* (wishes) {
      const cached = yield* Cache.getSuccess(definitions, KEY)
      if (Option.isSome(cached)) return yield* keep(wishes, cached.value)
      // It goes on when nobody waits any more, so that the next handover finds the definitions.
      const reading = yield* Effect.forkIn(Cache.get(definitions, KEY), scope)
      const defined = yield* Effect.option(Effect.timeoutOption(Fiber.join(reading), FIELDS_PATIENCE))
      const found = Option.flatten(defined)
      return Option.isSome(found) ? yield* keep(wishes, found.value) : []
    })
  })
})
