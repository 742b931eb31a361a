/** What the command line says. */
import { parseArgs } from "node:util"
import { OTHERS } from "./contenders.ts"
import { CASES, nameOf } from "./handovers.ts"

/** The parts of the benchmark. */
export const PARTS = ["handovers", "tracing", "history", "coldStart", "memory", "routing"] as const

/** The names that are given, separated by commas or in several options; all of them where none is. */
const namesOf = (option: string, given: ReadonlyArray<string>, known: ReadonlyArray<string>): ReadonlyArray<string> => {
  const names = given.flatMap((names) => names.split(","))
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length > 0) throw new Error(`--${option} ${unknown.join(",")}: there are ${known.join(", ")}`)
  return names.length === 0 ? known : names
}

/** What is measured, and how it is told. */
export interface Options {
  readonly isQuick: boolean
  /** Where the results go as JSON: to the standard output instead of tables, or into this file beside them. */
  readonly json: "stdout" | { readonly file: string } | undefined
  readonly only: ReadonlyArray<string>
  readonly cases: ReadonlyArray<string>
  readonly others: ReadonlyArray<string>
  readonly routers: ReadonlyArray<string>
}

/** Reads arguments; throws where it does not know one. */
export const optionsOf = (args: ReadonlyArray<string>): Options => {
  const several = { type: "string", multiple: true, default: [] as Array<string> } as const
  const { positionals, values } = parseArgs({
    args: [...args],
    // The file of --json, which may be left out.
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      only: several,
      cases: several,
      against: several,
      router: several
    }
  })
  const [file, ...more] = positionals
  if (more.length > 0 || (file !== undefined && !values.json)) throw new Error(`not known: ${positionals.join(" ")}`)
  return {
    isQuick: values.quick,
    json: values.json ? (file === undefined ? "stdout" : { file }) : undefined,
    only: namesOf("only", values.only, PARTS),
    cases: namesOf("cases", values.cases, CASES.map(nameOf)),
    others: namesOf("against", values.against, OTHERS),
    routers: values.router
  }
}
