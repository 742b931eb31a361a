/** `replay`: what another routing table would have done with the recorded handovers. */
import { Clock, Console, Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { History } from "../history/History.ts"
import { type NamedChange, type NamedReplay, namedReplay } from "../history/replay/namedReplay.ts"
import type { Example } from "../history/replay/ReplaySummary.ts"
import { replay } from "../history/replay/replay.ts"
import { CommandFailed } from "./CommandFailed.ts"
import { withHistory } from "./recordedHistory.ts"
import { showReplay } from "./showReplay.ts"
import { readTable, type Table } from "./table.ts"
import { timeOf } from "./timeOf.ts"

const iso = (at: number) => new Date(at).toISOString()

const examplesJson = (examples: ReadonlyArray<Example>) => examples.map(({ at, ...rest }) => ({ ...rest, at: iso(at) }))

const changeJson = ({ count, examples, from: { routed, ...from }, to: { routed: routedTo, ...to } }: NamedChange) => ({
  count,
  from: { ...routed, ...from },
  to: { ...routedTo, ...to },
  examples: examplesJson(examples)
})

/** A replay for machines, with times in ISO 8601. */
const replayJson = ({ changes, missing, period, ...counts }: NamedReplay, { path, version }: Table) => ({
  table: { path, version },
  period: period && { from: iso(period.from), to: iso(period.to) },
  ...counts,
  changes: changes.map(changeJson),
  missing: missing.map(({ examples, ...rest }) => ({ ...rest, examples: examplesJson(examples) }))
})

/** The command. */
export const replayCommand = Command.make(
  "replay",
  {
    file: Argument.String("NEW-ROUTES.yaml").pipe(Argument.withDescription("the other routing table")),
    since: Flag.String("since").pipe(
      Flag.withDescription("the handovers from how long ago, such as 1h, or from a time on; by default 7d"),
      Flag.withDefault("7d")
    ),
    until: Flag.String("until").pipe(
      Flag.withDescription("the handovers before then; by default until now"),
      Flag.optional
    ),
    limit: Flag.Int("limit").pipe(
      Flag.withDescription("the most examples of each change; by default 3"),
      Flag.withDefault(3)
    ),
    json: Flag.Boolean("json").pipe(Flag.withDescription("print JSON"), Flag.withDefault(false)),
    failOnChange: Flag.Boolean("fail-on-change").pipe(
      Flag.withDescription("end with 1 if a handover would go elsewhere"),
      Flag.withDefault(false)
    )
  },
  Effect.fnUntraced(function* ({ failOnChange, file, json, limit, since, until }) {
    const from = yield* timeOf("since", since)
    const to = yield* Option.match(until, {
      onNone: () => Clock.currentTimeMillis,
      onSome: (text) => timeOf("until", text)
    })
    if (from >= to) return yield* new CommandFailed({ message: "--since: expected a time before that of --until" })
    const table = yield* readTable(Option.some(file))
    const summary = yield* Effect.gen(function* () {
      const { stream } = yield* History
      return yield* namedReplay(yield* replay(table.file, stream({ from, to }), limit), table.file)
    }).pipe(withHistory("see the replay in its console, at /console/routing"))
    yield* Console.log(
      json
        ? JSON.stringify(replayJson(summary, table), undefined, 2)
        : showReplay(summary, `${file} (version ${table.version})`)
    )
    if (failOnChange && summary.changed > 0) return yield* new CommandFailed({ message: "" })
  })
).pipe(Command.withDescription("Say which recorded handovers would go elsewhere under another routing table"))
