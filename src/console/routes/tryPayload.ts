/** The page that tries a payload with the live rules. */
import { Effect, Option } from "effect"
import { orInternalError } from "../../cognigy/problem/orInternalError.ts"
import { CurrentDeadline } from "../../domain/CurrentDeadline.ts"
import { Audit } from "../../history/Audit.ts"
import { TIME_FORMAT } from "../../routing/explain/time.ts"
import { FALLBACK, type RoutesFile } from "../../routing/format/RoutesFile.ts"
import { RoutingPolicy } from "../../routing/RoutingPolicy.ts"
import { nowMillis } from "../../std/clock.ts"
import { exampleFor, MAX_EXAMPLES } from "../routing/examples.ts"
import { MAX_PAYLOAD, requestOf, type TryForm, timeOf } from "../routing/readTry.ts"
import { type Tried, type TryPage, tryView } from "../views/routing/tryPayload.ts"
import { get, post, textOf } from "./Route.ts"

const PATH = "/console/routing/try"

/** How long a policy may take, in milliseconds: one in code may ask others. */
const TIME = 10_000

/** The most bytes of the form: what is a little too large is answered as the webhook answers it. */
const MAX_FORM = MAX_PAYLOAD + 64 * 1024

/** The zones of a table's hours, and UTC. */
const zonesOf = (file: RoutesFile | undefined): ReadonlyArray<string> =>
  [...new Set([...Object.values(file?.hours ?? {}).map(({ zone }) => zone), "UTC"])].slice(0, 100)

const tooLong: Tried = { notTried: "The policy did not answer within 10 seconds." }

/** The page that tries a payload, and its action. */
export const tryPayload = Effect.gen(function* () {
  const policy = yield* RoutingPolicy
  const audit = yield* Audit

  const explain = Effect.fnUntraced(function* (form: TryForm): Effect.fn.Return<Tried> {
    const at = timeOf(form)
    if (at === "wrong") return { timeProblem: TIME_FORMAT }
    const dueAt = (yield* nowMillis) + TIME
    return yield* requestOf(form).pipe(
      Effect.flatMap((request) => policy.explain(request, at)),
      orInternalError,
      Effect.provideService(CurrentDeadline, dueAt),
      Effect.match({
        onFailure: ({ detail, error, status }): Tried => ({ refused: { status, error, detail } }),
        onSuccess: (explanation): Tried => ({ explanation })
      }),
      Effect.timeoutOption(TIME),
      Effect.map(Option.getOrElse(() => tooLong))
    )
  })

  const view = Effect.fnUntraced(function* (
    page: Pick<TryPage, "form" | "isFilled" | "tried" | "viewer">,
    example?: string
  ) {
    const file = (yield* policy.routes)?.file
    return tryView({
      ...page,
      example,
      file,
      examples: file === undefined ? [] : [...file.rules.slice(0, MAX_EXAMPLES).map(({ name }) => name), FALLBACK],
      zones: [...new Set([...(page.form.zone === "" ? [] : [page.form.zone]), ...zonesOf(file)])]
    })
  })

  return [
    get(PATH, ({ query, viewer }) =>
      Effect.gen(function* () {
        const file = (yield* policy.routes)?.file
        const example = query.get("rule") ?? undefined
        const form = { payload: exampleFor(file, example ?? file?.rules[0]?.name), at: "", zone: "" }
        return yield* view({ viewer, form, isFilled: false, tried: undefined }, example)
      })
    ),
    post(
      PATH,
      ({ form: sent, viewer }) =>
        Effect.gen(function* () {
          const form: TryForm = {
            // A form has CRLF at the ends of lines.
            payload: (textOf(sent, "payload") ?? "").replaceAll("\r\n", "\n"),
            at: (textOf(sent, "at") ?? "").trim().slice(0, 40),
            zone: (textOf(sent, "zone") ?? "UTC").slice(0, 64)
          }
          const tried = yield* audit.record({ who: viewer.user, what: "try_payload", subject: null }).pipe(
            Effect.andThen(explain(form)),
            Effect.catch(({ message }) =>
              Effect.succeed<Tried>({
                notTried: `It cannot be recorded in the audit list, so it was not done: ${message}`
              })
            )
          )
          return yield* view({ viewer, form, isFilled: true, tried })
        }),
      MAX_FORM
    )
  ]
})
