/** A history in memory, and what else the console needs, each under the control of a test. */
import { Effect, Layer, Option, PubSub, Stream } from "effect"
import { Handover } from "../../../src/handover/Handover.ts"
import { NotReady, Readiness } from "../../../src/handover/Readiness.ts"
import type { Action } from "../../../src/history/Audit.ts"
import { Audit } from "../../../src/history/Audit.ts"
import { History, HistoryUnavailable, type MinuteCount } from "../../../src/history/History.ts"
import { RoutingPolicy } from "../../../src/routing/RoutingPolicy.ts"
import type { TableStatus } from "../../../src/routing/TableStatus.ts"

/** What a test sets and sees. */
export interface World {
  minutes: ReadonlyArray<MinuteCount>
  actions: Array<Action>
  /** Why the history cannot be read. */
  away: string | undefined
  notReady: string | undefined
  table: TableStatus | undefined
  names: Readonly<Record<string, string>>
  /** How often the minutes were read, and from when. */
  readonly reads: Array<number>
  readonly changes: PubSub.PubSub<void>
}

/** A world without handovers. */
export const makeWorld = Effect.map(
  PubSub.unbounded<void>(),
  (changes): World => ({
    minutes: [],
    actions: [],
    away: undefined,
    notReady: undefined,
    table: undefined,
    names: {},
    reads: [],
    changes
  })
)

/** The services of a world. */
export const servicesOf = (world: World) => {
  const reading = <A>(read: () => A) =>
    Effect.suspend(() =>
      world.away === undefined ? Effect.sync(read) : Effect.fail(new HistoryUnavailable({ message: world.away }))
    )
  return Layer.mergeAll(
    Layer.succeed(History, {
      find: () => reading(() => []),
      get: () => reading(() => Option.none()),
      stream: () => Stream.empty,
      minutes: (from, to) =>
        reading(() => {
          world.reads.push(from)
          return world.minutes.filter(({ minute }) => minute >= from && minute < to)
        }),
      decisions: () => reading(() => []),
      choices: reading(() => ({ rules: [], targets: [], languages: [] })),
      routes: () => reading(() => Option.none()),
      kept: () => reading(() => Option.none()),
      erase: () => reading(() => 0),
      follow: () => Stream.never,
      changes: Stream.fromPubSub(world.changes)
    }),
    Layer.succeed(Audit, {
      record: (action) =>
        reading(() => {
          world.actions.unshift({
            id: `0190b6a0-0000-7000-8000-${String(world.actions.length).padStart(12, "0")}`,
            at: Date.now(),
            ...action
          })
        }),
      list: ({ before, limit }) =>
        reading(() => world.actions.filter(({ id }) => before === undefined || id < before).slice(0, limit))
    }),
    Layer.succeed(Handover, { handle: () => Effect.die("not here") }),
    Layer.succeed(Readiness, {
      check: Effect.suspend(() =>
        world.notReady === undefined ? Effect.void : Effect.fail(new NotReady({ reason: world.notReady }))
      )
    }),
    Layer.succeed(Handover, { handle: () => Effect.die("not here") }),
    Layer.succeed(RoutingPolicy, {
      decide: () => Effect.die("not here"),
      explain: () => Effect.die("not here"),
      nameOf: ({ id, type }) => Effect.sync(() => world.names[`${type}:${id}`]),
      table: Effect.sync(() => world.table),
      routes: Effect.succeed(undefined)
    })
  )
}
