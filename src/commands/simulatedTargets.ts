/** The flags of `simulate` for queues and agents. */
import { Effect, Option } from "effect"
import { CliError, Flag } from "effect/cli"
import { isNumber } from "../simulator/digital/DigitalTenant.ts"
import type { NamedId } from "../simulator/webchat/SimulatorOptions.ts"
import { hasUnsafeCharacters, isShort, MAX_ID_LENGTH } from "../std/text.ts"
import { CommandFailed } from "./CommandFailed.ts"

/** `ID=NAME`, split at the first `=`. */
const parts = (text: string): readonly [id: string, name: string | undefined] => {
  const at = text.indexOf("=")
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

const problemOf = (id: string, name: string | undefined): string | undefined => {
  if (id === "") return "an id, such as 5a1e5000-0000-4000-8000-000000000009"
  if (/\s/u.test(id)) return "an id without spaces; a name follows it after ="
  if (id === "." || id === ".." || hasUnsafeCharacters(id)) return "an id that a URL can hold"
  if (name === "" || (name !== undefined && hasUnsafeCharacters(name)))
    return "a name after =, without control characters"
  return isShort(id) && isShort(name ?? "") ? undefined : `at most ${MAX_ID_LENGTH} characters`
}

const read = Effect.fnUntraced(function* (option: string, texts: ReadonlyArray<string>) {
  const known = new Map<string, string>()
  for (const value of texts) {
    const [id, name] = parts(value)
    const expected = problemOf(id, name) ?? (known.has(id) ? "each id once" : undefined)
    if (expected !== undefined) return yield* new CliError.InvalidValue({ option, value, expected, kind: "flag" })
    known.set(id, name ?? id)
  }
  return texts.length === 0 ? Option.none() : Option.some(Array.from(known, ([id, name]): NamedId => ({ id, name })))
})

/** A flag that may be given several times; without it, the simulator has its own. */
const targets = (option: string, metavar: string, description: string) =>
  Flag.String(option).pipe(
    Flag.withMetavar(metavar),
    Flag.withDescription(description),
    Flag.atLeast(0),
    Flag.mapEffect((texts) => read(option, texts))
  )

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Refuses ids that the Digital Engagement API cannot have. Fails with `CommandFailed`. */
export const checkDigitalTargets = Effect.fnUntraced(function* (targets: {
  readonly queues?: ReadonlyArray<NamedId>
  readonly agents?: ReadonlyArray<NamedId>
}): Effect.fn.Return<void, CommandFailed> {
  const queue = targets.queues?.find(({ id }) => !isNumber(id) && !UUID.test(id))
  const agent = targets.agents?.find(({ id }) => !UUID.test(id))
  const message =
    queue === undefined
      ? agent && `--agent ${agent.id}: with --dialect digital, an agent is a UUID`
      : `--queue ${queue.id}: with --dialect digital, a queue is the number of a skill or the UUID of a routing queue`
  if (message !== undefined) return yield* new CommandFailed({ message })
})

/** The flags. */
export const targetFlags = {
  queues: targets(
    "queue",
    "id[=name]",
    "a queue that exists, instead of Sales and Support; may be given several times"
  ),
  agents: targets(
    "agent",
    "id[=name]",
    "an agent who exists, instead of the one that is built in; may be given several times"
  ),
  anyTarget: Flag.Boolean("any-target").pipe(
    Flag.withDescription("accept every queue and agent as a target, also one that does not exist"),
    Flag.withDefault(false)
  )
}
