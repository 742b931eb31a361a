/** Lines on standard output, as fast as its reader takes them. */
import { Effect, Option, Stdio, Stream } from "effect"

/** Writes lines. A reader that goes away, as `head` does, ends it quietly. */
export const writing = <E, R>(lines: Stream.Stream<string, E, R>): Effect.Effect<void, E, R | Stdio.Stdio> =>
  Effect.gen(function* () {
    const { stdout } = yield* Stdio.Stdio
    // Apart from the failures of the output, which are none.
    let failure = Option.none<E>()
    const own = Stream.catch(lines, (error) => {
      failure = Option.some(error)
      return Stream.empty
    })
    yield* Effect.ignore(
      Stream.run(
        Stream.map(own, (line) => `${line}\n`),
        stdout()
      )
    )
    if (Option.isSome(failure)) return yield* Effect.fail(failure.value)
  })
