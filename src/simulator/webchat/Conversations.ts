import { type Clock, Effect, Schema } from "effect"
import { Refusal } from "../core/Answer.ts"
import { makeNewest, retained } from "../core/Newest.ts"
import type { Conversation, ConversationTarget, UserLock } from "./SimulatorState.ts"

/** The length of a lock on a user: the next `opens` calls of open, or `durationMillis` milliseconds. */
export const Lock = Schema.Union([
  Schema.Struct({ opens: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)) }),
  Schema.Struct({ durationMillis: Schema.Finite.check(Schema.isGreaterThan(0)) })
])

/** The length of a lock on a user. */
export type Lock = typeof Lock.Type

type Labels = Conversation["labels"]

type Entry = { -readonly [K in keyof Conversation]: Conversation[K] }

type HeldLock = { -readonly [K in keyof UserLock]: UserLock[K] }

/** Makes an empty store. `isTarget` says whether a routing target exists. */
export const makeConversations = (clock: Clock.Clock, isTarget: (target: ConversationTarget) => boolean) => {
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

  const create = (userId: string, labels: Labels, id: string): Conversation => {
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

  /** True when a lock refuses this open. It uses up one of the lock's opens. */
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
    /** Opens a conversation under this id. Refuses with 409 when the user has an active one or is locked. */
    open: (userId: string, labels: Labels, id: string): Effect.Effect<Conversation, Refusal> =>
      Effect.suspend(() =>
        active.has(userId) || isRefused(userId)
          ? Effect.fail(alreadyActive(userId))
          : Effect.succeed(create(userId, labels, id))
      ),
    /** The user's active conversations, oldest first. `place` can make more than one. */
    findActive: (userId: string): Effect.Effect<ReadonlyArray<Conversation>> =>
      Effect.sync(() => activeOf(userId).map((entry) => ({ ...entry }))),
    /** Routes a conversation. Refuses with 404 (unknown or ended), 422 (no such target) or 409 (already there). */
    route: (id: string, target: ConversationTarget): Effect.Effect<void, Refusal> =>
      Effect.suspend(() => {
        const entry = entries.get(id)
        if (entry === undefined || entry.status === "ENDED") return Effect.fail(noConversation(id))
        if (!isTarget(target)) return Effect.fail(noTarget(422, target))
        if (entry.target?.type === target.type && entry.target.id === target.id)
          return Effect.fail(alreadyThere(target))
        entry.target = target
        entry.routedCount++
        return Effect.void
      }),
    /** Merges labels into those of a conversation, ended or not. Refuses with 404 when it is unknown. */
    label: (id: string, labels: Labels): Effect.Effect<void, Refusal> =>
      Effect.suspend(() => {
        const entry = entries.get(id)
        if (entry === undefined) return Effect.fail(noConversation(id))
        entry.labels = { ...entry.labels, ...labels }
        return Effect.void
      }),
    /** Ends a conversation; false when it is unknown or has ended already. */
    end: (id: string): Effect.Effect<boolean> =>
      Effect.sync(() => {
        const entry = entries.get(id)
        if (entry === undefined || entry.status === "ENDED") return false
        finish(entry)
        return true
      }),
    /** Adds an active conversation without any check. It replaces a conversation with the same id. */
    place: (userId: string, id: string): Effect.Effect<void> =>
      Effect.sync(() => {
        const replaced = entries.get(id)
        if (replaced?.status === "ACTIVE") deactivate(replaced)
        entries.delete(id)
        create(userId, { source: "cognigy" }, id)
      }),
    /** Ends all active conversations of a user. */
    endAll: (userId: string): Effect.Effect<void> => Effect.sync(() => activeOf(userId).forEach(finish)),
    lock: (userId: string, lock: Lock): Effect.Effect<void> =>
      Effect.sync(() => {
        locks.set(
          userId,
          "opens" in lock
            ? { userId, opensLeft: lock.opens, until: null }
            : { userId, opensLeft: null, until: clock.currentTimeMillisUnsafe() + lock.durationMillis }
        )
      }),
    conversations: (): ReadonlyArray<Conversation> => Array.from(entries.values(), (entry) => ({ ...entry })),
    locks: (): ReadonlyArray<UserLock> =>
      Array.from(locks.values(), (lock) => ({ ...lock })).filter((lock) => !isExpired(lock)),
    reset: (): void => {
      entries.clear()
      active.clear()
      ended.clear()
      locks.clear()
    }
  }
}

/** The conversations of one simulated CXone. Each effect is one synchronous step, so no two interleave. */
export type Conversations = ReturnType<typeof makeConversations>

const alreadyActive = (userId: string) =>
  new Refusal({ status: 409, code: "conversation.active", message: `User ${userId} has an active conversation` })

/** Refuses a call for a conversation that is unknown or has ended, with 404. */
export const noConversation = (id: string) =>
  new Refusal({ status: 404, code: "conversation.not.found", message: `There is no active conversation ${id}` })

/** Refuses a call for a queue or an agent that does not exist. */
export const noTarget = (status: 404 | 422, target: ConversationTarget) =>
  new Refusal({ status, code: `${target.type}.not.found`, message: `There is no ${target.type} ${target.id}` })

const alreadyThere = (target: ConversationTarget) =>
  new Refusal({
    status: 409,
    code: "conversation.already.routed",
    message: `The conversation is at ${target.type} ${target.id} already`
  })
