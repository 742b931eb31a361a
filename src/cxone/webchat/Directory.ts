/** Look-ups for people who check a set-up; no handover needs them. */
import { Context, Effect, Layer, Schema } from "effect"
import { type CallError, NotFound } from "../CXoneError.ts"
import { Id } from "../Id.ts"
import { CXoneClient, json } from "../transport/CXoneClient.ts"

/** A queue as CXone names it. */
export interface Queue {
  /** CXone's id for it. */
  readonly id: string
  /** What people call it. */
  readonly name: string
}

/** An agent as CXone names them. */
export interface Agent {
  /** CXone's id for them. */
  readonly id: string
  /** What people call them. */
  readonly name: string
}

/** Who and what CXone knows. Each look-up fails with the errors of every call; those by an id, with `NotFound` too. */
export class Directory extends Context.Service<
  Directory,
  {
    /** The id of the user or client that our token stands for. */
    readonly whoami: Effect.Effect<string, CallError>
    /** A queue by its id; `NotFound` when there is none. */
    readonly queue: (queueId: string) => Effect.Effect<Queue, CallError | NotFound>
    /** An agent by their id; `NotFound` when there is none, and for `me`, which CXone would take for who asks. */
    readonly agent: (agentId: string) => Effect.Effect<Agent, CallError | NotFound>
  }
>()("cognigy-cxone-router/cxone/Directory") {
  /** Look-ups through `/api/v2/users/me`, `/api/v2/users/{id}` and `/api/v2/routing/queues/{id}`. */
  static layer(): Layer.Layer<Directory, never, CXoneClient> {
    return Layer.effect(Directory, make)
  }
}

const Me = json(Schema.Struct({ id: Id }))
const NamedId = Schema.Struct({ id: Id, name: Schema.String })
const Found = json(NamedId)

/** What stands for the caller where an agent's id would be. */
const ME = "me"

const make = Effect.gen(function* () {
  const client = yield* CXoneClient

  const lookUp = (operation: "queue" | "agent", path: string) => {
    const notFound = Effect.fail(new NotFound({ operation }))
    return client.call<typeof NamedId.Type, NotFound>({
      operation,
      method: "GET",
      path,
      answers: { 200: Found, 404: () => notFound }
    })
  }

  return Directory.of({
    whoami: client.call<string, never>({
      operation: "whoami",
      method: "GET",
      path: "/api/v2/users/me",
      answers: { 200: (body) => Effect.map(Me(body), ({ id }) => id) }
    }),
    queue: (queueId) => lookUp("queue", `/api/v2/routing/queues/${encodeURIComponent(queueId)}`),
    agent: (agentId) =>
      agentId.toLowerCase() === ME
        ? Effect.fail(new NotFound({ operation: "agent" }))
        : lookUp("agent", `/api/v2/users/${encodeURIComponent(agentId)}`)
  })
})
