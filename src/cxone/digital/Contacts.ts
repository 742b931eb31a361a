/** Contacts: looking one up, finding those of a user, and what is set in one. */
import { Context, Effect, Layer, Schedule, Schema } from "effect"
import type { Target } from "../../domain/Target.ts"
import { type CallError, InvalidTarget, ResourceNotFound } from "../CXoneError.ts"
import { type Answer, acceptedAny, any2xx, json } from "../transport/Call.ts"
import { CXoneClient } from "../transport/CXoneClient.ts"
import { refused } from "./apiError.ts"
import { ACTIVE, type Contact, ContactAnswer, toContact } from "./Contact.ts"
import { digitalIds, isUuid } from "./ids.ts"
import type { Field } from "./Messages.ts"
import { permissions } from "./permissions.ts"

/** CXone does not route the contact as it is asked to: the target is unknown, the contact is over, or it is there already. */
export interface NotRouted {
  /** The HTTP status of the answer: 400, 404, 409 or 422. */
  readonly status: number
  /** The error where the target is the cause. */
  readonly error: InvalidTarget
}

/** Contacts. Each method fails with the errors of every call. */
export class Contacts extends Context.Service<
  Contacts,
  {
    /** One contact. Fails with `ResourceNotFound` when there is none with this number. */
    readonly get: (id: string, once?: boolean) => Effect.Effect<Contact, CallError | ResourceNotFound>
    /** The active contacts of an end user, on one channel or on all. CXone lists a new one with a delay, so this guards against no duplicates. */
    readonly findActive: (userId: string, channelId?: string) => Effect.Effect<ReadonlyArray<Contact>, CallError>
    /** Routes a contact. Succeeds with the reason when CXone does not; the contact tells what it means. */
    readonly route: (id: string, target: Target) => Effect.Effect<NotRouted | undefined, CallError>
    /** Sets the priority in the queue, 0 to 1000, with one attempt. */
    readonly setPriority: (id: string, priority: number) => Effect.Effect<void, CallError>
    /** Sets custom fields, with one attempt that no caller waits for. Fails with `ResourceNotFound` when the contact has ended. */
    readonly setFields: (
      id: string,
      fields: ReadonlyArray<Field>,
      isRetry?: boolean
    ) => Effect.Effect<void, CallError | ResourceNotFound>
    /** Sets the status, such as `closed`. Fails with `ResourceNotFound` when there is no contact with this number. */
    readonly setStatus: (id: string, status: string) => Effect.Effect<void, CallError | ResourceNotFound>
  }
>()("cognigy-cxone-router/cxone/Contacts") {
  /** Contacts through `/dfo/3.0/contacts`. */
  static readonly layer: Layer.Layer<Contacts, never, CXoneClient> = Layer.fresh(
    Layer.suspend(() => Layer.effect(Contacts, make))
  )
}

const One = json(ContactAnswer)
const Page = json(
  Schema.Struct({
    data: Schema.Array(ContactAnswer),
    scrollToken: Schema.optionalKey(Schema.NullOr(Schema.String))
  })
)

/** The most pages that a search reads: 25 contacts each. */
const MAX_PAGES = 10

