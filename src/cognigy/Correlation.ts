/** The id under which one request stands in answers, logs and traces. */
import { randomBytes } from "node:crypto"
import { Effect, Option } from "effect"
import { HttpServerRequest, HttpTraceContext } from "effect/http"

/** The id of the trace that the request at hand belongs to, ours or its sender's (`traceparent`); one of its own where there is none. 32 hex digits. */
export const correlationId: Effect.Effect<string, never, HttpServerRequest.HttpServerRequest> = Effect.gen(
  function* () {
    const span = yield* Effect.option(Effect.currentParentSpan)
    if (Option.isSome(span)) return span.value.traceId
    const { headers } = yield* HttpServerRequest.HttpServerRequest
    return Option.match(HttpTraceContext.fromHeaders(headers), {
      onNone: () => randomBytes(16).toString("hex"),
      onSome: ({ traceId }) => traceId
    })
  }
)
