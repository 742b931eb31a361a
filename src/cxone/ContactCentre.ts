/** The port to the contact centre: all that a handover needs of it, for any of CXone's APIs. */
import { Context, type Effect } from "effect"
import type { HandoverRequest } from "../domain/HandoverRequest.ts"
import type { LabelSet } from "../domain/Labels.ts"
import type { Target } from "../domain/Target.ts"
import type { CallError, Conflict, InvalidTarget, NoActiveConversation } from "./CXoneError.ts"

/** A handover that is to be done. */
export interface Placement {
  /** The whole request: a dialect takes what its API can carry. */
  readonly request: HandoverRequest
  /** The target, and then those to try when CXone does not accept it. */
  readonly targets: readonly [Target, ...ReadonlyArray<Target>]
  /** Labels for the conversation. They are wishes: a dialect sends those that its API can carry, and a failure to send them changes nothing. */
  readonly labels: LabelSet
  /** The priority in the queue, 0 to 1000, where it is not the contact centre's own. It is a wish like the labels. */
  readonly priority?: number
  /** The same for every copy of the request, whichever process gets it, and for no other request; absent when its sender named nothing that copies share. */
  readonly key?: string
}

/** A conversation that CXone has accepted for routing. */
export interface Placed {
  /** CXone's id of the conversation. */
  readonly conversationId: string
  /** The first of the targets that CXone accepted. */
  readonly target: Target
  /** The user had an active conversation, which was used. */
  readonly reused: boolean
}

/** Why a conversation could not be placed. */
export type PlaceError = CallError | Conflict | InvalidTarget | NoActiveConversation

/** A contact centre. A dialect of CXone's API is a layer of this service. */
export class ContactCentre extends Context.Service<
  ContactCentre,
  {
    /** Tells this tenant from others, in claims, errors and logs; without secrets. */
    readonly tenant: string
    /**
     * Puts the user's conversation, a new one or the active one, at the first target that CXone accepts. Succeeds once CXone has accepted the routing.
     * Placing the same request again is safe. `Orphan.possible` tells of each conversation that may be new, so that a failure can name the one that stays
     * open. It respects the surrounding `Deadline`. Fails with the errors of calls, `Conflict`, `InvalidTarget` when CXone accepts none of the targets, or
     * `NoActiveConversation` when the request names a conversation that is not there.
     */
    readonly place: (placement: Placement) => Effect.Effect<Placed, PlaceError>
    /** Succeeds when calls can be made, since there is an access token. Fails with the errors of calls. */
    readonly check: Effect.Effect<void, CallError>
  }
>()("cognigy-cxone-router/cxone/ContactCentre") {}
