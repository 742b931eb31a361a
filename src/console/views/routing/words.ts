/** Conditions and destinations of a routing table as people read them. */
import { Predicate } from "effect"
import type { Condition } from "../../../routing/format/Condition.ts"
import type { Destination } from "../../../routing/format/Destination.ts"
import type { Place } from "../../../routing/format/Place.ts"
import type { RoutesFile } from "../../../routing/format/RoutesFile.ts"
import type { Bounds, Scalar, ValueTest } from "../../../routing/format/ValueTest.ts"
import { isTests, list } from "../../../routing/table/demands.ts"
import { cut } from "../../../routing/table/render.ts"
import { shareOf } from "../../../routing/table/userShare.ts"
import { type Html, html } from "../../../std/html.ts"

/** How much of a rule is shown. */
export interface Extent {
  /** The most values of a list. */
  readonly values: number
  /** The most conditions of a group, and the most levels of groups. */
  readonly conditions: number
  readonly levels: number
  /** The most characters of one text. */
  readonly text: number
  /** The values, phrases and groups that may still be shown: aliases make large rules of small files. */
  left: number
}

/** For one rule among many. */
export const brief = (): Extent => ({ values: 6, conditions: 8, levels: 3, text: 120, left: 120 })

/** For one rule on its own. */
export const whole = (): Extent => ({ values: 1000, conditions: 200, levels: 12, text: 1024, left: 8000 })

const value = (text: string, extent: Extent): Html => {
  extent.left -= 1
  return html`<code><bdi>${cut(text, extent.text)}</bdi></code>`
}

/** `a, b or c`. */
const alternatives = (values: ReadonlyArray<string>, extent: Extent): Html => {
  const most = Math.max(1, Math.min(extent.values, extent.left))
  const left = values.length - most
  // "and 1 more" takes the place of the one.
  const shown = (left > 1 ? values.slice(0, most) : values).map((one) => value(one, extent))
  if (left > 1) return html`${joined(shown, ", ", ", ")} <span class="muted">or one of ${left} more</span>`
  return joined(shown, ", ", " or ")
}

const joined = (parts: ReadonlyArray<Html>, between: string, last: string): Html =>
  html`${parts.map((part, index) => html`${index > 0 && (index === parts.length - 1 ? last : between)}${part}`)}`

/** A condition on one value: `amount`, `is`, `at least 1000`. */
interface Simple {
  readonly subject: Html
  readonly verb: "is" | "are" | "matches"
  readonly object: Html
}

const boundsInWords = ({ above, atLeast, atMost, below }: Bounds): ReadonlyArray<string> => [
  ...(atLeast === undefined ? [] : [`at least ${atLeast}`]),
  ...(above === undefined ? [] : [`above ${above}`]),
  ...(atMost === undefined ? [] : [`at most ${atMost}`]),
  ...(below === undefined ? [] : [`below ${below}`])
]

const isGlob = (name: string) => /[*?]/.test(name)

const nameTest = (subject: string, wanted: string | ReadonlyArray<string>, extent: Extent): Simple => {
  const names = list(wanted)
  return {
    subject: html`<b>${subject}</b>`,
    verb: names.some(isGlob) ? "matches" : "is",
    object: alternatives(names, extent)
  }
}

const valueTest = (subject: Html, test: ValueTest, extent: Extent): ReadonlyArray<Simple> => {
  const is = (object: Html): Simple => ({ subject, verb: "is", object })
  if (!isTests(test)) return [is(alternatives(list<Scalar>(test).map(String), extent))]
  const { equals, matches, oneOf, present, ...bounds } = test
  const limits = boundsInWords(bounds)
  return [
    ...(present === undefined ? [] : [is(html`${present ? "there" : "not there"}`)]),
    ...(equals === undefined ? [] : [is(value(String(equals), extent))]),
    ...(oneOf === undefined ? [] : [is(alternatives(oneOf.map(String), extent))]),
    ...(matches === undefined
      ? []
      : [{ subject, verb: "matches" as const, object: html`the expression ${value(matches, extent)}` }]),
    ...(limits.length === 0 ? [] : [is(html`${limits.join(" and ")}`)])
  ]
}

