/** `explain`: the rule that matches a payload, its target, and why no earlier rule matches. */
import { Clock, Console, Effect, FileSystem, Option, type PlatformError, Schema, Stdio, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { MAX_BODY, parseBody } from "../cognigy/Body.ts"
import { toHandoverRequest } from "../cognigy/payload/toHandoverRequest.ts"
import { Explanation } from "../routing/Explanation.ts"
import { explain } from "../routing/explain/explain.ts"
import { showExplanation } from "../routing/explain/showExplanation.ts"
import { parseTime, TIME_FORMAT } from "../routing/explain/time.ts"
import { makeRoutingTable } from "../routing/table/RoutingTable.ts"
import { CommandFailed } from "./CommandFailed.ts"
import { readTable, routesFlag } from "./table.ts"

const STDIN = "-"

/** The bytes of a file or of standard input, at most as many as the webhook accepts. */
const readPayload = (path: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { stdin } = yield* Stdio.Stdio
    const source: Stream.Stream<Uint8Array, PlatformError.PlatformError | "too large"> =
      path === STDIN ? stdin : fs.stream(path)
    return yield* Stream.mkUint8Array(Stream.limitBytes(source, MAX_BODY, () => Stream.fail("too large" as const)))
  }).pipe(
    Effect.mapError((error) => {
      if (error === "too large")
        return new CommandFailed({ message: `${path}: larger than the webhook reads (256 KiB)` })
      const why = error.reason._tag === "NotFound" ? "there is no such file" : error.message
      return new CommandFailed({ message: `${path}: cannot be read: ${why}` })
    })
  )

const readRequest = Effect.fnUntraced(function* (path: string) {
  const bytes = yield* readPayload(path)
  return yield* parseBody(bytes).pipe(
    Effect.flatMap(toHandoverRequest),
    Effect.mapError(
      ({ detail, error }) => new CommandFailed({ message: `${path}: the webhook would answer 400 ${error}: ${detail}` })
    )
  )
})

/** The time of the flag, or now. */
const timeOf = (at: Option.Option<string>) =>
  Option.match(at, {
    onNone: () => Clock.currentTimeMillis,
    onSome: (text) => {
      const time = parseTime(text)
      return time === undefined
        ? Effect.fail(new CommandFailed({ message: `--at ${text}: ${TIME_FORMAT}` }))
        : Effect.succeed(time)
    }
  })

/** The command. */
export const explainCommand = Command.make(
  "explain",
  {
    payload: Argument.String("PAYLOAD.json").pipe(
      Argument.withDescription("a file with a webhook's body; - for standard input")
    ),
    at: Flag.String("at").pipe(
      Flag.withDescription("the time: 2026-12-24T18:30:00+01:00, or 2026-12-24 18:30 Europe/Berlin; by default now"),
      Flag.optional
    ),
    json: Flag.Boolean("json").pipe(Flag.withDescription("print JSON"), Flag.withDefault(false)),
    routes: routesFlag
  },
  Effect.fnUntraced(function* ({ at, json, payload, routes }) {
    const now = yield* timeOf(at)
    const { file, version } = yield* readTable(routes)
    const request = yield* readRequest(payload)
    const explanation = explain(makeRoutingTable(file), version, request, now)
    yield* Console.log(
      json ? JSON.stringify(Schema.encodeSync(Explanation)(explanation), undefined, 2) : showExplanation(explanation)
    )
  })
).pipe(Command.withDescription("Say which rule matches a payload, where it would go, and why no earlier rule matches"))
