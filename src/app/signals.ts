/** SIGINT and SIGTERM: the first one starts the shutdown (`runMain` listens too), a second one ends the process at once. SIGHUP: settings are read again. */
import { constants } from "node:os"
import { isatty } from "node:tty"
import { Cause, Duration, Effect, Exit, Layer, Queue, Runtime, type Scope, Stream } from "effect"

/** Signals that follow the first within this time count as the same: npm repeats a Ctrl+C that the terminal has sent already. */
const SAME_SIGNAL = Duration.millis(100)

/** The next signal. */
const signal = Effect.callback<NodeJS.Signals>((resume) => {
  const listener = (name: NodeJS.Signals) => resume(Effect.succeed(name))
  process.once("SIGINT", listener).once("SIGTERM", listener)
  return Effect.sync(() => process.off("SIGINT", listener).off("SIGTERM", listener))
})

const end = (name: NodeJS.Signals) =>
  Effect.sync(() => {
    process.stderr.write(`ended at once by a second ${name}: handovers and labels in progress were cut off\n`)
    process.exit(128 + constants.signals[name])
  })

/** Ends the process at the second signal, without waiting for the shutdown that the first one started. */
export const endAtSecondSignal: Layer.Layer<never> = signal.pipe(
  Effect.andThen(Effect.sleep(SAME_SIGNAL)),
  Effect.andThen(signal),
  Effect.flatMap(end),
  // Interruption of the main fiber, which is the shutdown, must not reach it.
  Effect.forkDetach({ startImmediately: true }),
  Layer.effectDiscard
)

/** The SIGHUPs from now on, which no longer end the process. Those that come while an earlier one waits count as one. */
export const hangUps: Effect.Effect<Stream.Stream<void>, never, Scope.Scope> = Effect.map(
  Effect.tap(Queue.sliding<void>(1), (queue) => {
    const listener = () => Queue.offerUnsafe(queue, undefined)
    return Effect.acquireRelease(
      Effect.sync(() => process.on("SIGHUP", listener)),
      () => Effect.sync(() => process.off("SIGHUP", listener))
    )
  }),
  Stream.fromQueue
)

/** The terminal that the process was started in has closed. */
export const isTerminalGone: Effect.Effect<boolean> = Effect.sync(
  () => process.stdout.isTTY && !isatty(process.stdout.fd)
)

/** Ends the process with 1 when a signal cuts this effect short. Servers are stopped by signals: for them it is no failure. */
export const failWhenInterrupted: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> =
  Effect.onInterrupt(() =>
    Effect.sync(() => {
      process.exitCode = 1
    })
  )

/** Ends the process with 0 after a signal, or with 1 where `failWhenInterrupted` says so. Failures end it with 1. */
export const teardown: Runtime.Teardown = (exit, onExit) =>
  Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)
    ? onExit(process.exitCode === 1 ? 1 : 0)
    : Runtime.defaultTeardown(exit, onExit)
