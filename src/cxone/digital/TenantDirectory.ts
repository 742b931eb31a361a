/** Look-ups in a tenant: its channels, custom fields, skills, queues and users. `doctor` checks a set-up with them; a handover needs only the fields. */
import { Context, Effect, Layer, Option, Predicate, Schema, SchemaGetter } from "effect"
import { type CallError, ResourceNotFound } from "../CXoneError.ts"
import { json, type Lane } from "../transport/Call.ts"
import { CXoneClient } from "../transport/CXoneClient.ts"
import { permissions } from "./permissions.ts"

/** A channel. */
export interface Channel {
  /** Its id. */
  readonly id: string
  /** Its name. */
  readonly name: string
  /** It is a live chat: messages of ours may not belong there. */
  readonly isLiveChat: boolean
}

/** A custom field of contacts. */
export interface FieldDefinition {
  /** Its name in calls. */
  readonly ident: string
  /** The values that it takes, where it is a list. */
  readonly values: ReadonlyArray<string> | undefined
}

/** The agents of a skill, and who waits. Members that CXone does not tell are `undefined`. Whether agents of digital contacts are counted is not known. */
export interface Activity {
  /** The agents that can take a contact. */
  readonly agentsAvailable: number | undefined
  /** The agents that are logged in. */
  readonly agentsLoggedIn: number | undefined
  /** The agents that handle a contact. */
  readonly agentsWorking: number | undefined
  /** The contacts that wait. */
  readonly queueCount: number | undefined
}

/** Look-ups. Each fails with the errors of every call; those by an id, with `ResourceNotFound` too. */
export class TenantDirectory extends Context.Service<
  TenantDirectory,
  {
    /** A channel; none when it is unknown or not visible to us. */
    readonly channel: (id: string) => Effect.Effect<Option.Option<Channel>, CallError>
    /** The custom fields of contacts. */
    readonly fields: (lane?: Lane) => Effect.Effect<ReadonlyArray<FieldDefinition>, CallError>
    /** The name of a skill by its number, or `undefined` when CXone does not say. */
    readonly skill: (id: string) => Effect.Effect<string | undefined, CallError | ResourceNotFound>
    /** The name of a routing queue by its UUID. */
    readonly queue: (id: string) => Effect.Effect<string, CallError | ResourceNotFound>
    /** The status of a user by their UUID, such as `ACTIVE`, or `undefined` when CXone does not say. */
    readonly user: (id: string) => Effect.Effect<string | undefined, CallError | ResourceNotFound>
    /** The agents of a skill and its queue now. */
    readonly activity: (skillId: string) => Effect.Effect<Activity, CallError | ResourceNotFound>
  }
>()("cognigy-cxone-router/cxone/TenantDirectory") {
  /** Look-ups with this version of the ACD's API, such as `v30.0`. */
  static readonly layer = (acdVersion: string): Layer.Layer<TenantDirectory, never, CXoneClient> =>
    Layer.effect(TenantDirectory, make(acdVersion))
}

const flag = Schema.optionalKey(Schema.Unknown)
const name = Schema.optionalKey(Schema.NullOr(Schema.String))

const Id = Schema.Union([Schema.String, Schema.Number]).pipe(
  Schema.decodeTo(Schema.String, { decode: SchemaGetter.transform(String), encode: SchemaGetter.passthrough() })
)

const Channels = json(Schema.Array(Schema.Struct({ id: Id, name, isLiveChat: flag })))
const Fields = json(Schema.Array(Schema.Unknown))
const Field = Schema.decodeUnknownOption(
  Schema.Struct({ ident: Schema.String, values: Schema.optionalKey(Schema.Unknown) })
)
const Skill = json(Schema.Struct({ skillName: name, name }))
const Queues = json(
  Schema.Struct({ data: Schema.Array(Schema.Struct({ id: Id, name, isDeleted: Schema.optionalKey(Schema.Unknown) })) })
)
const User = json(Schema.Struct({ user: Schema.Struct({ status: name }) }))
const count = Schema.optionalKey(Schema.NullOr(Schema.Number))
const Activities = json(
  Schema.Struct({
    skillActivity: Schema.Array(
      Schema.Struct({ agentsAvailable: count, agentsLoggedIn: count, agentsWorking: count, queueCount: count })
    )
  })
)

