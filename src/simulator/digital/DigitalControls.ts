import { Effect } from "effect"
import { type CommonControls, makeCommonControls } from "../core/Controls.ts"
import { hasEnded } from "./Contacts.ts"
import type { Digital } from "./Digital.ts"
import type { Activity, FieldDefinition } from "./DigitalRecords.ts"
import type { ContactStatus, DigitalState } from "./DigitalState.ts"
import { DigitalFault, type DigitalOperation } from "./Operation.ts"

/** A contact that a test adds. */
export interface AddedContact {
  /** The end user; the thread is `threadId`, the same by default. */
  readonly authorId: string
  /** The thread's id on the external platform; by default that of the end user. */
  readonly threadId?: string
  /** The channel; by default the first one. */
  readonly channelId?: string
  /** The contact's number, in digits; a new one by default. */
  readonly number?: string
  /** The contact's status (`new`). */
  readonly status?: ContactStatus
}

/** A test's view of a simulator beside CXone's own calls. Using it is not recorded as a call. */
export interface DigitalControls extends CommonControls<DigitalOperation, DigitalState> {
  /** Adds a contact, as if another program had sent a message, and returns its number. It replaces one with the same number. */
  readonly openContact: (contact: AddedContact) => Effect.Effect<string>
  /** Gives a contact a status, as its agent would; false when it is unknown. */
  readonly setContactStatus: (number: string, status: ContactStatus) => Effect.Effect<boolean>
  /** Closes a contact, as its agent would; false when it is unknown or has ended already. */
  readonly closeContact: (number: string) => Effect.Effect<boolean>
  /** Replaces the definitions of custom fields until a reset. */
  readonly setFields: (definitions: ReadonlyArray<FieldDefinition>) => Effect.Effect<void>
  /** Sets the activity of a skill by its number until a reset. */
  readonly setActivity: (skill: string, activity: Activity) => Effect.Effect<void>
}

/** Makes the controls of a simulated Digital Engagement API. */
export const makeDigitalControls = ({ contacts, messages, options, simulation, tenant }: Digital): DigitalControls => {
  const { changed } = simulation
  const change = <A>(step: () => A): Effect.Effect<A> => Effect.tap(Effect.sync(step), changed)
  return {
    ...makeCommonControls(simulation, {
      fault: DigitalFault,
      held: () => ({ contacts: contacts.contacts(), messages: messages.messages() }),
      resetHeld: () => {
        tenant.reset()
        contacts.reset()
        messages.reset()
      }
    }),
    openContact: ({ authorId, channelId = options.channels[0]?.id ?? "", number, status, threadId = authorId }) =>
      change(() => contacts.create({ channelId, threadId, authorId, authorName: null }, number, status).number),
    setContactStatus: (number, status) => change(() => contacts.setStatus(number, status) !== undefined),
    closeContact: (number) =>
      change(() => {
        const contact = contacts.get(number)
        if (contact === undefined || hasEnded(contact)) return false
        contacts.setStatus(number, "closed")
        return true
      }),
    setFields: (definitions) => change(() => tenant.setFields(definitions)),
    setActivity: (skill, activity) => change(() => void tenant.activity.set(skill, activity))
  }
}
