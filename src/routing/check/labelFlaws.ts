/** Problems of labels: names that the router sets itself, and broken quotes of entities. */
import type { LabelSet } from "../../domain/Labels.ts"
import { quotedEntities } from "../table/labels.ts"
import type { Flaw, Path } from "./Flaw.ts"

/** Labels that the router sets itself. */
const OWN_LABELS = ["cognigy_intent", "source"]

/** Problems of a rule's labels. */
export const labelFlaws = (labels: LabelSet | undefined, path: Path): ReadonlyArray<Flaw> =>
  Object.entries(labels ?? {}).flatMap(([name, value]): ReadonlyArray<Flaw> => {
    const at = [...path, name]
    if (OWN_LABELS.includes(name)) {
      return [{ path: at, isName: true, problem: `the router sets the label ${name} itself`, instead: "another name" }]
    }
    const isBroken = quotedEntities(value).includes("") || /\{\{|\}\}/.test(value.replace(/\{\{[^{}]*\}\}/g, ""))
    return isBroken
      ? [{ path: at, problem: "a {{ or }} without a name", instead: "{{NAME}} for the value of an entity or slot" }]
      : []
  })
