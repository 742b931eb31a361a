/** A queue or an agent of a rule, and the places to try after it. */
import { Schema } from "effect"
import { describe, exactlyOne, Name } from "./names.ts"

/** The members of a place. */
export const placeMembers = {
  queue: describe("A queue: a name from `queues`, or an id.", Name),
  agent: describe(
    "An agent: a name from `agents`, an id, or {entity: NAME} where an entity or slot holds the id.",
    Schema.Union([Name, Schema.Struct({ entity: Name })]).annotate({
      message: "expected an agent's name or id, or {entity: NAME}"
    })
  ),
  fallback: describe(
    "Where to instead when CXone does not know the queue or agent, or the entity that names it is not there.",
    Schema.suspend((): Schema.Codec<Place> => Place)
  )
}

/** A queue or an agent, and the place to try when CXone does not accept it. */
export interface Place {
  /** The queue, by its name in the table or its id. */
  readonly queue?: string
  /** The agent, by their name in the table or their id, or the entity or slot that names them. */
  readonly agent?:
    | string
    | {
        /** The name of the entity or slot. */
        readonly entity: string
      }
  /** The place to try when CXone does not accept this one. */
  readonly fallback?: Place
}

/** A queue or an agent, and the place to try when CXone does not accept it. */
export const Place: Schema.Codec<Place> = Schema.Struct(placeMembers)
  .annotate({ message: "expected queue: NAME, or agent: NAME" })
  .check(exactlyOne(["queue", "agent"]))
  .annotate({ identifier: "Place" })