const hoursTest = (name: string, state: string, extent: Extent): Simple => ({
  subject: html`the hours <b><bdi>${cut(name, extent.text)}</bdi></b>`,
  verb: "are",
  object: html`${state}`
})

/** The most conditions of one member that are looked at. */
const mostOf = ({ conditions }: Extent): number => conditions * 4

/** All conditions on one value, in the order in which the router looks at them. */
const simpleOf = (condition: Condition, extent: Extent): ReadonlyArray<Simple> => {
  const { channel, closed, confidence, data = {}, entities = {}, intent, language, open, percentage } = condition
  const named = (kind: string, name: string) => html`${kind} <b><bdi>${cut(name, extent.text)}</bdi></b>`
  const first = <A>(entries: ReadonlyArray<A>) => entries.slice(0, mostOf(extent))
  return [
    ...(intent === undefined ? [] : [nameTest("intent", intent, extent)]),
    ...(confidence === undefined
      ? []
      : [
          {
            subject: html`<b>confidence</b>`,
            verb: "is" as const,
            object: html`${boundsInWords(Predicate.isNumber(confidence) ? { atLeast: confidence } : confidence).join(" and ")}`
          }
        ]),
    ...(language === undefined ? [] : [nameTest("language", language, extent)]),
    ...(channel === undefined ? [] : [nameTest("channel", channel, extent)]),
    ...first(Object.entries(entities)).flatMap(([name, test]) => valueTest(named("entity", name), test, extent)),
    ...first(Object.entries(data)).flatMap(([path, test]) => valueTest(named("data", path), test, extent)),
    ...(open === undefined ? [] : [hoursTest(open, "open", extent)]),
    ...(closed === undefined ? [] : [hoursTest(closed, "closed", extent)]),
    ...(percentage === undefined ? [] : [shareTest(percentage, extent)])
  ]
}

const shareTest = (percentage: NonNullable<Condition["percentage"]>, extent: Extent): Simple => {
  const { of, seed } = shareOf(percentage)
  return {
    subject: html`the <b>user</b>`,
    verb: "is",
    object: html`among ${of} % of users${seed !== "" && html` <span class="muted">(seed ${value(seed, extent)})</span>`}`
  }
}

const phraseIn =
  (extent: Extent) =>
  ({ object, subject, verb }: Simple): Html => {
    extent.left -= 1
    return html`${subject} ${verb} ${object}`
  }

const NEGATED = { is: "is not", are: "are not", matches: "does not match" } as const

/** A group of conditions below a rule, as a list: `any of these`. */
interface Group {
  readonly lead: string
  readonly inner: ReadonlyArray<Condition>
}

/** A condition in parts: a phrase, and the groups that follow it. */
const partsOf = (condition: Condition, extent: Extent) => {
  const { all = [], any, not } = condition
  const phrase = phraseIn(extent)
  const phrases = simpleOf(condition, extent).map(phrase)
  const groups: Array<Group> = []
  // What must all hold needs no list of its own where nothing but phrases is in it.
  const plain = all.filter(isPlain)
  for (const one of plain.slice(0, mostOf(extent))) phrases.push(...simpleOf(one, extent).map(phrase))
  const nested = all.filter((one) => !isPlain(one))
  if (nested.length > 0) groups.push({ lead: nested.length === 1 ? "this" : "all of these", inner: nested })
  if (not !== undefined) {
    const [only, ...others] = isPlain(not) ? simpleOf(not, extent) : []
    if (only !== undefined && others.length === 0) {
      phrases.push(html`${only.subject} ${NEGATED[only.verb]} ${only.object}`)
    } else groups.push({ lead: "not this", inner: [not] })
  }
  if (any !== undefined) groups.push({ lead: any.length === 1 ? "this" : "any of these", inner: any })
  const hidden = [plain, Object.keys(condition.entities ?? {}), Object.keys(condition.data ?? {})].reduce(
    (sum, { length }) => sum + Math.max(0, length - mostOf(extent)),
    0
  )
  return { phrases, groups, hidden }
}

const isPlain = ({ all, any, not }: Condition) => all === undefined && any === undefined && not === undefined

