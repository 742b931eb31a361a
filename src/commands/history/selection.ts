/** The flags that select entries of the history, and what they say in words. */
import { Effect, Option } from "effect"
import { type Command, Flag } from "effect/cli"
import { targetOf } from "../../domain/Target.ts"
import { OUTCOMES } from "../../history/Entry.ts"
import type { Filter } from "../../history/History.ts"
import { CommandFailed } from "../CommandFailed.ts"
import { localTime } from "../localTime.ts"
import { timeOf } from "../timeOf.ts"

const text = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.withDescription(description), Flag.optional)

/** The flags. */
export const selectionFlags = {
  user: text("user", "the user's exact id, as the bot sends it"),
  session: text("session", "Cognigy's id of the session"),
  correlation: text("correlation", "the id of a request in answers and in the log"),
  failed: Flag.Boolean("failed").pipe(Flag.withDescription("failed handovers only"), Flag.withDefault(false)),
  outcome: Flag.Literals("outcome", OUTCOMES).pipe(
    Flag.withDescription("an outcome; may be given several times"),
    Flag.atLeast(0)
  ),
  rule: text("rule", "the name of the rule that decided"),
  target: text("target", "queue:ID or agent:ID"),
  language: text("language", "the language, as the bot sends it: de-DE"),
  since: text("since", "from then on: 1h, 7d, or a time such as 2026-12-24T18:30:00+01:00"),
  until: text("until", "until then: the same")
}

/** The values of the flags. */
export type Selected = Command.Command.Config.Infer<typeof selectionFlags>

const checkTarget = (written: string) =>
  targetOf(written) === undefined
    ? Effect.fail(
        new CommandFailed({
          message: `--target ${written}: expected queue:ID or agent:ID; history --json shows them`
        })
      )
    : Effect.succeed(written)

/** The filter of the flags. Fails with `CommandFailed` when a time or a target is wrong. */
export const filterOf = Effect.fnUntraced(function* (flags: Selected): Effect.fn.Return<Filter, CommandFailed> {
  const outcomes = flags.failed ? (["failed", ...flags.outcome] as const) : flags.outcome
  const optional = <K extends string, A>(name: K, value: Option.Option<A>) =>
    Option.match(value, { onNone: () => ({}), onSome: (value) => ({ [name]: value }) as Record<K, A> })
  const times = (flag: "since" | "until") =>
    Option.match(flags[flag], {
      onNone: () => Effect.succeedNone,
      onSome: (written) => Effect.asSome(timeOf(flag, written))
    })
  const [from, to] = [yield* times("since"), yield* times("until")]
  if (Option.isSome(from) && Option.isSome(to) && from.value >= to.value) {
    return yield* new CommandFailed({ message: "--since is not before --until: there is no time between them" })
  }
  const target = Option.isNone(flags.target) ? flags.target : Option.some(yield* checkTarget(flags.target.value))
  return {
    ...(outcomes.length === 0 ? {} : { outcomes }),
    ...optional("userId", flags.user),
    ...optional("sessionId", flags.session),
    ...optional("correlationId", flags.correlation),
    ...optional("rule", flags.rule),
    ...optional("target", target),
    ...optional("language", flags.language),
    ...optional("from", from),
    ...optional("to", to)
  }
})

/** A filter in words, such as `outcome failed, rule support, since 2026-12-01 08:00:00`; empty for all. */
export const filterInWords = (filter: Filter): string =>
  [
    ...(filter.outcomes === undefined ? [] : [`outcome ${filter.outcomes.join(" or ")}`]),
    ...[
      ["user", filter.userId],
      ["session", filter.sessionId],
      ["correlation id", filter.correlationId],
      ["rule", filter.rule],
      ["target", filter.target],
      ["language", filter.language],
      ["since", filter.from === undefined ? undefined : localTime(filter.from)],
      ["until", filter.to === undefined ? undefined : localTime(filter.to)]
    ].flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]))
  ].join(", ")
