/** A routing table made ready: decides, as a pure function of a request and a time, and explains how it did. */
import { Predicate, Result } from "effect"
import { firstCharacters, hasUnsafeCharacters, isShort } from "../../cxone/Id.ts"
import { type EntityValue, entityValue, type HandoverRequest } from "../../domain/HandoverRequest.ts"
import type { LabelSet } from "../../domain/Labels.ts"
import type { Target } from "../../domain/Target.ts"
import { AgentIdMissing, type Decision, Rejected, type RoutingError, UnsupportedIntent } from "../Decision.ts"
import type { Condition, Destination, Place, RoutesFile } from "../format/RoutesFile.ts"
import { type Check, type Clockworks, compileCondition, type Input } from "./Condition.ts"
import { clockwork } from "./Hours.ts"
import { makeIntentIndex } from "./IntentIndex.ts"

/** The name under which the table's fallback decides. */
export const FALLBACK = "fallback"

/** The longest value of a label, in characters: CXone's limit. */
const MAX_LABEL_VALUE = 256

/** A rule that did not decide, and why. */
export interface Passed {
  readonly rule: string
  /** The first check that failed. */
  readonly failed: Check
}

/** A table that decides. */
export interface RoutingTable {
  /** How many rules it has, without the fallback. */
  readonly size: number
  /** Where the request goes, by the first rule that takes it. */
  readonly decide: (input: Input) => Result.Result<Decision, RoutingError>
  /** All rules before the one that decides, in their order. Looks at each, where `decide` looks at those that its index names. */
  readonly passed: (input: Input) => ReadonlyArray<Passed>
  /** The name under which the table knows a queue or an agent. */
  readonly nameOf: (target: Target) => string | undefined
}

/** A place, or the entity that names the agent. */
type Stop = Target | { readonly type: "entity"; readonly entity: string }

interface Ready {
  readonly name: string
  readonly intents: ReadonlyArray<string> | undefined
  readonly check: Check | undefined
  readonly decide: (request: HandoverRequest) => Result.Result<Decision, RoutingError>
}

/** Makes a table ready that has been checked; names that are not there count as ids. */
export const makeRoutingTable = (file: RoutesFile): RoutingTable => {
  const queues = new Map(Object.entries(file.queues ?? {}))
  const agents = new Map(Object.entries(file.agents ?? {}))
  const hours: Clockworks = new Map(
    Object.entries(file.hours ?? {}).flatMap(([name, hours]) => {
      const ready = clockwork(hours)
      return ready === undefined ? [] : [[name, ready] as const]
    })
  )

  const surroundings = { hours, known: new Map() }

  const stopsOf = ({ agent, fallback, queue }: Place): ReadonlyArray<Stop> => [
    ...(queue === undefined ? [] : [{ type: "queue" as const, id: queues.get(queue) ?? queue }]),
    ...(agent === undefined
      ? []
      : Predicate.isString(agent)
        ? [{ type: "agent" as const, id: agents.get(agent) ?? agent }]
        : [{ type: "entity" as const, entity: agent.entity }]),
    ...(fallback === undefined ? [] : stopsOf(fallback))
  ]

  const ready = (
    name: string,
    { labels, to, when }: { readonly when?: Condition; readonly to: Destination; readonly labels?: LabelSet }
  ): Ready => {
    const stops = stopsOf(to)
    const { reject } = to
    return {
      name,
      intents: intentsOf(when),
      check: when && compileCondition(when, "when", surroundings),
      decide: (request) =>
        reject === undefined
          ? Result.map(targetsOf(name, stops, request), ([target, ...fallbacks]) => ({
              rule: name,
              target,
              ...(fallbacks.length === 0 ? {} : { fallbacks }),
              ...(labels === undefined ? {} : { labels: fillIn(labels, request) })
            }))
          : Result.fail(new Rejected({ rule: name, text: reject }))
    }
  }

  const rules = file.rules.map((rule) => ready(rule.name, rule))
  const fallback = file.fallback && ready(FALLBACK, file.fallback)
  const candidates = makeIntentIndex(rules.map(({ intents }) => intents))

  // Of several names for one id the first one counts.
  const names = new Map(
    [
      ...[...queues].map(([name, id]) => [`queue ${id}`, name] as const),
      ...[...agents].map(([name, id]) => [`agent ${id}`, name] as const)
    ].reverse()
  )

  const takes = ({ check }: Ready, input: Input) => check?.failing(input) === undefined

  return {
    size: rules.length,
    decide: (input) => {
      const { request } = input
      for (const index of candidates(request.intent)) {
        const rule = rules[index]
        if (rule !== undefined && takes(rule, input)) return rule.decide(request)
      }
      return fallback === undefined
        ? Result.fail(new UnsupportedIntent({ intent: request.intent }))
        : fallback.decide(request)
    },
    passed: (input) => {
      const passed: Array<Passed> = []
      for (const { check, name } of rules) {
        const failed = check?.failing(input)
        if (failed === undefined) return passed
        passed.push({ rule: name, failed })
      }
      return passed
    },
    nameOf: ({ id, type }) => names.get(`${type} ${id}`)
  }
}