const groupList = ({ inner, lead }: Group, extent: Extent, level: number): Html => {
  extent.left -= 1
  if (level > extent.levels || extent.left <= 0) return html`<p class="lead muted">and more, too deep for here</p>`
  const shown: Array<Html> = []
  for (const one of inner.slice(0, extent.conditions)) {
    if (extent.left <= 0) break
    shown.push(html`<li>${conditionParts(one, extent, level)}</li>`)
  }
  const left = inner.length - shown.length
  return html`<p class="lead">${lead}:</p>
<ul>${shown}${left > 0 && html`<li class="muted">and ${left} more</li>`}</ul>`
}

const conditionParts = (condition: Condition, extent: Extent, level: number): Html => {
  const { groups, hidden, phrases } = partsOf(condition, extent)
  const shown = phrases.slice(0, extent.conditions * 2)
  const left = phrases.length - shown.length + hidden
  return html`${joined(shown, ", ", left > 0 ? ", " : " and ")}${left > 0 && html` <span class="muted">and ${left} more conditions</span>`}${groups.map(
    (group, index) =>
      html`${(index > 0 || shown.length > 0) && html` <span>and</span> `}${groupList(group, extent, level + 1)}`
  )}`
}

/** When a rule decides. */
export const conditionInWords = (when: Condition | undefined, extent: Extent): Html =>
  when === undefined
    ? html`<span class="muted">Always:</span> it takes everything that comes to it`
    : html`<span class="muted">When</span> ${conditionParts(when, extent, 0)}`

/** The ids of a table's queues and agents, by their names. */
export type Ids = Pick<RoutesFile, "queues" | "agents">

const idOf = (known: Readonly<Record<string, string>> | undefined, name: string): string =>
  known !== undefined && Object.hasOwn(known, name) ? (known[name] ?? name) : name

/** A queue or an agent by its name, with its id in the title. */
export const targetName = (type: "queue" | "agent", name: string, id: string, text: number): Html =>
  html`<span class="target" title="${type} ${id}"><span class="muted">${type}</span> <b><bdi>${cut(name, text)}</bdi></b></span>`

const places = (place: Place): ReadonlyArray<Place> =>
  place.fallback === undefined ? [place] : [place, ...places(place.fallback)]

const placeInWords = ({ agent, queue }: Place, { agents, queues }: Ids, { text }: Extent): Html => {
  if (queue !== undefined) return targetName("queue", queue, idOf(queues, queue), text)
  if (Predicate.isString(agent)) return targetName("agent", agent, idOf(agents, agent), text)
  return html`<span class="target">the <b>agent</b> whose id is in the entity <b><bdi>${cut(agent?.entity ?? "", text)}</bdi></b></span>`
}

/** The most places of a rule that are shown. */
const MAX_PLACES = 12

/** Where a rule sends to, or the text that it rejects with. */
export const destinationInWords = (to: Destination, ids: Ids, extent: Extent): Html => {
  if (to.reject !== undefined) {
    return html`<span class="tag rejected"><span aria-hidden="true">⊘</span> rejects</span> and the bot says: <q><bdi>${cut(to.reject, extent.text * 2)}</bdi></q>`
  }
  const all = places(to)
  return html`<span aria-hidden="true">→</span><span class="hidden">goes to</span> ${all
    .slice(0, MAX_PLACES)
    .map(
      (place, index) =>
        html`${index > 0 && html`<span class="muted">, else</span> `}${placeInWords(place, ids, extent)}`
    )}${all.length > MAX_PLACES && html`<span class="muted">, and ${all.length - MAX_PLACES} more</span>`}`
}

/** The labels of a rule. */
export const labelsInWords = (labels: Readonly<Record<string, string>> | undefined, extent: Extent): Html | false => {
  const entries = Object.entries(labels ?? {})
  return (
    entries.length > 0 &&
    html`<span class="muted">labels</span> ${joined(
      entries.map(([name, text]) => html`<span class="nobreak"><bdi>${name}</bdi>: ${value(text, extent)}</span>`),
      ", ",
      ", "
    )}`
  )
}
