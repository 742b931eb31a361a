/** What a bot asks for, whichever shape of webhook it came in: the value that routing decides on. */

/** A value that the bot recognised in what the user said. */
export type EntityValue = string | number | boolean

/** A named value: an entity of a flow, or a filled slot. */
export interface Entity {
  /** Its name, as the bot has it. */
  readonly name: string
  /** What the bot recognised. */
  readonly value: EntityValue
}

/** One request to hand a conversation over. Ids are opaque text; members that the bot did not send are `undefined`. */
export interface HandoverRequest {
  /** The name of the intent that the bot recognised. */
  readonly intent: string
  /** How sure the bot is of the intent; Cognigy's scores lie between 0 and 1. */
  readonly confidence?: number | undefined
  /** The end user's id in Cognigy. */
  readonly userId: string
  /** In the order in which they came; a name may stand more than once. */
  readonly entities: ReadonlyArray<Entity>
  /** Cognigy's id of the conversation with the bot. */
  readonly sessionId?: string | undefined
  /** Cognigy's id of what the user said: the same when the webhook is sent again. */
  readonly inputId?: string | undefined
  /** Cognigy's id of what came of that. */
  readonly traceId?: string | undefined
  /** As the bot has it, such as `de-DE`. */
  readonly language?: string | undefined
  /** Where the user writes from, as Cognigy names it. */
  readonly channel?: string | undefined
  /** What the user said. */
  readonly text?: string | undefined
  /** Whatever else the flow attached. */
  readonly data?: unknown
}

/** The first value of an entity or slot by its name. */
export const entityValue = (request: HandoverRequest, name: string): EntityValue | undefined =>
  request.entities.find((entity) => entity.name === name)?.value
