import { Duration, Effect, Result, type Schema } from "effect"
import { type HttpServerRequest, HttpServerResponse } from "effect/http"
import { concealTokens } from "./AccessTokens.ts"
import { type Answer, answered, jsonAnswer, Refusal, toResponse } from "./Answer.ts"
import type { Called } from "./CallLog.ts"
import type { Dialect, Handler } from "./Dialect.ts"
import type { Fault } from "./Fault.ts"
import { hasContentType, type Incoming, parseJson, parsePairs, receive } from "./Incoming.ts"
import type { Simulation } from "./Simulation.ts"

/** Means no answer: the server must destroy the connection instead of sending this response. */
export const dropped = HttpServerResponse.empty()

/** Makes the handling of one call at the edge of CXone: records it, applies the faults that strike it, and answers. */
export const makeExchange = <Operation extends string>(
  simulation: Simulation<Operation>,
  dialect: Dialect<Operation>
) => {
  const { calls, changed, clock, faults, tokens } = simulation

  const conceal = (text: string): string => {
    let concealed = concealTokens(text)
    for (const secret of dialect.secrets) concealed = concealed.replaceAll(secret, "*****")
    return concealed
  }

  const recordable = (operation: string, incoming: Incoming): Schema.Json => {
    const text = conceal(Result.getOrElse(incoming.text, () => ""))
    if (text === "") return null
    if (operation !== dialect.secretOperation) return Result.getOrElse(parseJson(text), () => null)
    // A wrong secret, or one in another shape, must not be recorded either.
    if (!hasContentType(incoming, "application/x-www-form-urlencoded")) return null
    return Result.match(parsePairs(text), {
      onFailure: () => null,
      onSuccess: (form) => Object.fromEntries(Object.entries(form).filter(([name]) => !/secret|password/i.test(name)))
    })
  }

  /** Changes the state that the call is about to meet. */
  const interfere = (fault: Fault | undefined, incoming: Incoming): Effect.Effect<unknown> => {
    if (fault?.kind === "revoke") return Effect.sync(() => tokens.revoke())
    return fault?.kind === "end" ? dialect.endNamed(incoming) : Effect.void
  }

  return Effect.fnUntraced(function* (
    operation: Called<Operation>,
    request: HttpServerRequest.HttpServerRequest,
    params: Incoming["params"],
    handle: Handler
  ) {
    const incoming = yield* receive(request, params, dialect.maxBody)
    const refused = (refusal: Refusal) => dialect.refused(refusal, incoming)
    const { delay, fault } = faults.next(operation)
    const recordStatus = calls.begin({
      operation,
      method: incoming.method,
      path: conceal(incoming.url),
      body: recordable(operation, incoming),
      at: clock.currentTimeMillisUnsafe()
    })
    yield* changed

    if (delay !== undefined && delay.phase !== "after") yield* clock.sleep(Duration.millis(delay.millis))
    if (isSilent(fault) && fault.phase !== "after") return yield* silence(fault)
    yield* interfere(fault, incoming)

    const answer = yield* answered(fault?.kind === "status" ? Effect.fail(ordered(fault)) : handle(incoming), refused)

    if (delay?.phase === "after") {
      yield* changed
      yield* clock.sleep(Duration.millis(delay.millis))
    }
    if (isSilent(fault)) {
      yield* changed
      return yield* silence(fault)
    }

    const spoiled = spoil(answer, fault)
    recordStatus(spoiled.status)
    yield* changed
    return toResponse({ ...spoiled, headers: { ...dialect.headers(), ...spoiled.headers } })
  })
}

type Kind<K extends Fault["kind"]> = Extract<Fault, { readonly kind: K }>

const isSilent = (fault: Fault | undefined): fault is Kind<"hang"> | Kind<"drop"> =>
  fault?.kind === "hang" || fault?.kind === "drop"

/** Never answers. The end of the connection interrupts a call that hangs. */
const silence = ({ kind }: Kind<"hang"> | Kind<"drop">) => (kind === "hang" ? Effect.never : Effect.succeed(dropped))

const ordered = ({ retryAfter, status }: Kind<"status">): Refusal =>
  new Refusal({
    status,
    code: "simulator.fault",
    message: "A fault was ordered for this call",
    headers: retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }
  })

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
