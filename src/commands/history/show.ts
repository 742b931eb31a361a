/** `history show`: what happened in one handover, as a timeline. */
import { Effect, Option, Predicate } from "effect"
import type { Step } from "../../domain/Trail.ts"
import type { Detail, Entry } from "../../history/Entry.ts"
import { type Filter, History, type HistoryUnavailable } from "../../history/History.ts"
import { type TableNames, tableNames } from "../../history/tableNames.ts"
import { oneLine } from "../../std/oneLine.ts"
import { CommandFailed } from "../CommandFailed.ts"
import { localTime, localZone } from "../localTime.ts"
import { columns, inMillis, shownTarget } from "./text.ts"

/** The most copies that are listed. */
const MOST = 20

type Whole = Entry & Detail

const INDENT = "  "

/** A member of a value, if it is text. */
const member = (value: unknown, name: string): string | undefined =>
  Predicate.hasProperty(value, name) && Predicate.isString(value[name]) ? value[name] : undefined

const received = ({ channel, correlationId, intent, language, sessionId, tenant, userId }: Whole) =>
  [
    ["intent", intent],
    ["language", language],
    ["channel", channel],
    ["user", userId],
    ["session", sessionId],
    ["correlation id", correlationId],
    ["tenant", tenant]
  ].flatMap(([name, value]) => (value === null || value === undefined ? [] : [`${name} ${value}`]))

const decided = ({ facts, rule, table, targets, priority }: Whole, nameOf: TableNames) => {
  if (rule === null) return ["no rule decided"]
  const by = `rule ${rule}${table === null ? "" : `, table ${table}`}`
  const places = targets.map((target) => shownTarget(nameOf, table, target))
  return [
    places.length === 0 ? `${by}: nowhere` : `${by}: ${places.join(", else ")}`,
    ...(priority === undefined ? [] : [`priority ${priority}`]),
    ...(facts === undefined ? [] : [`on ${JSON.stringify(facts)}`])
  ]
}

/** The name of a step: for a target, its name in the table. */
const stepName = ({ kind, name }: Step, { table, targets }: Whole, nameOf: TableNames) => {
  const target = kind === "target" ? targets.find(({ id, type }) => name === `${type} ${id}`) : undefined
  return target === undefined ? name : shownTarget(nameOf, table, target)
}

const timeline = (whole: Whole, nameOf: TableNames) =>
  columns([
    ...whole.steps.map((step) => [
      `+${inMillis(step.after)}`.padStart(10),
      step.kind,
      stepName(step, whole, nameOf),
      step.outcome,
      step.kind === "target" ? "" : inMillis(step.took)
    ]),
    [`+${inMillis(whole.took)}`.padStart(10), "answer", "", String(whole.status), ""]
  ])

const answered = ({ answer, status }: Whole) => {
  const error = member(answer, "error")
  if (error !== undefined) return [`${status} ${error}: ${member(answer, "detail") ?? ""}`]
  return [`${status} ${JSON.stringify(answer)}`]
}

/** Advice on where to look next, by the outcome. */
const next = (whole: Whole, isKept: boolean): ReadonlyArray<string> => {
  const { conversationId, correlationId, orphan, outcome, reason, rule } = whole
  if (outcome === "success") return conversationId === null ? [] : [`in CXone: the conversation ${conversationId}`]
  return [
    ...(orphan === undefined ? [] : [`in CXone: the conversation ${orphan} may be left open at no queue`]),
    ...(reason === "unsupported_intent" || reason === "agent_id_missing"
      ? ["explain PAYLOAD.json says why no rule took it"]
      : []),
    ...(outcome === "rejected" ? [`the rule ${rule ?? ""} hands nothing over: that is no fault`] : []),
    ...(outcome === "failed" ? ["doctor checks CXone, the credentials and the targets"] : []),
    ...(isKept ? ["its request is still kept: the console can hand it over again"] : []),
    ...(correlationId === null ? [] : [`the log has its lines by correlationId=${correlationId}`])
  ]
}

const section = (name: string, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.length === 0 ? [] : ["", name, ...lines.map((line) => `${INDENT}${oneLine(line)}`)]

/** The entry of an id, or of a correlation id that only one entry has. */
const find = Effect.fnUntraced(function* (
  history: History["Service"],
  id: string
): Effect.fn.Return<Whole, HistoryUnavailable | CommandFailed> {
  const entry = yield* history.get(id)
  if (Option.isSome(entry)) return entry.value
  const found = yield* history.find({ correlationId: id }, { limit: MOST })
  const [only] = found
  if (only === undefined) {
    return yield* new CommandFailed({
      message: `The history has no handover ${oneLine(id, 100)}, neither as its id nor as a correlation id.\n    → history --since 1h lists the last ones; older ones than HISTORY_RETENTION are gone`
    })
  }
  if (found.length > 1) {
    const ids = found.map(({ at, id, outcome }) => `    ${localTime(at)}  ${outcome}  ${id}`)
    return yield* new CommandFailed({
      message: [`Several handovers have the correlation id ${oneLine(id, 100)}: show one of`, ...ids].join("\n")
    })
  }
  const whole = yield* history.get(only.id)
  return Option.isSome(whole)
    ? whole.value
    : yield* new CommandFailed({ message: `The handover ${only.id} has just been removed` })
})

const listed = (entries: ReadonlyArray<Entry>) => [
  ...entries.slice(0, MOST).map(({ at, id, outcome }) => `${localTime(at)}  ${outcome}  ${id}`),
  ...(entries.length > MOST ? ["and more"] : [])
]

/** The handover of an id or a correlation id, and the names of its table. */
export const findWhole = Effect.fnUntraced(function* (id: string) {
  const history = yield* History
  const whole = yield* find(history, id)
  return { whole, nameOf: yield* tableNames(history, [whole.table]) }
})

/** A handover as lines for people. */
export const timelineOf = Effect.fnUntraced(function* (
  whole: Whole,
  nameOf: TableNames
): Effect.fn.Return<string, HistoryUnavailable, History> {
  const history = yield* History
  const others = (filter: Filter) => history.find(filter, { limit: MOST + 1 })
  const copies = yield* others({ firstId: whole.id })
  const again = yield* others({ againOf: whole.id })
  const kept = yield* Effect.orElseSucceed(history.kept(whole.id), Option.none)
  const { firstId, againOf, at, id, outcome, reason, status, target, took } = whole
  const how = outcome === reason ? outcome : `${outcome}: ${reason}`
  const where = target === null || outcome !== "success" ? "" : ` to ${shownTarget(nameOf, whole.table, target)}`
  return [
    `Handover ${id}`,
    `${INDENT}${how}${where}, answered ${status} after ${inMillis(took)}`,
    `${INDENT}${localTime(at)} ${localZone()}, ${new Date(at).toISOString()}`,
    ...section("received", received(whole)),
    ...section("decided", decided(whole, nameOf)),
    "",
    "timeline",
    ...timeline(whole, nameOf).map((line) => `${INDENT}${line}`),
    ...section("answer", answered(whole)),
    ...section("a copy of", firstId === null ? [] : [firstId]),
    ...section("hands over again", againOf === null ? [] : [againOf]),
    ...section("copies", listed(copies)),
    ...section("handed over again by", listed(again)),
    ...section("look next", next(whole, Option.isSome(kept)))
  ].join("\n")
})
