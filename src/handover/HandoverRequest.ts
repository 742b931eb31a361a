/** What a bot asks for, whichever shape of webhook it came in: the value that routing decides on. */

/** A value that the bot recognised in what the user said. */
export type EntityValue = string | number | boolean

/** A named value: an entity of a flow, or a filled slot. */
export interface Entity {
  readonly name: string
  readonly value: EntityValue
}

/** One request to hand a conversation over. Ids are opaque text; members that the bot did not send are `undefined`. */
export interface HandoverRequest {
  readonly intent: string
  /** How sure the bot is of the intent; Cognigy's scores lie between 0 and 1. */
  readonly confidence: number | undefined
  /** The end user's id in Cognigy. */
  readonly userId: string
  /** In the order in which they came; a name may stand more than once. */
  readonly entities: ReadonlyArray<Entity>
  readonly sessionId: string | undefined
  readonly inputId: string | undefined
  readonly traceId: string | undefined
  readonly language: string | undefined
  readonly channel: string | undefined
  readonly text: string | undefined
  /** Whatever else the flow attached. */
  readonly data: unknown
}

/** The first value of an entity or slot by its name. */
export const entityValue = (request: HandoverRequest, name: string): EntityValue | undefined =>
  request.entities.find((entity) => entity.name === name)?.value
