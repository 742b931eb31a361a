/** Warnings that are logged once. */
import { Effect } from "effect"

/** Makes a function that logs a warning the first time that it gets its key, for at most so many keys. */
export const makeTellOnce = (
  capacity = Number.POSITIVE_INFINITY
): Effect.Effect<(key: string, text: string) => Effect.Effect<void>> =>
  Effect.sync(() => {
    const told = new Set<string>()
    return (key, text) =>
      Effect.suspend(() => {
        if (told.has(key) || told.size >= capacity) return Effect.void
        told.add(key)
        return Effect.logWarning(text)
      })
  })
