/** The id of one request in answers, logs and traces. */
import { randomUUID } from "node:crypto"
import { Effect, Option, Tracer } from "effect"
import { HttpServerRequest, HttpTraceContext } from "effect/http"
import type { Problem } from "./wire.ts"

/** The id of the request's trace, ours or its sender's (`traceparent`); a random id without a trace. 32 hex digits. */
export const correlationId: Effect.Effect<string, never, HttpServerRequest.HttpServerRequest> = Effect.gen(
  function* () {
    const span = yield* Effect.serviceOption(Tracer.ParentSpan)
    if (Option.isSome(span)) return span.value.traceId
    const { headers } = yield* HttpServerRequest.HttpServerRequest
    return Option.match(HttpTraceContext.fromHeaders(headers), {
      onNone: () => randomUUID().replaceAll("-", ""),
      onSome: ({ traceId }) => traceId
    })
  }
)

/** A problem with the id of its request. */
export const correlated = <P extends Problem>(problem: P, correlationId: string): P => {
  const Same = problem.constructor as new (members: P) => P
  return new Same({ ...problem, correlationId })
}