/** The patterns of which a request's intent must match one for the condition to hold; `undefined` where it may be any. */
export const intentsOf = (condition: Condition | undefined): ReadonlyArray<string> | undefined => {
  if (condition?.intent !== undefined)
    return Predicate.isString(condition.intent) ? [condition.intent] : condition.intent
  const found = condition?.all?.map(intentsOf).find((intents) => intents !== undefined)
  if (found !== undefined) return found
  const alternatives = condition?.any?.map(intentsOf)
  return alternatives?.every((intents) => intents !== undefined) ? alternatives.flat() : undefined
}

/** The places of a rule that this request has, at least one; an entity that names no agent is passed over where there is another place. */
const targetsOf = (
  rule: string,
  stops: ReadonlyArray<Stop>,
  request: HandoverRequest
): Result.Result<readonly [Target, ...Array<Target>], AgentIdMissing | UnsupportedIntent> => {
  const found = stops.map((stop) =>
    stop.type === "entity" ? agentFrom(rule, stop.entity, entityValue(request, stop.entity)) : Result.succeed(stop)
  )
  const [target, ...fallbacks] = found.filter(Result.isSuccess).map(({ success }) => success)
  if (target !== undefined) return Result.succeed([target, ...fallbacks])
  const missing = found.find(Result.isFailure)
  return Result.fail(missing?.failure ?? new UnsupportedIntent({ intent: request.intent }))
}

/** An entity's value as an agent's id: text, or a whole number that is exact. */
const agentFrom = (
  rule: string,
  entity: string,
  value: EntityValue | undefined
): Result.Result<Target, AgentIdMissing> => {
  const missing = (problem: string) => Result.fail(new AgentIdMissing({ rule, entity, problem }))
  const found = (id: string) => Result.succeed({ type: "agent" as const, id })
  if (value === undefined || value === "") return missing("it is not there")
  if (Predicate.isBoolean(value)) return missing("it is a boolean, not an id")
  if (Predicate.isNumber(value)) {
    return Number.isSafeInteger(value)
      ? found(String(value))
      : missing("it is a number that is no exact whole number: send ids as text")
  }
  return isShort(value) && !hasUnsafeCharacters(value)
    ? found(value)
    : missing("it is longer than 256 characters or has control characters")
}

/** What stands for an entity's value in a label. */
const QUOTE = /\{\{\s*([^{}]*?)\s*\}\}/g

/** The entities that a label's value quotes. */
export const quotedEntities = (value: string): ReadonlyArray<string> =>
  [...value.matchAll(QUOTE)].map(([, name = ""]) => name)

/** The labels for a request, with the values of its entities: in one line, without control characters, and as long as CXone takes. */
const fillIn = (labels: LabelSet, request: HandoverRequest): LabelSet =>
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
