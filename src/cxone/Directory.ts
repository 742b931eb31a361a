/** Look-ups for people who check a set-up; no handover needs them. */
import { Context, Effect, Layer, Schema } from "effect"
import { CXoneClient, json } from "./CXoneClient.ts"
import { type CallError, NotFound } from "./CXoneError.ts"
import { Id } from "./Id.ts"

/** A queue as CXone names it. */
export interface Queue {
  readonly id: string
  readonly name: string
}

/**
 * Who and what CXone knows.
 *
 * - `whoami`: the id of the user or client that our token stands for
 * - `queue`: a queue by its id; `NotFound` when there is none
 */
export class Directory extends Context.Service<
  Directory,
  {
    readonly whoami: Effect.Effect<string, CallError>
    readonly queue: (queueId: string) => Effect.Effect<Queue, CallError | NotFound>
  }
>()("cognigy-cxone-router/cxone/Directory") {
  /** Look-ups through `/api/v2/users/me` and `/api/v2/routing/queues/{id}`. */
  static get layer(): Layer.Layer<Directory, never, CXoneClient> {
    return Layer.effect(Directory, make)
  }
}

const Me = json(Schema.Struct({ id: Id }))
const FoundQueue = json(Schema.Struct({ id: Id, name: Schema.String }))

const make = Effect.gen(function* () {
  const client = yield* CXoneClient
  return Directory.of({
    whoami: client.call<string, never>({
      operation: "whoami",
      method: "GET",
      path: "/api/v2/users/me",
      answers: { 200: (body) => Effect.map(Me(body), ({ id }) => id) }
    }),
    queue: (queueId) =>
      client.call<Queue, NotFound>({
        operation: "queue",
        method: "GET",
        path: `/api/v2/routing/queues/${encodeURIComponent(queueId)}`,
        answers: { 200: FoundQueue, 404: () => Effect.fail(new NotFound({ operation: "queue" })) }
      })
  })
})
