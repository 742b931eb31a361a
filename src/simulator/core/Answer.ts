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

/** An answer without a body. */
export const emptyAnswer = (status: number): Answer => ({ status, text: "", contentType: "", headers: {} })

/** The answer 204, without a body. */
export const noContent: Answer = emptyAnswer(204)

/** A call is refused. `field` is the part of the request that is wrong. `members` are further members of the body. */
export class Refusal extends Data.TaggedError("Refusal")<{
  readonly status: number
  readonly code: string
  readonly message: string
  readonly field?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly members?: Readonly<Record<string, Schema.Json>>
}> {}

/** Refuses a request that breaks the contract, with 400. */
export const badRequest = (message: string, field?: string): Refusal =>
  new Refusal({ status: 400, code: "bad.request", message, field })

/** The answer of a refusal as one JSON object: `message`, `code`, `status` and further members. */
export const plainRefusal = ({ code, headers, members, message, status }: Refusal): Answer =>
  jsonAnswer(status, { ...members, message, code, status }, headers)

/** Turns a refusal into the answer that carries it. */
export const answered = <R>(
  effect: Effect.Effect<Answer, Refusal, R>,
  refused: (refusal: Refusal) => Answer = plainRefusal
): Effect.Effect<Answer, never, R> => Effect.catch(effect, (refusal) => Effect.succeed(refused(refusal)))

/** The HTTP response of an answer. */
export const toResponse = (answer: Answer): HttpServerResponse.HttpServerResponse =>
  answer.text === ""
    ? HttpServerResponse.empty({ status: answer.status, headers: answer.headers })
    : HttpServerResponse.text(answer.text, {
        status: answer.status,
        contentType: answer.contentType,
        headers: answer.headers
      })