/** The texts of a list; `undefined` where it holds something else, whose form nobody has told. */
const texts = (values: unknown): ReadonlyArray<string> | undefined =>
  Array.isArray(values) && values.length > 0 && values.every(Predicate.isString) ? values : undefined

const make = Effect.fnUntraced(function* (acdVersion: string) {
  const client = yield* CXoneClient
  const acd = `/incontactapi/services/${acdVersion}`

  const look = <const Operation extends string>(operation: Operation, permission: string, path: string) =>
    ({ operation, lane: "caller", permissions: [permission], method: "GET", path }) as const
  const notFound = (operation: string) => () => Effect.fail(new ResourceNotFound({ operation }))

  return TenantDirectory.of({
    channel: (id) =>
      client.call({
        ...look("channel", permissions.readChannels, `/dfo/3.0/channels?id[]=${encodeURIComponent(id)}`),
        answers: {
          200: (body) =>
            Effect.map(Channels(body), (channels) =>
              Option.map(
                Option.fromUndefinedOr(channels.find((channel) => channel.id === id)),
                ({ isLiveChat, name }): Channel => ({ id, name: name ?? "", isLiveChat: isLiveChat === true })
              )
            ),
          404: () => Effect.succeedNone
        }
      }),
    fields: (lane = "caller") =>
      client.call({
        ...look("fields", permissions.readFields, "/dfo/3.0/consumer-contact-custom-fields"),
        lane,
        answers: {
          200: (body) =>
            Effect.map(Fields(body), (fields) =>
              // One that has no ident cannot be set; the others can.
              fields.flatMap((field) =>
                Option.toArray(Option.map(Field(field), ({ ident, values }) => ({ ident, values: texts(values) })))
              )
            )
        }
      }),
    skill: (id) =>
      client.call({
        ...look("skill", permissions.readQueues, `${acd}/skills/${encodeURIComponent(id)}`),
        answers: {
          200: (body) => Effect.map(Skill(body), ({ name, skillName }) => skillName ?? name ?? undefined),
          404: notFound("skill")
        }
      }),
    queue: (id) =>
      client.call({
        ...look("queue", permissions.readQueues, `/dfo/3.0/routing-queues?id[]=${encodeURIComponent(id)}`),
        answers: {
          200: (body) =>
            Effect.flatMap(Queues(body), ({ data }) => {
              const queue = data.find((queue) => queue.id.toLowerCase() === id.toLowerCase())
              return queue === undefined || queue.isDeleted === true
                ? notFound("queue")()
                : Effect.succeed(queue.name ?? "")
            }),
          404: notFound("queue")
        }
      }),
    user: (id) =>
      client.call({
        ...look("agent", permissions.readUsers, `/user-management/v3/users/${encodeURIComponent(id)}`),
        answers: {
          200: (body) => Effect.map(User(body), ({ user }) => user.status ?? undefined),
          404: notFound("agent")
        }
      }),
    activity: (skillId) =>
      client.call({
        ...look("activity", permissions.readQueues, `${acd}/skills/${encodeURIComponent(skillId)}/activity`),
        answers: {
          200: (body) =>
            Effect.flatMap(Activities(body), ({ skillActivity: [activity] }) =>
              activity === undefined
                ? notFound("activity")()
                : Effect.succeed({
                    agentsAvailable: activity.agentsAvailable ?? undefined,
                    agentsLoggedIn: activity.agentsLoggedIn ?? undefined,
                    agentsWorking: activity.agentsWorking ?? undefined,
                    queueCount: activity.queueCount ?? undefined
                  })
            ),
          404: notFound("activity")
        }
      })
  })
})
