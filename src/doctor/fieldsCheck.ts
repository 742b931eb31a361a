/** The check that the tenant has the custom fields that handovers set. */
import { type Duration, Effect, Result } from "effect"
import { TenantDirectory } from "../cxone/digital/TenantDirectory.ts"
import { oneLine } from "../std/oneLine.ts"
import { type Check, ok, warned } from "./Check.ts"
import { needsApi } from "./digitalChecks.ts"
import { explainDigital } from "./explainDigital.ts"
import { patiently } from "./lookUp.ts"

/** The fields of a customer. */
const OF_CUSTOMER = ["email", "phone"]

/** The most names that are shown. */
const MAX_SHOWN = 20

const list = (names: ReadonlyArray<string>) =>
  [
    ...names.slice(0, MAX_SHOWN).map((name) => oneLine(name, 80)),
    ...(names.length > MAX_SHOWN ? [`and ${names.length - MAX_SHOWN} more`] : [])
  ].join(", ")

/** The check for the field of the intent and the labels of the table's rules. A missing one only warns: handovers go on without it. */
export const fieldsCheck = (
  intentField: string,
  labels: ReadonlyArray<string>,
  patience: Duration.Duration
): Check<TenantDirectory> => ({
  name: "custom fields",
  needs: needsApi,
  run: Effect.gen(function* () {
    const directory = yield* TenantDirectory
    const read = yield* Effect.result(patiently(patience)(directory.fields()))
    if (Result.isFailure(read)) {
      const { detail, instead = "" } = explainDigital(read.failure, patience)
      return warned(`cannot be read, so that handovers set none: ${detail}`, instead)
    }
    const has = new Set(read.success.map(({ ident }) => ident))
    const wanted = [...new Set([intentField, ...labels])]
    const missing = wanted.filter((ident) => !has.has(ident))
    if (missing.length > 0) {
      return warned(
        `the tenant has no ${list(missing)}: handovers leave ${missing.length === 1 ? "it" : "them"} out`,
        `create ${missing.length === 1 ? "a custom field" : "custom fields"} of contacts in CXone, of type text, with the ${missing.length === 1 ? "ident" : "idents"} ${list(missing)}`
      )
    }
    const left = OF_CUSTOMER.filter((ident) => !has.has(ident))
    return ok(`${list(wanted)}${left.length === 0 ? "" : `; the tenant has no ${left.join(" and no ")} of a customer`}`)
  })
})
