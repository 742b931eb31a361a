/** Log-ins: one at a time, with a pause after each that fails, so that guessing takes forever. */
import { Context, Duration, Effect, Layer, Semaphore } from "effect"
import { Sessions } from "./Sessions.ts"

/** The time from one wrong guess to the next one. */
export const PAUSE = Duration.seconds(1)

/** The most log-ins that wait for their turn. */
export const MAX_WAITING = 10

/** Log-ins of the console. */
export class LogIns extends Context.Service<
  LogIns,
  {
    /** `right`, `wrong`, or `busy` where too many wait for their turn. */
    readonly check: (user: string, password: string) => Effect.Effect<"right" | "wrong" | "busy">
  }
>()("cognigy-cxone-router/console/LogIns") {
  /** All guesses of this process, whoever makes them: an address is easily changed. */
  static readonly layer: Layer.Layer<LogIns, never, Sessions> = Layer.effect(
    LogIns,
    Effect.gen(function* () {
      const { isRight } = yield* Sessions
      const turns = yield* Semaphore.make(1)
      let waiting = 0
      return {
        check: (user, password) =>
          Effect.suspend(() => {
            if (waiting >= MAX_WAITING) return Effect.succeed("busy" as const)
            waiting += 1
            return Effect.suspend(() =>
              isRight(user, password)
                ? Effect.succeed("right" as const)
                : // A sender that leaves gets no further guess out of it.
                  Effect.as(Effect.uninterruptible(Effect.sleep(PAUSE)), "wrong" as const)
            ).pipe(
              turns.withPermit,
              Effect.ensuring(
                Effect.sync(() => {
                  waiting -= 1
                })
              )
            )
          })
      }
    })
  )
}
