/** What a tenant with the Digital Engagement API is made of. */
import { Schema } from "effect"

/** A channel of messages. */
export interface Channel {
  /** Its id. */
  readonly id: string
  /** Its name. */
  readonly name: string
  /** Whether it is a live chat (false). */
  readonly isLiveChat?: boolean
  /** Whether one end user may have several threads (true). */
  readonly hasMultipleThreadsPerEndUser?: boolean
  /** The path of its script. */
  readonly studioScript?: string
  /** The number of the skill that its script queues contacts at. */
  readonly defaultSkillId?: number
}

/** The definition of a custom field of contacts. A field with `values` takes no other value. */
export const FieldDefinition = Schema.Struct({
  ident: Schema.NonEmptyString,
  label: Schema.String,
  type: Schema.String,
  values: Schema.optionalKey(Schema.Array(Schema.String))
})

/** The definition of a custom field of contacts. */
export type FieldDefinition = typeof FieldDefinition.Type

/** The activity of a skill; what is left out is as by default. `earliestQueueTime` is a date and time, null when nobody waits. */
export const Activity = Schema.Struct({
  agentsAvailable: Schema.optionalKey(Schema.Natural),
  agentsLoggedIn: Schema.optionalKey(Schema.Natural),
  agentsWorking: Schema.optionalKey(Schema.Natural),
  queueCount: Schema.optionalKey(Schema.Natural),
  earliestQueueTime: Schema.optionalKey(Schema.NullOr(Schema.String))
})

/** The activity of a skill. */
export type Activity = typeof Activity.Type

/** The opening hours of one profile. */
export interface HoursProfile {
  /** Its number, as a text. */
  readonly id: string
  /** The days of the week, with times such as `08:00:00`. */
  readonly days: ReadonlyArray<{
    /** Its English name. */
    readonly day: string
    /** The time at which it opens. */
    readonly openTime: string
    /** The time at which it closes. */
    readonly closeTime: string
    /** Whether it is closed all day. */
    readonly isClosedAllDay: boolean
  }>
  /** The holidays, sent as they are. */
  readonly holidays: ReadonlyArray<Schema.Json>
}