const query = (pairs: ReadonlyArray<readonly [string, string | undefined]>) =>
  pairs.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`])).join("&")

/** The path of a contact. */
export const contactPath = (id: string): string => `/dfo/3.0/contacts/${encodeURIComponent(id)}`

/** The path of the search for a user's active contacts. */
export const searchPath = (userId: string, channelId: string | undefined, scrollToken?: string): string =>
  `/dfo/3.0/contacts?${query([
    ["channel[]", channelId],
    ["endUserIdOnExternalPlatform[]", userId],
    ...ACTIVE.map((status) => ["status[]", status] as const),
    ["scrollToken", scrollToken]
  ])}`

/** The call for a target: the number of a skill or of an agent, or a UUID. */
export const actionOf = ({ id, type }: Target) => {
  const byUuid = isUuid(id)
  if (type === "queue") {
    const body = byUuid ? { routingQueueId: id } : { skillId: Number(id) }
    return { operation: "routeToQueue", path: "routing-queue", body }
  }
  const body = byUuid ? { inboxAssigneeCxoneId: id } : { inboxAssignee: Number(id) }
  return { operation: "routeToAgent", path: "inbox-assignment", body }
}

const make = Effect.gen(function* () {
  const client = yield* CXoneClient

  const put = (operation: string, path: string, body: unknown) =>
    ({
      operation,
      lane: "caller",
      permissions: [permissions.editContacts],
      method: "PUT",
      path,
      body,
      schedule: Schedule.recurs(0)
    }) as const

  const refusals = (operation: string) => {
    const refuse = (_body: string, answer: Answer) => Effect.fail(refused(operation, answer))
    return { 400: refuse, 404: refuse, 409: refuse, 422: refuse }
  }

  const pages = (
    userId: string,
    channelId: string | undefined,
    scrollToken: string | undefined,
    left: number
  ): Effect.Effect<ReadonlyArray<Contact>, CallError> =>
    client
      .call({
        operation: "findActive",
        lane: "caller",
        permissions: [permissions.readContacts],
        method: "GET",
        path: searchPath(userId, channelId, scrollToken),
        answers: {
          200: (body, answer) =>
            Effect.map(Page(body), ({ data, scrollToken }) => ({ found: data.map(toContact(answer)), scrollToken }))
        }
      })
      .pipe(
        Effect.flatMap(({ found, scrollToken: next }) =>
          next == null || next === "" || found.length === 0 || left <= 1
            ? Effect.succeed(found)
            : Effect.map(pages(userId, channelId, next, left - 1), (rest) => [...found, ...rest])
        )
      )

  const ended = () => Effect.fail(new ResourceNotFound({ operation: "label" }))

  return Contacts.of({
    get: (id, once = false) =>
      client.call({
        operation: "contact",
        lane: "caller",
        permissions: [permissions.readContacts],
        method: "GET",
        path: contactPath(id),
        answers: {
          200: (body, answer) => Effect.map(One(body), toContact(answer)),
          404: () => Effect.fail(new ResourceNotFound({ operation: "contact" }))
        },
        ...(once ? { schedule: Schedule.recurs(0) } : {})
      }),
    findActive: (userId, channelId) => pages(userId, channelId, undefined, MAX_PAGES),
    route: (id, target) => {
      const { body, operation, path } = actionOf(target)
      // An id from an entity may be any text, and none is turned into another number.
      const problem = digitalIds[target.type](target.id)
      if (problem !== undefined) {
        return Effect.succeed({ status: 400, error: new InvalidTarget({ operation, status: 400, target, problem }) })
      }
      const notRouted = (_body: string, { status }: Answer) =>
        Effect.succeed({ status, error: new InvalidTarget({ operation, status, target }) })
      return client.call({
        operation,
        lane: "caller",
        permissions: [permissions.routeContacts],
        method: "PUT",
        path: `${contactPath(id)}/${path}`,
        body,
        answers: {
          ...any2xx(() => Effect.succeed(undefined)),
          400: notRouted,
          404: notRouted,
          409: notRouted,
          422: notRouted
        }
      })
    },
    setPriority: (id, priority) =>
      client.call({
        ...put("priority", contactPath(id), { routingQueuePriority: priority }),
        answers: { ...acceptedAny, ...refusals("priority") }
      }),
    setFields: (id, fields, isRetry = false) =>
      client.call({
        ...put("label", `${contactPath(id)}/custom-fields`, fields),
        lane: "background",
        isRetry,
        answers: { ...acceptedAny, ...refusals("label"), 404: ended, 409: ended }
      }),
    setStatus: (id, status) =>
      client.call({
        ...put("status", `${contactPath(id)}/status`, { status }),
        answers: { ...acceptedAny, 404: () => Effect.fail(new ResourceNotFound({ operation: "status" })) }
      })
  })
})
