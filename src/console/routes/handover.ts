/** The page of one handover, and its action. */
import { Effect, Option } from "effect"
import { HttpServerRequest } from "effect/http"
import { correlationId } from "../../cognigy/problem/correlation.ts"
import { targetKey } from "../../domain/Target.ts"
import type { Detail, Entry, Outcome } from "../../history/Entry.ts"
import { History, type HistoryUnavailable } from "../../history/History.ts"
import type { RoutesFile } from "../../routing/format/RoutesFile.ts"
import { RoutingPolicy } from "../../routing/RoutingPolicy.ts"
import { html } from "../../std/html.ts"
import { HandOverAgain } from "../HandOverAgain.ts"
import { handoverHref, isHandoverId } from "../handoverQuery.ts"
import { liveNames, namesIn } from "../targetNames.ts"
import { errorView, type Flash } from "../view.ts"
import type { Again } from "../views/handOverAgain.ts"
import { handoverView } from "../views/handover.ts"
import { whyOf } from "../whyOf.ts"
import { get, post, type Redirect } from "./Route.ts"

/** What came of a handover that was done again. */
const WORDS: Readonly<Record<Outcome, string>> = {
  success: "It was handed over again. This is the new handover.",
  repeated: "It had been handed over meanwhile, so nothing was done again. This is how it was answered.",
  rejected: "A rule of now hands nothing over. This is the new attempt.",
  refused: "It was refused. This is the new attempt.",
  failed: "It was handed over again, and failed again. This is the new handover."
}

/** The most copies that a page lists. */
const MAX_COPIES = 50

const notFound = errorView(
  404,
  "There is no such handover",
  "Its address may be incomplete, or its time in the history is over (HISTORY_RETENTION).",
  html`<a href="/console/handovers">All handovers</a>`
)

/** The page of one handover, and handing it over again. */
export const handover = Effect.map(
  Effect.all([History, RoutingPolicy, HandOverAgain]),
  ([history, policy, handOverAgain]) => {
    /** A success of the same user after a failure: handing that over again may be too much. */
    const laterSuccess = ({ at, id, userId }: Entry): Effect.Effect<Entry | undefined, HistoryUnavailable> =>
      userId === null
        ? Effect.succeed(undefined)
        : Effect.map(history.find({ userId, outcomes: ["success"], from: at }, { limit: 2 }), (entries) =>
            entries.find((entry) => entry.id !== id)
          )

    const againOf = (entry: Entry): Effect.Effect<Again | undefined, HistoryUnavailable> =>
      entry.outcome !== "failed"
        ? Effect.succeed(undefined)
        : Effect.matchEffect(handOverAgain.check(entry.id), {
            onFailure: (error) =>
              error._tag === "NotAgain"
                ? Effect.succeed({ isPossible: false as const, problem: error.message, by: error.by })
                : Effect.fail(error),
            onSuccess: ({ keptUntil }) =>
              Effect.map(laterSuccess(entry), (later) => ({ isPossible: true as const, keptUntil, later }))
          })

    const namesOf = Effect.fnUntraced(function* (
      { steps, target, targets }: Entry & Detail,
      routes: Option.Option<RoutesFile>
    ) {
      const live = yield* liveNames(policy, [
        ...[...targets, ...(target === null ? [] : [target])].map(targetKey),
        ...steps.flatMap(({ kind, name }) => (kind === "target" ? [name.replace(" ", ":")] : []))
      ])
      const then = Option.match(routes, { onNone: () => () => undefined, onSome: namesIn })
      return (key: string) => then(key) ?? live(key)
    })

    return [
      get("/console/handovers/:id", ({ params: { id = "" }, viewer }) =>
        Effect.gen(function* () {
          const found = isHandoverId(id) ? yield* history.get(id) : Option.none()
          if (Option.isNone(found)) return notFound
          const entry = found.value
          const routes = entry.table === null ? Option.none() : yield* history.routes(entry.table)
          const [copies, again, nameOf] = yield* Effect.all([
            history.find({ firstId: id }, { limit: MAX_COPIES }),
            againOf(entry),
            namesOf(entry, routes)
          ])
          return handoverView({ entry, copies, again, nameOf, viewer, why: whyOf(entry, routes) })
        })
      ),
      post("/console/handovers/:id/again", ({ params: { id = "" }, request, viewer }) =>
        Effect.gen(function* () {
          if (!isHandoverId(id)) return notFound
          const again = yield* handOverAgain.handOver(id, { who: viewer.user, correlationId: yield* correlationId })
          const entry = yield* history.get(again)
          if (Option.isNone(entry)) return to(id, "done", "It was handed over again. The history has no result yet.")
          const { outcome } = entry.value
          return to(again, outcome === "success" || outcome === "repeated" ? "done" : "failed", WORDS[outcome])
        }).pipe(
          Effect.provideService(HttpServerRequest.HttpServerRequest, request),
          Effect.catchTag("NotAgain", ({ message }) => Effect.succeed(to(id, "failed", message)))
        )
      )
    ]
  }
)

const to = (id: string, kind: Flash["kind"], text: string): Redirect => ({
  redirect: handoverHref(id),
  flash: { kind, text }
})
