/** `history`: what happened, from the database of the router. */
import { Array as Arr, Console, Effect, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { failWhenInterrupted } from "../app/signals.ts"
import { History } from "../history/History.ts"
import { tableNames } from "../history/tableNames.ts"
import { CommandFailed } from "./CommandFailed.ts"
import { eraseUser } from "./history/erase.ts"
import { csvHeader, csvLine, exported } from "./history/exported.ts"
import { follow, printList } from "./history/list.ts"
import { writing } from "./history/output.ts"
import { filterOf, selectionFlags } from "./history/selection.ts"
import { findWhole, timelineOf } from "./history/show.ts"
import { withHistory } from "./recordedHistory.ts"

const recorded = withHistory("look at it in its console, at /console/handovers")

const json = Flag.Boolean("json").pipe(Flag.withDescription("print JSON"), Flag.withDefault(false))

const show = Command.make(
  "show",
  { id: Argument.String("ID").pipe(Argument.withDescription("the id of a handover, or its correlation id")), json },
  Effect.fnUntraced(function* ({ id, json }) {
    yield* Effect.gen(function* () {
      const { nameOf, whole } = yield* findWhole(id)
      yield* Console.log(
        json ? JSON.stringify(exported(whole, nameOf), undefined, 2) : yield* timelineOf(whole, nameOf)
      )
    }).pipe(recorded)
  })
).pipe(Command.withDescription("Show what happened in one handover, as a timeline"))

const FORMATS = "say how: --csv for tables, or --jsonl for programs (an object a line, with every step)"

const exportCommand = Command.make(
  "export",
  {
    ...selectionFlags,
    csv: Flag.Boolean("csv").pipe(Flag.withDescription("print CSV, with a header"), Flag.withDefault(false)),
    jsonl: Flag.Boolean("jsonl").pipe(Flag.withDescription("print JSON, an entry a line"), Flag.withDefault(false))
  },
  Effect.fnUntraced(function* ({ csv, jsonl, ...flags }) {
    if (csv === jsonl) return yield* new CommandFailed({ message: FORMATS })
    const filter = yield* filterOf(flags)
    yield* Effect.gen(function* () {
      const history = yield* History
      const lines = Stream.mapArrayEffect(history.stream(filter), (entries) =>
        Effect.map(
          tableNames(
            history,
            entries.map(({ table }) => table)
          ),
          (nameOf) =>
            Arr.map(entries, (entry) => (csv ? csvLine(entry, nameOf) : JSON.stringify(exported(entry, nameOf))))
        )
      )
      yield* writing(csv ? Stream.concat(Stream.succeed(csvHeader), lines) : lines)
    }).pipe(recorded, failWhenInterrupted)
  })
).pipe(Command.withDescription("Print entries for other programs, newest first"))

const erase = Command.make(
  "erase",
  {
    user: Flag.String("user").pipe(Flag.withDescription("the user's exact id, as the bot sends it")),
    yes: Flag.Boolean("yes").pipe(Flag.withDescription("do not ask"), Flag.withDefault(false))
  },
  ({ user, yes }) => recorded(eraseUser(user, yes))
).pipe(Command.withDescription("Remove all of a user: entries, and requests that are kept"))

/** The command. */
export const historyCommand = Command.make(
  "history",
  {
    ...selectionFlags,
    limit: Flag.Int("limit").pipe(Flag.withDescription("the most entries"), Flag.withDefault(100)),
    json,
    follow: Flag.Boolean("follow").pipe(
      Flag.withDescription("show the last entries, then others as they are written; with --json an object a line"),
      Flag.withDefault(false)
    )
  },
  Effect.fnUntraced(function* ({ follow: isFollowing, json, limit, ...flags }) {
    if (limit < 1) return yield* new CommandFailed({ message: `--limit ${limit}: expected 1 or more` })
    const filter = yield* filterOf(flags)
    yield* recorded(isFollowing ? follow(filter, limit, json) : printList(filter, limit, json))
  })
).pipe(
  Command.withDescription("Show what happened to handovers, newest first"),
  Command.withSubcommands([show, exportCommand, erase])
)
