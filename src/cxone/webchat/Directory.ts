/** Look-ups for people who check a set-up; no handover needs them. */
import { Context, Effect, Layer, Schema } from "effect"
import { type CallError, ResourceNotFound } from "../CXoneError.ts"
import { Id } from "../Id.ts"
import { json } from "../transport/Call.ts"
import { CXoneClient } from "../transport/CXoneClient.ts"

/** A queue or an agent. */
export interface Named {
  /** CXone's id. */
  readonly id: string
  /** Its name for people. */
  readonly name: string
}

/** CXone's queues and agents. Each look-up fails with the errors of every call; those by an id, with `ResourceNotFound` too. */
export class Directory extends Context.Service<
  Directory,
  {
    /** The id of the user or client of our token. */
    readonly whoami: Effect.Effect<string, CallError>
    /** A queue by its id. */
    readonly queue: (queueId: string) => Effect.Effect<Named, CallError | ResourceNotFound>
    /** An agent by their id. `me` does not exist: CXone would take it for the caller. */
    readonly agent: (agentId: string) => Effect.Effect<Named, CallError | ResourceNotFound>
  }
>()("cognigy-cxone-router/cxone/Directory") {
  /** Look-ups through `/api/v2/users/me`, `/api/v2/users/{id}` and `/api/v2/routing/queues/{id}`. */
  static readonly layer: Layer.Layer<Directory, never, CXoneClient> = Layer.fresh(
    Layer.suspend(() => Layer.effect(Directory, make))
  )
}

const Me = json(Schema.Struct({ id: Id }))
const Found = json(Schema.Struct({ id: Id, name: Schema.String }))

/** Stands for the caller where an agent's id would be. */
const ME = "me"

const make = Effect.gen(function* () {
  const client = yield* CXoneClient

  const lookUp = (operation: "queue" | "agent", permission: string, path: string) =>
    client.call({
      operation,
      lane: "caller",
      permissions: [permission],
      method: "GET",
      path,
      answers: { 200: Found, 404: () => Effect.fail(new ResourceNotFound({ operation })) }
    })

  return Directory.of({
    whoami: client.call({
      operation: "whoami",
      lane: "caller",
      permissions: ["users:read"],
      method: "GET",
      path: "/api/v2/users/me",
      answers: { 200: (body) => Effect.map(Me(body), ({ id }) => id) }
    }),
    queue: (queueId) => lookUp("queue", "queues:read", `/api/v2/routing/queues/${encodeURIComponent(queueId)}`),
    agent: (agentId) =>
      agentId.toLowerCase() === ME
        ? Effect.fail(new ResourceNotFound({ operation: "agent" }))
        : lookUp("agent", "users:read", `/api/v2/users/${encodeURIComponent(agentId)}`)
  })
})
