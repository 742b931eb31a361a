/** Replays recorded traffic with another table. */
import { Clock, Effect, Stream } from "effect"
import type { RoutesFile } from "../../routing/format/RoutesFile.ts"
import type { Detail, Entry } from "../Entry.ts"
import { makeTally, type ReplaySummary } from "./ReplaySummary.ts"
import { makeReplayTable } from "./ReplayTable.ts"

/** The time after which other fibers get their turn, in nanoseconds: a router in the same process goes on handing over. */
const TURN = 5_000_000n

/** The examples of each change. */
const EXAMPLES = 3

/**
 * Decides recorded entries, newest first, by a table whose contents are checked already. Each is decided at its own time. It takes the same memory for
 * any number of entries.
 */
export const replay = Effect.fnUntraced(function* <E, R>(
  file: RoutesFile,
  entries: Stream.Stream<Entry & Detail, E, R>,
  examples: number = EXAMPLES
): Effect.fn.Return<ReplaySummary, E, R> {
  const clock = yield* Clock.Clock
  const tally = makeTally(makeReplayTable(file), examples)
  yield* Stream.runForEachArray(
    entries,
    Effect.fnUntraced(function* (chunk) {
      let turnEnds = clock.monotonicTimeNanosUnsafe() + TURN
      for (const entry of chunk) {
        tally.add(entry)
        if (clock.monotonicTimeNanosUnsafe() < turnEnds) continue
        yield* Effect.yieldNow
        turnEnds = clock.monotonicTimeNanosUnsafe() + TURN
      }
    })
  )
  return tally.summary()
})
