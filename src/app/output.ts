/** Standard output and standard error, whose readers may go away. */
import { Effect, Layer } from "effect"

/** Keeps the process running when a reader of its output goes away: handovers go on without a log. */
export const outliveReaders: Layer.Layer<never> = Layer.effectDiscard(
  Effect.sync(() => {
    for (const output of [process.stdout, process.stderr]) output.on("error", () => {})
  })
)
