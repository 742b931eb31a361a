/** A file system of one file, which changes when a test says so. */
import { ByteSize, Effect, FileSystem, Option, PlatformError } from "effect"

/** What is at the path. */
export interface Content {
  readonly bytes: Uint8Array
  readonly type: FileSystem.File.Type
  readonly mtime: number
  readonly ino: number
}

const encode = (content: string | Uint8Array) =>
  typeof content === "string" ? new TextEncoder().encode(content) : content

/** A file, and a file system that knows no other. Each change has a time of its own. */
export const memoryFile = (path: string, content: string | Uint8Array) => {
  let changes = 0
  let there: Content | undefined
  let unreadable: PlatformError.SystemErrorTag | "Defect" | undefined
  let reads = 0

  const fails = (method: string, tag: PlatformError.SystemErrorTag) =>
    Effect.fail(PlatformError.systemError({ module: "FileSystem", method, _tag: tag, pathOrDescriptor: path }))

  const put = (content: string | Uint8Array, over: Partial<Content> = {}) => {
    const { ino = 1, type = "File" } = there ?? {}
    there = { bytes: encode(content), type, ino, mtime: ++changes, ...over }
  }
  put(content)

  const nothing = Option.none()
  const layer = FileSystem.layerNoop({
    stat: (asked) =>
      Effect.suspend(() => {
        if (there === undefined || asked !== path) return fails("stat", "NotFound")
        const { bytes, ino, mtime, type } = there
        return Effect.succeed<FileSystem.File.Info>({
          type,
          mtime: Option.some(new Date(mtime)),
          atime: nothing,
          birthtime: nothing,
          dev: 1n,
          ino: Option.some(BigInt(ino)),
          mode: 0o644,
          nlink: nothing,
          uid: nothing,
          gid: nothing,
          rdev: nothing,
          size: ByteSize.bytes(bytes.length),
          blksize: nothing,
          blocks: nothing
        })
      }),
    readFile: (asked) =>
      Effect.suspend(() => {
        reads++
        if (unreadable === "Defect") return Effect.die(new Error("on purpose"))
        if (unreadable !== undefined) return fails("readFile", unreadable)
        return there === undefined || asked !== path ? fails("readFile", "NotFound") : Effect.succeed(there.bytes)
      })
  })

  return {
    layer,
    /** Writes it in place, or as another file where `ino` says so. */
    put,
    remove: () => {
      there = undefined
    },
    /** From now on reading fails in this way, while all that can be seen from outside stays; `undefined` mends it. */
    failReads: (tag: PlatformError.SystemErrorTag | "Defect" | undefined) => {
      unreadable = tag
    },
    /** How often it was read. */
    reads: () => reads
  }
}
