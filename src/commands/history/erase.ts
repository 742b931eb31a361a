/** `history erase`: removes all of a user. */
import { userInfo } from "node:os"
import { Console, Effect, Stdio, type Terminal } from "effect"
import { Prompt } from "effect/cli"
import { Audit } from "../../history/Audit.ts"
import { History, type HistoryUnavailable } from "../../history/History.ts"
import { CommandFailed } from "../CommandFailed.ts"
import { localTime } from "../localTime.ts"

/** The most entries that are counted before they are removed. */
const MOST = 1000

/** The time in which a running router writes the entries that wait. */
const WRITTEN = "1 second"

const AFTERWARDS =
  "What a running router records later is not covered: handovers in progress, and those that come. Backups are not, either."

const entriesInWords = (count: number) => (count === 1 ? "1 entry" : `${count} entries`)

/** The user who runs the command, for the audit list. */
const who = Effect.sync(() => `${userInfo().username} (command line)`).pipe(
  Effect.catchDefect(() => Effect.succeed("command line"))
)

/** Removes all of a user, after a question if it is to ask. */
export const eraseUser = Effect.fnUntraced(function* (
  userId: string,
  yes: boolean
): Effect.fn.Return<
  void,
  HistoryUnavailable | CommandFailed | Terminal.QuitError,
  Audit | History | Stdio.Stdio | Prompt.Environment
> {
  if (userId.trim() === "") return yield* new CommandFailed({ message: "--user is empty: give the user's exact id" })
  const { erase, find } = yield* History
  const { record } = yield* Audit
  if (!yes) {
    const found = yield* find({ userId }, { limit: MOST + 1 })
    const [newest] = found
    const many = found.length > MOST ? `more than ${entriesInWords(MOST)}` : entriesInWords(found.length)
    const what = newest === undefined ? "no entries" : `${many}, the last of ${localTime(newest.at)}`
    const { stdinIsTerminal } = yield* Stdio.Stdio
    if (!(yield* stdinIsTerminal)) {
      return yield* new CommandFailed({
        message: `The history has ${what} of this user. Nothing was erased: --yes erases without a question`
      })
    }
    const isSure = yield* Prompt.run(
      Prompt.Confirm({
        message: `The history has ${what} of this user. Erase them, and requests that are kept?`,
        initial: false
      })
    )
    if (!isSure) return yield* new CommandFailed({ message: "Nothing was erased" })
  }
  yield* record({ who: yield* who, what: "erase", subject: null })
  const first = yield* erase(userId)
  yield* Effect.sleep(WRITTEN)
  const removed = first + (yield* erase(userId))
  yield* Console.log(`Erased ${entriesInWords(removed)}. ${AFTERWARDS}`)
})
