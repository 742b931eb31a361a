import { Data, Effect, type Schema } from "effect"
import { HttpServerResponse } from "effect/http"

/** The answer to a call. An empty text is sent without a body. */
export interface Answer {
  readonly status: number
  readonly text: string
  readonly contentType: string
  readonly headers: Readonly<Record<string, string>>
}

/** An answer with a JSON body. */
export const jsonAnswer = (
  status: number,
  body: Schema.Json,
  headers: Readonly<Record<string, string>> = {}
): Answer => ({ status, text: JSON.stringify(body), contentType: "application/json", headers })

/** The answer 204, without a body. */
export const noContent: Answer = { status: 204, text: "", contentType: "", headers: {} }

/** A call is refused, with this answer. `members` are further members of the body. */
export class Refusal extends Data.TaggedError("Refusal")<{
  readonly status: number
  readonly code: string
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
  readonly members?: Readonly<Record<string, Schema.Json>>
}> {}

/** Refuses a request that breaks the contract, with 400. */
export const badRequest = (message: string): Refusal => new Refusal({ status: 400, code: "bad.request", message })

/** Turns a refusal into the answer that carries it. */
export const answered = <R>(effect: Effect.Effect<Answer, Refusal, R>): Effect.Effect<Answer, never, R> =>
  Effect.catch(effect, ({ code, headers, members, message, status }) =>
    Effect.succeed(jsonAnswer(status, { ...members, message, code, status }, headers))
  )

/** The HTTP response of an answer. */
export const toResponse = (answer: Answer): HttpServerResponse.HttpServerResponse =>
  answer.text === ""
    ? HttpServerResponse.empty({ status: answer.status, headers: answer.headers })
    : HttpServerResponse.text(answer.text, {
        status: answer.status,
        contentType: answer.contentType,
        headers: answer.headers
      })
