/** A payload that a rule may take: made from its conditions. */
import { Predicate } from "effect"
import type { Condition } from "../format/Condition.ts"
import type { Rule } from "../format/RoutesFile.ts"
import type { Bounds, ValueTest } from "../format/ValueTest.ts"
import { dataPath } from "../table/dataPath.ts"
import { isTests } from "../table/demands.ts"

/** What Cognigy's own input object holds. */
export interface ExamplePayload {
  intent?: string
  intentScore?: number
  slots?: Record<string, ReadonlyArray<unknown>>
  language?: string
  channel?: string
  data?: Record<string, unknown>
  userId: string
}

/** An intent that no rule is likely to name. */
const SOME_INTENT = "help"

const first = <A>(value: A | ReadonlyArray<A>): A | undefined => (Array.isArray(value) ? value[0] : (value as A))

/** A text that a pattern takes. */
const textFor = (pattern: string | undefined): string | undefined =>
  pattern === undefined ? undefined : pattern.replaceAll("*", "").replaceAll("?", "x") || SOME_INTENT

/** A number within bounds: in the middle of two, else at the one or beside it. */
const numberWithin = ({
  above = -Infinity,
  atLeast = -Infinity,
  atMost = Infinity,
  below = Infinity
}: Bounds): number => {
  const low = Math.max(atLeast, above)
  const high = Math.min(atMost, below)
  if (Number.isFinite(low) && Number.isFinite(high)) return (low + high) / 2
  return Number.isFinite(low) ? (above === low ? low + 1 : low) : below === high ? high - 1 : high
}

const valueFor = (test: ValueTest): unknown => {
  if (!isTests(test)) return first(test)
  const { equals, oneOf, present, ...bounds } = test
  if (present === false) return undefined
  const exact = equals ?? oneOf?.[0]
  if (exact !== undefined) return exact
  return ["above", "atLeast", "atMost", "below"].some((name) => name in bounds) ? numberWithin(bounds) : "yes"
}

/** Sets a member of `data`, and makes the objects on its way. */
const put = (data: Record<string, unknown>, [name = "", ...rest]: ReadonlyArray<string>, value: unknown) => {
  if (rest.length === 0) data[name] = value
  else {
    const inner = data[name]
    const next: Record<string, unknown> = Predicate.isObject(inner) ? { ...inner } : {}
    data[name] = next
    put(next, rest, value)
  }
}

const meet = (payload: ExamplePayload, when: Condition) => {
  const { all = [], any = [], channel, confidence, data, entities, intent, language } = when
  if (intent !== undefined) payload.intent = textFor(first(intent)) ?? SOME_INTENT
  if (language !== undefined) payload.language = first(language) ?? "en"
  if (channel !== undefined) payload.channel = textFor(first(channel)) ?? "webchat"
  if (confidence !== undefined) {
    payload.intentScore = numberWithin({
      atLeast: 0,
      atMost: 1,
      ...(Predicate.isNumber(confidence) ? { atLeast: confidence } : confidence)
    })
  }
  for (const [name, test] of Object.entries(entities ?? {})) {
    const value = valueFor(test)
    if (value !== undefined) payload.slots = { ...payload.slots, [name]: [value] }
  }
  for (const [path, test] of Object.entries(data ?? {})) {
    const value = valueFor(test)
    if (value === undefined) continue
    payload.data ??= {}
    put(payload.data, dataPath(path), value)
  }
  for (const one of [...all, ...any.slice(0, 1)]) meet(payload, one)
}

/**
 * A payload of this user that meets a rule's conditions as far as they can be met by a payload: not the opening hours, `not`, regular expressions
 * and shares of users. So what the table decides has to be looked at. `agentId` stands for an agent that an entity names.
 */
export const examplePayload = (
  { to, when }: Pick<Rule, "to" | "when">,
  userId: string,
  agentId: string
): ExamplePayload => {
  const payload: ExamplePayload = { intent: SOME_INTENT, userId }
  if (when !== undefined) meet(payload, when)
  if (Predicate.isObject(to.agent)) payload.slots = { [to.agent.entity]: [agentId], ...payload.slots }
  return payload
}
