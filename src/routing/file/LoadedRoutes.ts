/** A routing table loaded from its file. */
import { createHash } from "node:crypto"
import { Effect, type FileSystem, Schema } from "effect"
import { anyIds, type TargetIds } from "../../domain/Target.ts"
import { readBytes } from "../../std/readBytes.ts"
import { describeProblems, FileProblem } from "../FileProblem.ts"
import type { RoutesFile } from "../format/RoutesFile.ts"
import { readResponsively } from "./readInThread.ts"
import { MAX_FILE } from "./Yaml.ts"

/** A table as it was read from a file. */
export interface LoadedRoutes {
  /** The path of the file. */
  readonly path: string
  /** The contents of the file. */
  readonly file: RoutesFile
  /** The first 12 digits of the SHA-256 of the file's bytes. */
  readonly version: string
  /** The check of queues' and agents' ids, for the file's later versions too. */
  readonly ids: TargetIds
}

/** The version of a file that cannot be read. */
export const NO_VERSION = "none"

/** A file holds no table that can be used. */
export class RoutesError extends Schema.TaggedError<RoutesError>()("RoutesError", {
  /** The path of the file. */
  path: Schema.String,
  /** The first 12 digits of the SHA-256 of its bytes, or `none` where it could not be read. */
  version: Schema.String,
  /** All problems, in the order of the file. */
  problems: Schema.Array(FileProblem)
}) {
  /** True for a problem of the table, false where the file could not be read. */
  get isTable() {
    return this.version !== NO_VERSION
  }
  override get message() {
    return describeProblems(this.path, this.problems)
  }
}

const versionOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex").slice(0, 12)

/** A file's text, and its version. */
export interface RoutesText {
  readonly path: string
  readonly version: string
  readonly text: string
}

const refuse = (path: string, version: string, problem: string, instead: string) =>
  Effect.fail(new RoutesError({ path, version, problems: [{ line: 1, column: 1, path: "", problem, instead }] }))

/** The text of a file's bytes. Fails where they are not UTF-8. */
export const textOf = (path: string, bytes: Uint8Array): Effect.Effect<RoutesText, RoutesError> => {
  const version = versionOf(bytes)
  return Effect.try({
    try: () => ({ path, version, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) }),
    catch: () => "not UTF-8"
  }).pipe(Effect.catch(() => refuse(path, version, "is not UTF-8", "a file in UTF-8")))
}

/** Reads the text of a file. Fails where it is missing, too large, no regular file, or not UTF-8. */
export const readText = (path: string): Effect.Effect<RoutesText, RoutesError, FileSystem.FileSystem> =>
  readBytes(path, MAX_FILE).pipe(
    Effect.catch(({ instead, problem }) => refuse(path, NO_VERSION, problem, instead)),
    Effect.flatMap((bytes) => textOf(path, bytes))
  )

/** Reads the table in a text. Fails with all its problems. */
export const readTable = (
  { path, text, version }: RoutesText,
  ids: TargetIds
): Effect.Effect<LoadedRoutes, RoutesError> =>
  readResponsively(text, ids).pipe(
    Effect.map((file) => ({ path, file, version, ids })),
    Effect.mapError((problems) => new RoutesError({ path, version, problems }))
  )

/** Loads a table, which is checked as by `readRoutes`. Fails with all its problems, or where the file cannot be read. */
export const loadRoutes = (
  path: string,
  ids: TargetIds = anyIds
): Effect.Effect<LoadedRoutes, RoutesError, FileSystem.FileSystem> =>
  Effect.flatMap(readText(path), (text) => readTable(text, ids))
