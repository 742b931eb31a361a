import type { Effect } from "effect"
import type { Answer, Refusal } from "./Answer.ts"
import type { Incoming } from "./Incoming.ts"

/** Handles a call. */
export type Handler = (incoming: Incoming) => Effect.Effect<Answer, Refusal>

/** One operation of an API. */
export interface Endpoint<Operation extends string> {
  readonly operation: Operation
  readonly handle: Handler
}

/** Handlers by path and method. A path may have parameters, such as `/users/:userId`. */
export type Paths<A> = Readonly<Record<`/${string}`, Readonly<Record<string, A>>>>

/** One API of CXone that the simulator plays. */
export interface Dialect<Operation extends string> {
  readonly endpoints: Paths<Endpoint<Operation>>
  /** Checks every call before it is handled, and before it is refused for its path or method. */
  readonly admit: (incoming: Incoming) => Effect.Effect<void, Refusal>
  /** Ends the conversation that a call names, if it names one: the fault `end`. */
  readonly endNamed: (incoming: Incoming) => Effect.Effect<unknown>
  /** The answer that carries a refusal. */
  readonly refused: (refusal: Refusal, incoming: Incoming) => Answer
  /** Headers of every answer, at the time of the answer. */
  readonly headers: () => Readonly<Record<string, string>>
  /** The most bytes of a body; above, it is refused with 413. */
  readonly maxBody: number
  /** Texts that must never be recorded. */
  readonly secrets: ReadonlySet<string>
  /** The operation whose body holds a secret. Only its form fields are recorded, without secrets and passwords. */
  readonly secretOperation: Operation
}
