/** The members of a request that a table's rules look at. */
import { createHash } from "node:crypto"
import { Predicate, Result } from "effect"
import { entityValue, type HandoverRequest } from "../../domain/HandoverRequest.ts"
import type { Condition } from "../../routing/format/Condition.ts"
import type { Place } from "../../routing/format/Place.ts"
import type { RoutesFile } from "../../routing/format/RoutesFile.ts"
import type { LiveRoutes } from "../../routing/RoutingPolicy.ts"
import { dataPath, memberAt } from "../../routing/table/dataPath.ts"
import { shareOf, userShare } from "../../routing/table/userShare.ts"
import type { Facts } from "../Entry.ts"
import { BUILT_IN } from "../History.ts"

/** The longest value that is recorded, and the most that is recorded of one request, in UTF-16 units of JSON. What is longer counts as not recorded. */
const MAX_VALUE = 1024
const MAX_FACTS = 16_384

/** A table as the history has it. */
export interface RecordedTable {
  /** The version, or for a table without one `built-in-` and a digest. */
  readonly version: string
  /** The table as JSON. */
  readonly file: string
  /** The names of its rules, for a table without a version: a policy in code may have decided before it. */
  readonly rules: ReadonlySet<string>
  /** The members of a request that its rules look at. */
  readonly factsOf: (request: HandoverRequest) => Facts
}

interface Looks {
  confidence: boolean
  readonly entities: Set<string>
  readonly data: Set<string>
  readonly seeds: Set<string>
}

const lookAtCondition = (looks: Looks, when: Condition): void => {
  const { all = [], any = [], confidence, data = {}, entities = {}, not, percentage } = when
  if (confidence !== undefined) looks.confidence = true
  for (const name of Object.keys(entities)) looks.entities.add(name)
  for (const path of Object.keys(data)) looks.data.add(path)
  if (percentage !== undefined) looks.seeds.add(shareOf(percentage).seed)
  for (const inner of [...all, ...any, ...(not === undefined ? [] : [not])]) lookAtCondition(looks, inner)
}

const lookAtPlace = (looks: Looks, { agent, fallback }: Place): void => {
  if (Predicate.isObject(agent)) looks.entities.add(agent.entity)
  if (fallback !== undefined) lookAtPlace(looks, fallback)
}

const looksOf = ({ fallback, rules }: RoutesFile): Looks => {
  const looks: Looks = { confidence: false, entities: new Set(), data: new Set(), seeds: new Set() }
  for (const { to, when } of rules) {
    if (when !== undefined) lookAtCondition(looks, when)
    lookAtPlace(looks, to)
  }
  if (fallback !== undefined) lookAtPlace(looks, fallback.to)
  return looks
}

/** The length of a value as JSON; `undefined` for what is no JSON. */
const lengthOf = (value: unknown): number | undefined =>
  Predicate.isString(value) ? value.length : Result.getOrUndefined(Result.try(() => JSON.stringify(value)?.length))

/** Values by name, as many as have room. `null` is what the request does not have. */
const recorded = (names: ReadonlyArray<string>, look: (name: string) => unknown, room: { left: number }) => {
  const values: Array<readonly [string, unknown]> = []
  for (const name of names) {
    const value = look(name) ?? null
    const length = lengthOf(value)
    if (length === undefined || length > MAX_VALUE) continue
    room.left -= name.length + length
    if (room.left < 0) break
    values.push([name, value])
  }
  return Object.fromEntries(values)
}

/** Looks once at what a table's rules look at. */
export const recordedTable = ({ file, version }: Pick<LiveRoutes, "file" | "version">): RecordedTable => {
  const { confidence, ...looks } = looksOf(file)
  const [entities, data, seeds] = [[...looks.entities], [...looks.data], [...looks.seeds]]
  const segments = new Map(data.map((path) => [path, dataPath(path)]))
  const text = JSON.stringify(file)
  return {
    version: version ?? `${BUILT_IN}-${createHash("sha256").update(text).digest("hex").slice(0, 12)}`,
    file: text,
    rules: new Set(file.rules.map(({ name }) => name)),
    factsOf: (request) => {
      const room = { left: MAX_FACTS }
      return {
        ...(confidence ? { confidence: request.confidence ?? null } : {}),
        ...(entities.length === 0 ? {} : { entities: recorded(entities, (name) => entityValue(request, name), room) }),
        ...(data.length === 0
          ? {}
          : { data: recorded(data, (path) => memberAt(request.data, segments.get(path) ?? []), room) }),
        ...(seeds.length === 0
          ? {}
          : { shares: Object.fromEntries(seeds.map((seed) => [seed, userShare(request.userId, seed)])) })
      }
    }
  }
}
