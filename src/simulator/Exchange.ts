import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import { Effect, Result, type Schema } from "effect"
import type { HttpServerRequest, HttpServerResponse } from "effect/http"
import { conceal } from "./Access.ts"
import { type Answer, answered, jsonAnswer, type Refusal, toResponse } from "./Answer.ts"
import type { Fault } from "./Fault.ts"
import { hasContentType, type Incoming, param, parseJson, parsePairs, receive } from "./Incoming.ts"
import type { CalledOperation } from "./Operation.ts"
import type { Simulation } from "./Simulation.ts"

/** Handles one call as CXone's front door would: records it, applies the faults that strike it, and answers. */
export type Exchange = (
  operation: CalledOperation,
  request: HttpServerRequest.HttpServerRequest,
  params: Incoming["params"],
  handle: (incoming: Incoming) => Effect.Effect<Answer, Refusal>
) => Effect.Effect<HttpServerResponse.HttpServerResponse>

/** Makes the exchange of a simulation. */
export const makeExchange = (simulation: Simulation): Exchange => {
  const recordable = (operation: CalledOperation, incoming: Incoming): Schema.Json => {
    const text = conceal(
      simulation,
      Result.getOrElse(incoming.text, () => "")
    )
    if (text === "") return null
    if (operation !== "token") return Result.getOrElse(parseJson(text), () => null)
    // A secret may come in any other shape, and need not be the one that is accepted here.
    if (!hasContentType(incoming, "application/x-www-form-urlencoded")) return null
    return Result.match(parsePairs(text), {
      onFailure: () => null,
      onSuccess: (form) => Object.fromEntries(Object.entries(form).filter(([name]) => !/secret/i.test(name)))
    })
  }

  const begin = (operation: CalledOperation, incoming: Incoming) =>
    simulation.calls.begin({
      operation,
      method: incoming.method,
      path: conceal(simulation, incoming.url),
      body: recordable(operation, incoming),
      at: simulation.clock.currentTimeMillisUnsafe()
    })

  /** Changes what the call is going to meet. */
  const interfere = (fault: Fault | undefined, incoming: Incoming): Effect.Effect<unknown> => {
    if (fault?.kind === "revoke") return Effect.sync(() => simulation.tokens.revoke())
    return fault?.kind === "end" ? simulation.conversations.end(param(incoming, "conversationId")) : Effect.void
  }

  return Effect.fnUntraced(function* (operation, request, params, handle) {
    const incoming = yield* receive(request, params)
    const { delay, fault } = simulation.faults.next(operation)
    const recordStatus = begin(operation, incoming)
    yield* simulation.changed

    if (delay !== undefined && delay.phase !== "after") yield* Effect.sleep(delay.millis)
    if (isSilent(fault) && fault.phase !== "after") return yield* silence(fault, request)
    yield* interfere(fault, incoming)

    const answer = fault?.kind === "status" ? statusAnswer(fault) : yield* answered(handle(incoming))

    if (delay?.phase === "after") {
      yield* simulation.changed
      yield* Effect.sleep(delay.millis)
    }
    if (isSilent(fault)) {
      yield* simulation.changed
      return yield* silence(fault, request)
    }

    const spoiled = spoil(answer, fault)
    recordStatus(spoiled.status)
    yield* simulation.changed
    return toResponse(spoiled)
  })
}

type Kind<K extends Fault["kind"]> = Extract<Fault, { readonly kind: K }>

const isSilent = (fault: Fault | undefined): fault is Kind<"hang"> | Kind<"drop"> =>
  fault?.kind === "hang" || fault?.kind === "drop"

/** Waits for the end of the connection, which interrupts the fiber of the request; a drop brings that end about. */
const silence = (
  fault: Kind<"hang"> | Kind<"drop">,
  request: HttpServerRequest.HttpServerRequest
): Effect.Effect<never> =>
  fault.kind === "hang"
    ? Effect.never
    : Effect.andThen(
        Effect.sync(() => NodeHttpServerRequest.toIncomingMessage(request).socket.destroy()),
        Effect.never
      )

const statusAnswer = ({ retryAfter, status }: Kind<"status">): Answer =>
  jsonAnswer(
    status,
    { message: "A fault was ordered for this call", code: "simulator.fault", status },
    retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }
  )

const spoil = (answer: Answer, fault: Fault | undefined): Answer => {
  switch (fault?.kind) {
    case "brokenBody": {
      const whole = answer.text === "" ? jsonAnswer(200, { id: "" }) : answer
      return { ...whole, text: whole.text.slice(0, Math.ceil(whole.text.length / 2)) }
    }
    case "body":
      return typeof fault.body === "string" && fault.contentType !== undefined
        ? { status: fault.status, text: fault.body, contentType: fault.contentType, headers: {} }
        : { ...jsonAnswer(fault.status, fault.body), contentType: fault.contentType ?? "application/json" }
    default:
      return answer
  }
}
