/** The id under which one request stands in answers, logs and traces. */
import { randomUUID } from "node:crypto"
import { Context, Effect, type Fiber, Option, Tracer } from "effect"
import { HttpServerRequest, HttpTraceContext } from "effect/http"

/** The id of the trace that the request at hand belongs to, ours or its sender's (`traceparent`); one of its own where there is none. 32 hex digits. */
export const correlationId: Effect.Effect<string, never, HttpServerRequest.HttpServerRequest> = Effect.flatMap(
  HttpServerRequest.HttpServerRequest,
  (request) => Effect.withFiberSucceed((fiber) => correlationIdOf(fiber, request))
)

/** The same, of a request that a fiber handles. */
export const correlationIdOf = (
  fiber: Fiber.Fiber<unknown, unknown>,
  { headers }: HttpServerRequest.HttpServerRequest
): string => {
  const span = Context.getOrUndefined(fiber.context, Tracer.ParentSpan)
  if (span !== undefined) return span.traceId
  return Option.match(HttpTraceContext.fromHeaders(headers), {
    onNone: () => randomUUID().replaceAll("-", ""),
    onSome: ({ traceId }) => traceId
  })
}
