/** A file system of a few texts, which change when a test says so. */
import { ByteSize, Effect, FileSystem, Option, PlatformError } from "effect"

const info = (size: number): FileSystem.File.Info => ({
  type: "File",
  mtime: Option.none(),
  atime: Option.none(),
  birthtime: Option.none(),
  dev: 1n,
  ino: Option.none(),
  mode: 0o600,
  nlink: Option.none(),
  uid: Option.none(),
  gid: Option.none(),
  rdev: Option.none(),
  size: ByteSize.bytes(size),
  blksize: Option.none(),
  blocks: Option.none()
})

/** The files by their paths, and a file system that knows no others. */
export const memoryFiles = (texts: Readonly<Record<string, string>>) => {
  const files = new Map(Object.entries(texts))
  const bytesOf = (path: string) =>
    Effect.suspend(() => {
      const text = files.get(path)
      return text === undefined
        ? Effect.fail(
            PlatformError.systemError({
              module: "FileSystem",
              method: "readFile",
              _tag: "NotFound",
              pathOrDescriptor: path
            })
          )
        : Effect.succeed(new TextEncoder().encode(text))
    })
  const layer = FileSystem.layerNoop({
    exists: (path) => Effect.sync(() => files.has(path)),
    stat: (path) => Effect.map(bytesOf(path), ({ length }) => info(length)),
    readFile: bytesOf,
    readFileString: (path) => Effect.map(bytesOf(path), (bytes) => new TextDecoder().decode(bytes))
  })
  return { files, layer }
}
