/** Why a file of SQLite cannot be opened or used, for people. */
import { StoreError } from "../StoreError.ts"
import type { Flaw, NotOpened, Owner } from "./protocol.ts"

/** SQLite's primary result codes. */
const RESULTS: Readonly<Record<number, string>> = {
  5: "another program has locked it",
  8: "it is read-only",
  10: "the disk has an error",
  11: "it is damaged",
  13: "the disk is full",
  14: "it cannot be opened",
  26: "it is not a database of SQLite"
}

/** Codes of the file system. */
const CODES: Readonly<Record<string, string>> = {
  EISDIR: "it is a folder",
  ENOENT: "there is no such file",
  EACCES: "this user may not write it",
  EPERM: "this user may not write it",
  EROFS: "it is on a read-only file system",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk is full",
  ENOTDIR: "its folder is a file",
  EEXIST: "its folder is a file"
}

/** What is wrong, in a few words. */
export const flawInWords = ({ code, errno, message }: Flaw): string =>
  (errno === undefined ? CODES[code ?? ""] : RESULTS[errno & 0xff]) ?? message

/** A router that owns a file: which process it is, if that is known. */
export const ownerInWords = (router: string, owner: Owner | null): string =>
  owner === null
    ? router
    : `${router}: process ${owner.pid} on ${owner.host}, since ${new Date(owner.since).toISOString()}`

/** The error of a start with such a file. */
export const notOpened = (path: string, why: NotOpened): StoreError =>
  "flaw" in why
    ? new StoreError({
        problem: `${path}: ${flawInWords(why.flaw)}`,
        instead:
          "set DATABASE_URL to sqlite: and the path of a file that this user may write, such as sqlite:./data/router.db"
      })
    : new StoreError({
        problem: `${path} is used by ${ownerInWords("another router", why.owner)}`,
        instead: "stop that one, give this one a file of its own, or use Postgres for several"
      })
