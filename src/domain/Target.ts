import { Schema } from "effect"

/** The queue or agent that a conversation goes to, by its id in the contact centre. */
export const Target = Schema.Struct({
  type: Schema.Literals(["queue", "agent"]),
  id: Schema.String
})

/** The queue or agent that a conversation goes to. */
export type Target = typeof Target.Type

/** A target as one text, `queue:ID` or `agent:ID`: in the history, in filters and in URLs. */
export const targetKey = ({ id, type }: Target): string => `${type}:${id}`

/** The target of such a text; `undefined` for any other. */
export const targetOf = (key: string): Target | undefined => {
  const [, type, id] = /^(queue|agent):(.+)$/s.exec(key) ?? []
  return id === undefined ? undefined : { type: type === "agent" ? "agent" : "queue", id }
}

/** A target in words, such as `the queue 4001`. */
export const targetInWords = ({ id, type }: Target): string => `the ${type} ${id}`

/** The form that ids of queues and agents have in a contact centre. Each function returns the problem of an id, such as `not a UUID`, or `undefined` for a valid id. */
export interface TargetIds {
  /** Checks a queue's id. */
  readonly queue: (id: string) => string | undefined
  /** Checks an agent's id. */
  readonly agent: (id: string) => string | undefined
  /** Where people find ids, for messages. */
  readonly advice?: IdAdvice
}

/** Where people find the ids of a contact centre, and the form of these. */
export interface IdAdvice {
  /** After `the queue's id, `: `a UUID: Admin > Queues`. */
  readonly queue: string
  /** The same of an agent. */
  readonly agent: string
}

const notEmpty = (id: string): string | undefined => (id === "" ? "empty" : undefined)

/** Accepts every id that is not empty. */
export const anyIds: TargetIds = { queue: notEmpty, agent: notEmpty }
