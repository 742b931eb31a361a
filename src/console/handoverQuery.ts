/** The query of the list of handovers: its filters and its place in the list, as the URL has them. */
import { Schema } from "effect"
import { targetOf } from "../domain/Target.ts"
import { OUTCOMES, Outcome } from "../history/Entry.ts"
import type { Filter, Page } from "../history/History.ts"
import { closest } from "../std/suggest.ts"
import { firstCharacters, hasUnsafeCharacters, isBlank, MAX_ID_LENGTH } from "../std/text.ts"

/** The filters of which a URL may hold one each. */
export const FIELDS = ["rule", "target", "language", "user", "session", "correlation", "from", "to"] as const

/** A filter of which a URL may hold one. */
export type Field = (typeof FIELDS)[number]

/** The filters and the place in the list. */
export interface HandoverQuery {
  /** The outcomes, in the order of `OUTCOMES`. */
  readonly outcomes: ReadonlyArray<Outcome>
  /** The other filters as they were written. */
  readonly fields: Readonly<Partial<Record<Field, string | undefined>>>
  /** The same, for the history. */
  readonly filter: Filter
  /** The page after or before an entry; the newest without either. */
  readonly place: Pick<Page, "after" | "before">
  /** The values that are wrong, each with a sentence. */
  readonly problems: ReadonlyArray<{ readonly name: string; readonly problem: string }>
}

/** The most characters of a value: a target has its type before its id. */
const MAX_LENGTH = MAX_ID_LENGTH + "queue:".length

const isOutcome = Schema.is(Outcome)

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** True for the form that ids of handovers have. */
export const isHandoverId = (text: string): boolean => ID.test(text)

const TIME =
  /^(?<day>\d{4}-\d{2}-\d{2})(?:[T ](?<time>\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(?<zone>Z|[ +-]\d{2}:?\d{2})?)?$/

/** A time in milliseconds since 1970. One without a zone is in UTC, as the form without scripts sends it. */
const timeOf = (text: string): number | undefined => {
  const { day = "", time = "00:00", zone = "Z" } = TIME.exec(text)?.groups ?? {}
  // The plus of a zone is a space in a URL that does not encode it.
  const at = Date.parse(`${day}T${time}${zone.replace(" ", "+")}`)
  const isDay = new Date(Date.parse(day) || 0).toISOString().startsWith(day)
  return Number.isNaN(at) || day === "" || !isDay ? undefined : at
}

const quoted = (text: string) => `“${firstCharacters(text, 60)}${text.length > 60 ? "…" : ""}”`

const unknownOutcome = (text: string) => {
  const near = closest(text, OUTCOMES)
  return `${quoted(text)} is no outcome: ${near === undefined ? `there are ${OUTCOMES.join(", ")}` : `did you mean ${near}?`}`
}

const unknownName = (name: string) => {
  const near = closest(name, ["outcome", ...FIELDS])
  return `${quoted(name)} is no filter: ${near === undefined ? `there are outcome, ${FIELDS.join(", ")}` : `did you mean ${near}?`}`
}

const fieldProblem = (name: Field, value: string): string | undefined => {
  if (firstCharacters(value, MAX_LENGTH) !== value || hasUnsafeCharacters(value))
    return `no handover has it: ids and names have at most ${MAX_ID_LENGTH} characters, without control characters`
  if (name === "target" && targetOf(value) === undefined)
    return `${quoted(value)} is no target: write queue:ID or agent:ID`
  if ((name === "from" || name === "to") && timeOf(value) === undefined)
    return `${quoted(value)} is no time: write it as 2026-01-31T08:30:00Z`
  return undefined
}

/** Reads a query. A value that is wrong is a problem, and no filter. */
export const readQuery = (query: URLSearchParams): HandoverQuery => {
  const problems: Array<HandoverQuery["problems"][number]> = []
  const fields: Partial<Record<Field, string>> = {}
  const place: { after?: string; before?: string } = {}
  const asked = query.getAll("outcome").flatMap((text) => text.split(",").filter((outcome) => outcome !== ""))
  for (const text of asked) if (!isOutcome(text)) problems.push({ name: "outcome", problem: unknownOutcome(text) })
  for (const name of new Set(query.keys())) {
    if (name === "outcome") continue
    // An empty field of a form is no filter.
    const [value, ...others] = [...new Set(query.getAll(name))].filter((text) => !isBlank(text))
    if (value === undefined) continue
    if (name === "before" || name === "after") {
      if (isHandoverId(value) && others.length === 0) place[name] = value
      else problems.push({ name, problem: `${quoted(value)} is no handover's id` })
      continue
    }
    const field = FIELDS.find((field) => field === name)
    if (field === undefined) problems.push({ name, problem: unknownName(name) })
    else {
      fields[field] = value
      const problem = others.length > 0 ? "given more than once: one is possible" : fieldProblem(field, value)
      if (problem !== undefined) problems.push({ name, problem })
    }
  }
  const from = timeOf(fields.from ?? "")
  const to = timeOf(fields.to ?? "")
  if (from !== undefined && to !== undefined && from >= to)
    problems.push({ name: "to", problem: "not after “from”, so no time is between them" })
  if (place.before !== undefined && place.after !== undefined)
    problems.push({ name: "after", problem: "not together with “before”" })
  const outcomes = OUTCOMES.filter((outcome) => asked.includes(outcome))
  const { correlation, language, rule, session, target, user } = fields
  const filter: Filter = {
    ...(outcomes.length === 0 ? {} : { outcomes }),
    ...(rule === undefined ? {} : { rule }),
    ...(target === undefined ? {} : { target }),
    ...(language === undefined ? {} : { language }),
    ...(user === undefined ? {} : { userId: user }),
    ...(session === undefined ? {} : { sessionId: session }),
    ...(correlation === undefined ? {} : { correlationId: correlation }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to })
  }
  return { outcomes, fields, filter, place, problems }
}

/** True when any filter is set. */
export const isFiltered = ({ fields, outcomes }: Pick<HandoverQuery, "fields" | "outcomes">): boolean =>
  outcomes.length > 0 || Object.keys(fields).length > 0

/** The address of a list. */
export const listHref = (
  { fields = {}, outcomes = [] }: Partial<Pick<HandoverQuery, "fields" | "outcomes">>,
  place: HandoverQuery["place"] = {}
): string => {
  const query = new URLSearchParams()
  for (const outcome of outcomes) query.append("outcome", outcome)
  for (const [name, value] of [...FIELDS.map((name) => [name, fields[name]] as const), ...Object.entries(place)])
    if (value !== undefined) query.append(name, value)
  return `/console/handovers${query.size === 0 ? "" : `?${query}`}`
}

/** The address of one handover. */
export const handoverHref = (id: string): string => `/console/handovers/${encodeURIComponent(id)}`
