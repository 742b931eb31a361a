/** What scenarios need to know of CXone's API: the same facts in either dialect. */
import type { Effect, Scope } from "effect"
import type { Target } from "../../../src/domain/Target.ts"
import type { Fault } from "../../../src/simulator/core/Fault.ts"
import type { DigitalSimulatorOptions } from "../../../src/simulator/digital/DigitalOptions.ts"
import type { Settings } from "../RouterProcess.ts"

/** What a fault strikes. Both dialects have the first four; `action` is any call that routes. The others are those of `digital`. */
export type Operation = "token" | "open" | "action" | "label" | "discovery" | "message" | "contact" | "fields"

/** What goes wrong, in either dialect. */
export type DialectFault = Fault<Operation>

/** What there is to ask for, and where that must lead. */
export interface Place {
  readonly intent: string
  readonly target: Target
}

/** A conversation, or a contact. */
export interface Conversation {
  readonly id: string
  /** `cognigy_` and the user's id. */
  readonly userId: string
  readonly isActive: boolean
  readonly target: Target | null
  /** The last intent that it was labelled with. */
  readonly intent: string | undefined
}

/** A message that CXone has taken. */
export interface Message {
  readonly id: string
  readonly conversationId: string
  readonly text: string
}

/** A call that CXone has received. `status` is null where there was no answer. */
export interface Call {
  readonly operation: string
  readonly path: string
  readonly body: unknown
  readonly status: number | null
  /** In milliseconds since 1970. */
  readonly at: number
}

/** What CXone holds. */
export interface CXoneState {
  readonly conversations: ReadonlyArray<Conversation>
  /** None in a dialect whose conversations are opened without one. */
  readonly messages: ReadonlyArray<Message>
  /** The newest 10,000. */
  readonly calls: ReadonlyArray<Call>
  /** `open` leaves out the notes that go before the opening message. */
  readonly counts: Readonly<Record<"token" | "open" | "action" | "label" | "total", number>>
  /** The tokens that were issued. */
  readonly tokens: { readonly issued: number }
}

/** A simulated CXone. */
export interface SimulatedCXone {
  /** The settings of a router that calls it, but for the webhook's. */
  readonly settings: Settings
  readonly order: (fault: DialectFault) => Effect.Effect<void>
  readonly clearFaults: Effect.Effect<void>
  readonly state: Effect.Effect<CXoneState>
  readonly awaitState: (predicate: (state: CXoneState) => boolean) => Effect.Effect<CXoneState>
  /** Adds an active conversation of this user, `cognigy_…`. */
  readonly openConversation: (userId: string) => Effect.Effect<unknown>
}

/** One of CXone's APIs. */
export interface Dialect {
  readonly name: "webchat" | "digital"
  /** Starts a simulator, with these options where the dialect is `digital`. */
  readonly start: (options: DigitalSimulatorOptions | undefined) => Effect.Effect<SimulatedCXone, never, Scope.Scope>
  /** Each queue, and the agent. */
  readonly places: readonly [Place, Place, Place]
  /** True where each handover opens with a message of its own. */
  readonly hasMessages: boolean
  /** The user for whom this call opens a conversation, `cognigy_…`. */
  readonly openedBy: (call: Call) => string | undefined
  /** Where this call sends which conversation, if it routes. */
  readonly routedBy: (call: Call) => { readonly conversationId: string; readonly target: Target } | undefined
}

/** How many calls there were, of all operations. */
export const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0)
