/** The state of a file, as far as it can be seen without reading it. */
import { Effect, FileSystem, Option } from "effect"

/** A file that keeps its state for so long is written completely. */
const SETTLED = "100 millis"

/** The most waits for that: a file that changes all the time is read nevertheless. */
const MAX_WAITS = 10

/** A text that changes with the file; `none` where there is no file. */
export const fileState = (path: string): Effect.Effect<string, never, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.stat(path)).pipe(
    Effect.map(({ dev, ino, mtime, size }) =>
      [dev, Option.getOrUndefined(ino), Option.getOrUndefined(mtime)?.getTime(), size].join()
    ),
    Effect.orElseSucceed(() => "none")
  )

/** The state of a file once it has not changed for 100 ms, or after a second. */
export const settledState = Effect.fnUntraced(function* (path: string) {
  let before = yield* fileState(path)
  for (let waits = 0; waits < MAX_WAITS; waits++) {
    const now = yield* Effect.delay(fileState(path), SETTLED)
    if (now === before) return now
    before = now
  }
  return before
})
