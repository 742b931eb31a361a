/** Live pages: server-sent events. */
import { Effect, Schedule, Stream } from "effect"
import { Sse } from "effect/encoding"
import { HttpServerResponse } from "effect/http"
import { History } from "../../history/History.ts"
import { Sessions } from "../access/Sessions.ts"
import { Closing } from "../Closing.ts"
import { FRESH, type Now } from "../now/Now.ts"
import type { Viewer } from "../Viewer.ts"
import { liveOf } from "../views/now.ts"
import { get } from "./Route.ts"

/** The most live pages at once. */
export const MAX_LISTENERS = 100

/** Between two looks at whether a session still holds. Each sends something, so that no proxy takes the connection for dead. */
export const heartbeatSchedule = Schedule.spaced("15 seconds")

/** Between two looks at what changes without handovers: CXone's state, and the minutes that pass. */
export const refreshSchedule = Schedule.spaced("5 seconds")

const event = (event: string, data = ""): string => Sse.encoder.write({ _tag: "Event", event, id: undefined, data })

/** The event that ends a live page. */
export const end = event("end")

const headers = {
  // Else nginx keeps events back.
  "x-accel-buffering": "no"
}

const busy = HttpServerResponse.text("Too many live pages are open.\n", {
  status: 503,
  headers: { "retry-after": "30" }
})

/**
 * The events. `history`: entries were written. With the query `now`, `now` instead: the parts of the page of what happens now. `end`: the session is over. A stream ends
 * with its session and with the process.
 */
export const makeEvents = Effect.fnUntraced(function* (now: Effect.Effect<Now>) {
  const history = yield* History
  const sessions = yield* Sessions
  const closing = yield* Closing
  let listening = 0

  const counted = <A>(stream: Stream.Stream<A>): Stream.Stream<A> =>
    Stream.unwrap(
      Effect.acquireRelease(
        Effect.sync(() => {
          listening += 1
          return stream
        }),
        () =>
          Effect.sync(() => {
            listening -= 1
          })
      )
    )

  /** The same text for all viewers of the same moment. */
  const texts = new WeakMap<Now, string>()
  const textOf = (now: Now): string => {
    const text = texts.get(now) ?? event("now", JSON.stringify(liveOf(now)))
    texts.set(now, text)
    return text
  }
  const text = Effect.map(now, textOf)
  const later = Stream.merge(
    history.changes,
    Stream.map(Stream.fromSchedule(refreshSchedule), () => undefined)
  ).pipe(
    // A viewer that is slow gets the newest, not all.
    Stream.buffer({ capacity: 1, strategy: "sliding" }),
    // A reading from before the change serves that long.
    Stream.mapEffect(() => Effect.delay(text, FRESH))
  )
  const nows = Stream.changes(Stream.concat(Stream.fromEffect(text), later))
  const histories = Stream.map(history.changes, () => event("history"))

  const heartbeats = (viewer: Viewer) =>
    Stream.fromEffectSchedule(sessions.holds(viewer), heartbeatSchedule).pipe(
      Stream.map((holds) => (holds ? ": still here\n\n" : end))
    )

  const isEnd = (text: string) => text === end

  return get("/console/events", ({ query, viewer }) =>
    Effect.sync(() =>
      listening >= MAX_LISTENERS
        ? busy
        : HttpServerResponse.stream(
            Stream.merge(query.has("now") ? nows : histories, heartbeats(viewer)).pipe(
              Stream.takeUntil(isEnd),
              Stream.interruptWhen(closing.begun),
              counted,
              Stream.encodeText
            ),
            { contentType: "text/event-stream", headers }
          )
    )
  )
})
