/** A call to CXone as a dialect describes it: the request, its lane, and the meaning of each status of the answer. */
import { Effect, type Schedule, Schema } from "effect"
import type { CXoneError, DeadlineExceeded } from "../CXoneError.ts"

/**
 * The waiting party of a call. Each lane has its own circuit, since one kind of call may fail while another works: `token`, for which callers wait;
 * `caller`, on the path of a handover; `background`, for which no caller waits, and which goes last under a rate limit.
 */
export type Lane = "token" | "caller" | "background"

/** An answer in which CXone took a decision: any status but 408, 429 and 5xx, and neither a redirect, a page of a firewall or a proxy, nor a 403 without a JSON object. */
export interface Answer {
  /** The HTTP status. */
  readonly status: number
  /** The body as text; empty without one, and when it cannot be read. */
  readonly body: string
  /** Why the body of a success cannot be read, if so. */
  readonly unreadable?: string
  /** The answer's own time, by the server's clock: its header `Date`, in milliseconds since 1970. */
  readonly date?: number
}

/** The readers of an answer, by its status. A status that is not named is an `UnexpectedResponse`. */
export type Answers = {
  readonly [status: number]: (body: string, answer: Answer) => Effect.Effect<unknown, CXoneError | Schema.SchemaError>
}

/** The result of a call: that of its answers. */
export type SuccessOf<A extends Answers> = Effect.Success<ReturnType<A[keyof A & number]>>

/** The errors of a call besides those of every call: those of its answers. */
export type ErrorOf<A extends Answers> = Exclude<Effect.Error<ReturnType<A[keyof A & number]>>, Schema.SchemaError>

/** When and how a request is sent. */
export interface SendOptions {
  /** The name of the call: errors, metrics and spans hold it. */
  readonly operation: string
  /** The lane of the call. */
  readonly lane: Lane
  /** When to try again. */
  readonly schedule: Schedule.Schedule<unknown, CXoneError, DeadlineExceeded>
  /** The request failed before, and its sender tries it again: its first attempt counts as a retry too. */
  readonly isRetry?: boolean
}

/** One operation of CXone's API. */
export interface Call<A extends Answers> extends Omit<SendOptions, "schedule"> {
  /** The permissions that the operation needs, by CXone's names: a 403 is explained with them. */
  readonly permissions: ReadonlyArray<string>
  /** The HTTP method. */
  readonly method: "GET" | "POST" | "PUT"
  /** From the base URL on, encoded. */
  readonly path: string
  /** Sent as JSON. */
  readonly body?: unknown
  /** The meaning of each status of the answer. */
  readonly answers: A
  /** When to try again; `callSchedule` by default. */
  readonly schedule?: SendOptions["schedule"]
}

/** An answer with a JSON body of this shape. Other members are ignored. Fails with `SchemaError` when the body differs. */
export const json = <S extends Schema.ConstraintDecoder<unknown, never>>(
  schema: S
): ((body: string) => Effect.Effect<S["Type"], Schema.SchemaError>) =>
  Schema.decodeUnknownEffect(Schema.fromJsonString(schema))

/** An answer whose body does not matter. */
export const accepted = (): Effect.Effect<void> => Effect.void

/** One reader for any 2xx. */
export const any2xx = <Reader extends Answers[number]>(reader: Reader): { readonly [status: number]: Reader } =>
  Object.fromEntries(Array.from({ length: 100 }, (_, index) => [200 + index, reader]))

/** Any 2xx, whatever its body. */
export const acceptedAny: { readonly [status: number]: typeof accepted } = any2xx(accepted)
