/** Reading whole files that people name in settings. */
import { ByteSize, Effect, FileSystem, type PlatformError } from "effect"

/** Why a file cannot be read, in words that follow its name. */
export interface Unreadable {
  readonly problem: string
  readonly instead: string
  /** There is no such file. */
  readonly isMissing?: boolean
}

const refuse = (problem: string, instead: string, isMissing = false) =>
  Effect.fail<Unreadable>({ problem, instead, isMissing })

const unreadable = ({ reason }: PlatformError.PlatformError) =>
  reason._tag === "NotFound"
    ? refuse("is not there", "the path of a file", true)
    : refuse("cannot be read", "a file that the router may read")

/** Reads a regular file of at most `max` bytes. */
export const readBytes = Effect.fnUntraced(function* (path: string, max: number) {
  const fs = yield* FileSystem.FileSystem
  const { size, type } = yield* Effect.catch(fs.stat(path), unreadable)
  if (type === "Directory") return yield* refuse("is a directory", "the path of a file")
  // To read a pipe would take until somebody writes into it.
  if (type !== "File") return yield* refuse("is no regular file", "the path of a file")
  if (size > max) return yield* refuse(`is larger than ${ByteSize.format(ByteSize.bytes(max))}`, "a smaller file")
  return yield* Effect.catch(fs.readFile(path), unreadable)
})
