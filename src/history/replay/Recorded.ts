/** A request as it was recorded: what is known of it, and what is not. */
import { Predicate } from "effect"
import type { EntityValue } from "../../domain/HandoverRequest.ts"
import type { Input } from "../../routing/table/Check.ts"
import { dataPath, memberAt } from "../../routing/table/dataPath.ts"
import { userShare } from "../../routing/table/userShare.ts"
import type { Detail, Entry, Facts } from "../Entry.ts"

/** A recorded request. Entities that were not recorded are missing in it, as those that the request did not have. */
export interface Recorded extends Input {
  readonly facts: Facts
  /** The end of the handover: the decision was made between `now` and then. */
  readonly ended: number
  /** The user's id, if it was recorded as it is. */
  readonly userId: string | undefined
}

const isEntityValue = Predicate.or(Predicate.or(Predicate.isString, Predicate.isNumber), Predicate.isBoolean)

/** A digest in place of an id, or an id that was changed because no database takes it as it is. */
const isChanged = (userId: string) => /^sha256:[0-9a-f]{64}$|\ufffd|…$/.test(userId)

const entitiesOf = ({ entities = {} }: Facts) =>
  Object.entries(entities).flatMap(([name, value]) =>
    isEntityValue(value) ? [{ name, value: value satisfies EntityValue }] : []
  )

/** The recorded request of an entry. */
export const recordedOf = (entry: Entry & Pick<Detail, "facts">): Recorded => {
  const { at, channel, facts = {}, intent, language, took, userId } = entry
  return {
    now: at,
    ended: at + took,
    facts,
    userId: userId === null || isChanged(userId) ? undefined : userId,
    request: {
      intent: intent ?? "",
      userId: userId ?? "",
      entities: entitiesOf(facts),
      ...(Predicate.isNotNullish(facts.confidence) && { confidence: facts.confidence }),
      ...(language !== null && { language }),
      ...(channel !== null && { channel })
    }
  }
}

const own = (record: Readonly<Record<string, unknown>> | undefined, name: string) =>
  record !== undefined && Object.hasOwn(record, name)

/** True when it is recorded whether the request had the entity, and with which value. */
export const hasEntity = ({ facts }: Recorded, name: string): boolean => own(facts.entities, name)

/** A member of `data` in the records. */
export interface RecordedMember {
  readonly isRecorded: (recorded: Recorded) => boolean
  readonly valueIn: (recorded: Recorded) => unknown
}

const escaped = (segment: string) => segment.replaceAll("~", "~0").replaceAll("/", "~1")

/** The notations of a path: a JSON Pointer, and names between dots where it has that one. */
const notations = (segments: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...(segments.some((segment) => segment.includes(".")) || segments[0]?.startsWith("/") ? [] : [segments.join(".")]),
  `/${segments.map(escaped).join("/")}`
]

/** A member of `data` by its path in a table. It is recorded under the same path, under another notation of it, or as a part of a member around it. */
export const recordedMember = (path: string): RecordedMember => {
  const segments = dataPath(path)
  // The member itself first, then those around it.
  const places = segments
    .map((_, index) => segments.length - index)
    .flatMap((length) => notations(segments.slice(0, length)).map((name) => ({ name, rest: segments.slice(length) })))
  const placeIn = ({ facts: { data } }: Recorded) => places.find(({ name }) => own(data, name))
  return {
    isRecorded: (recorded) => placeIn(recorded) !== undefined,
    valueIn: (recorded) => {
      const place = placeIn(recorded)
      if (place === undefined) return undefined
      const value = recorded.facts.data?.[place.name] ?? undefined
      return place.rest.length === 0 ? value : memberAt({ value }, ["value", ...place.rest])
    }
  }
}

/** The user's share in percent by a seed, if it was recorded, or the user's id was. */
export const shareIn = ({ facts: { shares }, userId }: Recorded, seed: string): number | undefined =>
  shares !== undefined && Object.hasOwn(shares, seed)
    ? shares[seed]
    : userId === undefined
      ? undefined
      : userShare(userId, seed)
