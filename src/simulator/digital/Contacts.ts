import type { Clock } from "effect"
import { makeNewest, retained } from "../core/Newest.ts"
import { makeContactLimit } from "./ContactLimit.ts"
import type { DigitalSimulatorOptions } from "./DigitalOptions.ts"
import type { ContactStatus, DigitalContact, DigitalTarget } from "./DigitalState.ts"

/** The number of the first contact. */
const FIRST_NUMBER = 700_001

/** Who writes where. */
export interface Thread {
  readonly channelId: string
  readonly threadId: string
  readonly authorId: string
  readonly authorName: string | null
}

type Entry = { -readonly [K in keyof DigitalContact]: DigitalContact[K] } & {
  /** The statuses that a search may still show, oldest first. */
  seen: ReadonlyArray<{ readonly status: ContactStatus; readonly at: number }>
}

/** True for a contact that has ended. */
export const hasEnded = ({ status }: { readonly status: ContactStatus }): boolean =>
  status === "closed" || status === "trashed"

const snapshot = ({ seen: _, ...contact }: Entry): DigitalContact => contact

const key = (channelId: string, threadId: string) => JSON.stringify([channelId, threadId])

/** Makes an empty store. Each of its functions is one synchronous step, so no two interleave. */
export const makeContacts = (
  clock: Clock.Clock,
  { contactBurst, contactRefill, resolvedJoins, searchLag }: Required<DigitalSimulatorOptions>
) => {
  const entries = new Map<string, Entry>()
  /** The newest contact of each thread. */
  const newest = new Map<string, Entry>()
  const ended = makeNewest<Entry>(retained)
  const limit = makeContactLimit(clock, contactBurst, contactRefill)
  let nextNumber = FIRST_NUMBER

  const forget = ({ channelId, number, threadId }: Entry): void => {
    if (newest.get(key(channelId, threadId))?.number === number) newest.delete(key(channelId, threadId))
    entries.delete(number)
    limit.forget(number)
  }

  const setStatus = (entry: Entry, status: ContactStatus): void => {
    if (entry.status === status) return
    const ends = !hasEnded(entry) && hasEnded({ status })
    const now = clock.currentTimeMillisUnsafe()
    const shown = entry.seen.findLastIndex(({ at }) => at <= now - searchLag)
    entry.seen = [...entry.seen.slice(Math.max(shown, 0)), { status, at: now }]
    entry.status = status
    const evicted = ends ? ended.push(entry) : undefined
    // A contact may have been opened again since it ended, or replaced.
    if (evicted !== undefined && hasEnded(evicted) && entries.get(evicted.number) === evicted) forget(evicted)
  }

  const create = (
    { authorId, authorName, channelId, threadId }: Thread,
    number = String(nextNumber++),
    status: ContactStatus = "new"
  ): DigitalContact => {
    const createdAt = clock.currentTimeMillisUnsafe()
    const entry: Entry = {
      number,
      channelId,
      threadId,
      authorId,
      authorName,
      status,
      target: null,
      priority: null,
      customFields: {},
      routedCount: 0,
      requeuedCount: 0,
      createdAt,
      seen: [{ status, at: createdAt }]
    }
    const replaced = entries.get(number)
    if (replaced !== undefined) forget(replaced)
    entries.set(number, entry)
    newest.set(key(channelId, threadId), entry)
    return snapshot(entry)
  }

  const goesOn = (channelId: string, threadId: string): Entry | undefined => {
    const entry = newest.get(key(channelId, threadId))
    if (entry === undefined || hasEnded(entry)) return undefined
    return entry.status === "resolved" && !resolvedJoins ? undefined : entry
  }

  /** Changes a contact; undefined when there is none. */
  const change = (number: string, update: (entry: Entry) => Partial<Entry>): DigitalContact | undefined => {
    const entry = entries.get(number)
    return entry === undefined ? undefined : snapshot(Object.assign(entry, update(entry)))
  }

  const become = (number: string, status: (before: ContactStatus) => ContactStatus): DigitalContact | undefined => {
    const entry = entries.get(number)
    if (entry === undefined) return undefined
    setStatus(entry, status(entry.status))
    return snapshot(entry)
  }

  return {
    get: (number: string): DigitalContact | undefined => change(number, () => ({})),
    /** The contact that a message into this thread joins. */
    activeIn: (channelId: string, threadId: string): DigitalContact | undefined => {
      const entry = goesOn(channelId, threadId)
      return entry === undefined ? undefined : snapshot(entry)
    },
    /** True when the thread has had a contact. */
    hasThread: (channelId: string, threadId: string): boolean => newest.has(key(channelId, threadId)),
    /** Creates a contact, also where the thread has one. It replaces a contact with the same number. */
    create,
    /** Forgets a contact. */
    remove: (number: string): void => {
      const entry = entries.get(number)
      if (entry !== undefined) forget(entry)
    },
    /** A resolved contact is open again once its end user writes. */
    rejoin: (number: string) => become(number, (before) => (before === "resolved" ? "open" : before)),
    setStatus: (number: string, status: ContactStatus) => become(number, () => status),
    route: (number: string, target: DigitalTarget) =>
      change(number, ({ routedCount }) => ({ target, routedCount: routedCount + 1 })),
    /** Puts a contact where the message that opened it asks for. */
    place: (number: string, target: DigitalTarget) => change(number, () => ({ target })),
    /** Puts a contact that has not ended where the channel's script wants it. */
    requeue: (number: string, target: DigitalTarget) =>
      change(number, (entry) => (hasEnded(entry) ? {} : { target, requeuedCount: entry.requeuedCount + 1 })),
    prioritise: (number: string, priority: number) => change(number, () => ({ priority })),
    setFields: (number: string, fields: Readonly<Record<string, string>>) =>
      change(number, ({ customFields }) => ({ customFields: { ...customFields, ...fields } })),
    /** Takes one update of a contact. When there were too many, returns the milliseconds until the next one. */
    takeUpdate: limit.take,
    /** What a search shows of all contacts at this time, oldest first: it lags behind. */
    searchable: (): ReadonlyArray<DigitalContact> => {
      const until = clock.currentTimeMillisUnsafe() - searchLag
      return Array.from(entries.values()).flatMap((entry) => {
        const shown = entry.seen.findLast(({ at }) => at <= until)
        return shown === undefined ? [] : [{ ...snapshot(entry), status: shown.status }]
      })
    },
    contacts: (): ReadonlyArray<DigitalContact> => Array.from(entries.values(), snapshot),
    reset: (): void => {
      entries.clear()
      newest.clear()
      ended.clear()
      limit.reset()
    }
  }
}

/** The contacts of one simulated CXone. */
export type Contacts = ReturnType<typeof makeContacts>
