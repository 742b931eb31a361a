/** Entries for other programs: as JSON, and as CSV. */
import type { Target } from "../../domain/Target.ts"
import type { Detail, Entry } from "../../history/Entry.ts"
import type { TableNames } from "../../history/tableNames.ts"

/** An entry with its time as ISO 8601, and its target with its name. */
export const exported = <A extends Entry | (Entry & Detail)>({ id, at, ...entry }: A, nameOf: TableNames) => {
  const { target } = entry
  return {
    id,
    at: new Date(at).toISOString(),
    ...entry,
    target: target === null ? null : { ...target, ...named(entry.table, target, nameOf) }
  }
}

/** The name of a target, if it has one. */
const named = (table: string | null, target: Target, nameOf: TableNames): { readonly name?: string } => {
  const name = nameOf(table, target)
  return name === undefined ? {} : { name }
}

const HEADER = [
  ...[
    "id",
    "at",
    "took",
    "tenant",
    "outcome",
    "reason",
    "status",
    "rule",
    "table",
    "targetType",
    "targetId",
    "targetName"
  ],
  ...["conversationId", "intent", "language", "channel", "userId", "sessionId", "correlationId", "firstId", "againOf"]
]

/** A cell: programs that calculate take a text that begins with one of these characters for a formula. */
const cell = (value: string | number | null | undefined): string => {
  if (typeof value === "number") return String(value)
  const text = value ?? ""
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** The names of the columns. */
export const csvHeader: string = HEADER.join(",")

/** An entry as a line of CSV (RFC 4180). */
export const csvLine = (entry: Entry, nameOf: TableNames): string => {
  const { id, at, took, tenant, outcome, reason, status, rule, table, target, conversationId } = entry
  const { intent, language, channel, userId, sessionId, correlationId, firstId, againOf } = entry
  const time = new Date(at).toISOString()
  const name = target === null ? undefined : named(table, target, nameOf).name
  return [
    ...[id, time, took, tenant, outcome, reason, status, rule, table, target?.type, target?.id, name, conversationId],
    ...[intent, language, channel, userId, sessionId, correlationId, firstId, againOf]
  ]
    .map(cell)
    .join(",")
}
