import { type Clock, Effect, Schema } from "effect"
import { Refusal } from "../Answer.ts"
import { makeNewest, retained } from "../Newest.ts"
import type { Conversation, ConversationTarget, UserLock } from "./SimulatorState.ts"

/** The length of a lock on a user: the next `opens` calls of open, or `durationMillis` milliseconds. */
export const Lock = Schema.Union([
  Schema.Struct({ opens: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)) }),
  Schema.Struct({ durationMillis: Schema.Finite.check(Schema.isGreaterThan(0)) })
])

/** The length of a lock on a user. */
export type Lock = typeof Lock.Type

/** The conversations of one simulated CXone. Each effect is one synchronous step, so no two interleave. */
export interface Conversations {
  /** Opens a conversation under this id. Refuses with 409 when the user has an active one or is locked. */
  readonly open: (
    userId: string,
    labels: Readonly<Record<string, string>>,
    id: string
  ) => Effect.Effect<Conversation, Refusal>
  /** The user's active conversations, oldest first. `place` can make more than one. */
  readonly findActive: (userId: string) => Effect.Effect<ReadonlyArray<Conversation>>
  /** Routes a conversation. Refuses with 404 (unknown or ended), 422 (no such target) or 409 (already there). */
  readonly route: (id: string, target: ConversationTarget) => Effect.Effect<void, Refusal>
  /** Merges labels into those of a conversation, ended or not. Refuses with 404 when it is unknown. */
  readonly label: (id: string, labels: Readonly<Record<string, string>>) => Effect.Effect<void, Refusal>
  /** Ends a conversation; false when it is unknown or has ended already. */
  readonly end: (id: string) => Effect.Effect<boolean>
  /** Adds an active conversation without any check. It replaces a conversation with the same id. */
  readonly place: (userId: string, id: string) => Effect.Effect<void>
  /** Ends all active conversations of a user. */
  readonly endAll: (userId: string) => Effect.Effect<void>
  readonly lock: (userId: string, lock: Lock) => Effect.Effect<void>
  readonly conversations: () => ReadonlyArray<Conversation>
  readonly locks: () => ReadonlyArray<UserLock>
  readonly reset: () => void
}

type Entry = { -readonly [K in keyof Conversation]: Conversation[K] }

interface HeldLock {
  opensLeft: number | null
  readonly until: number | null
}

/** Makes an empty store. `isTarget` says whether a routing target exists. */
export const makeConversations = (
  clock: Clock.Clock,
  isTarget: (target: ConversationTarget) => boolean
): Conversations => {
  const entries = new Map<string, Entry>()
  const active = new Map<string, ReadonlyArray<Entry>>()
  const ended = makeNewest<Entry>(retained)
  const locks = new Map<string, HeldLock>()

  const activeOf = (userId: string): ReadonlyArray<Entry> => active.get(userId) ?? []

  const deactivate = (entry: Entry): void => {
    const others = activeOf(entry.userId).filter((other) => other !== entry)
    if (others.length > 0) active.set(entry.userId, others)
    else active.delete(entry.userId)
  }

  const create = (userId: string, labels: Readonly<Record<string, string>>, id: string): Conversation => {
    const createdAt = clock.currentTimeMillisUnsafe()
    const entry: Entry = { id, userId, status: "ACTIVE", target: null, labels, routedCount: 0, createdAt }
    entries.set(id, entry)
    active.set(userId, [...activeOf(userId), entry])
    return { ...entry }
  }

  const finish = (entry: Entry): void => {
    entry.status = "ENDED"
    deactivate(entry)
    const evicted = ended.push(entry)
    // Another conversation may have replaced the one with this id.
    if (evicted !== undefined && entries.get(evicted.id) === evicted) entries.delete(evicted.id)
  }

  const isExpired = (lock: HeldLock): boolean => lock.until !== null && lock.until <= clock.currentTimeMillisUnsafe()

  /** Whether a lock refuses this open; uses up one of the lock's opens. */
  const isRefused = (userId: string): boolean => {
    const lock = locks.get(userId)
    if (lock === undefined) return false
    if (isExpired(lock)) {
      locks.delete(userId)
      return false
    }
    if (lock.opensLeft !== null && --lock.opensLeft === 0) locks.delete(userId)
    return true
  }

  return {
    open: (userId, labels, id) =>
      Effect.suspend(() =>
        active.has(userId) || isRefused(userId)
          ? Effect.fail(alreadyActive(userId))
          : Effect.succeed(create(userId, labels, id))
      ),
    findActive: (userId) => Effect.sync(() => activeOf(userId).map((entry) => ({ ...entry }))),
    route: (id, target) =>
      Effect.suspend(() => {
        const entry = entries.get(id)
        if (entry === undefined || entry.status === "ENDED") return Effect.fail(noConversation(id))
        if (!isTarget(target)) return Effect.fail(noTarget(target))
        if (entry.target?.type === target.type && entry.target.id === target.id)
          return Effect.fail(alreadyThere(target))
        entry.target = target
        entry.routedCount++
        return Effect.void
      }),
    label: (id, labels) =>
      Effect.suspend(() => {
        const entry = entries.get(id)
        if (entry === undefined) return Effect.fail(noConversation(id))
        entry.labels = { ...entry.labels, ...labels }
        return Effect.void
      }),
    end: (id) =>
      Effect.sync(() => {
        const entry = entries.get(id)
        if (entry === undefined || entry.status === "ENDED") return false
        finish(entry)
        return true
      }),
    place: (userId, id) =>
      Effect.sync(() => {
        const replaced = entries.get(id)
        if (replaced?.status === "ACTIVE") deactivate(replaced)
        entries.delete(id)
        create(userId, { source: "cognigy" }, id)
      }),
    endAll: (userId) => Effect.sync(() => activeOf(userId).forEach(finish)),
    lock: (userId, lock) =>
      Effect.sync(() => {
        locks.set(
          userId,
          "opens" in lock
            ? { opensLeft: lock.opens, until: null }
            : { opensLeft: null, until: clock.currentTimeMillisUnsafe() + lock.durationMillis }
        )
      }),
    conversations: () => Array.from(entries.values(), (entry) => ({ ...entry })),
    locks: () =>
      Array.from(locks)
        .filter(([, lock]) => !isExpired(lock))
        .map(([userId, { opensLeft, until }]) => ({ userId, opensLeft, until })),
    reset: () => {
      entries.clear()
      active.clear()
      ended.clear()
      locks.clear()
    }
  }
}

const alreadyActive = (userId: string) =>
  new Refusal({ status: 409, code: "conversation.active", message: `User ${userId} has an active conversation` })

/** Refuses a call for a conversation that is unknown or has ended, with 404. */
export const noConversation = (id: string) =>
  new Refusal({ status: 404, code: "conversation.not.found", message: `There is no active conversation ${id}` })

const noTarget = (target: ConversationTarget) =>
  new Refusal({ status: 422, code: `${target.type}.not.found`, message: `There is no ${target.type} ${target.id}` })

const alreadyThere = (target: ConversationTarget) =>
  new Refusal({
    status: 409,
    code: "conversation.already.routed",
    message: `The conversation is at ${target.type} ${target.id} already`
  })
