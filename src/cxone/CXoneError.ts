/**
 * What can go wrong in a conversation with CXone. Every error names the operation and carries only what is safe to show:
 * no token, no secret, no raw body.
 */
import { Duration, Schema } from "effect"

/** The calls that this project makes to CXone, by the names that errors, logs and spans use. */
export const Operation = Schema.Literals([
  "token",
  "whoami",
  "queue",
  "agent",
  "open",
  "findActive",
  "routeToQueue",
  "routeToAgent",
  "label"
])

/** The name of one call to CXone. */
export type Operation = typeof Operation.Type

/** The OAuth scopes that CXone asks for each operation: what a 403 is explained with. */
export const scopesOf: Record<Operation, ReadonlyArray<string>> = {
  token: [],
  whoami: ["users:read"],
  queue: ["queues:read"],
  agent: ["users:read"],
  open: ["conversations:webchat:create"],
  findActive: ["conversations:webchat:read"],
  routeToQueue: ["conversations:webchat:write"],
  routeToAgent: ["conversations:webchat:write"],
  label: ["conversations:webchat:write"]
}

/** CXone refused our credentials: at the token endpoint, or with a 401 to a token that had just been issued. */
export class Unauthorized extends Schema.TaggedError<Unauthorized>()("Unauthorized", {
  /** The call that failed. */
  operation: Operation
}) {
  override get message() {
    return this.operation === "token"
      ? "CXone refused the client id and secret: check CXONE_CLIENT_ID and CXONE_CLIENT_SECRET, and that the client is active in CXone Admin"
      : `CXone refused a fresh token (${this.operation}): check that the client is still active in CXone Admin`
  }
}

/** CXone answered 403: the client lacks a scope. */
export class Forbidden extends Schema.TaggedError<Forbidden>()("Forbidden", {
  /** The call that failed. */
  operation: Operation,
  /** The scopes that the operation needs. */
  scopes: Schema.Array(Schema.String)
}) {
  override get message() {
    const needed = this.scopes.length === 0 ? "" : `; it needs the scope ${this.scopes.join(", ")}`
    return `CXone denied access (${this.operation})${needed}: add it to the client in CXone Admin > Security > Applications`
  }
}

/** CXone says that the user has an active conversation, but none can be found: a lock that outlives its session. */
export class Conflict extends Schema.TaggedError<Conflict>()("Conflict", {
  /** The call that failed. */
  operation: Operation
}) {
  override get message() {
    return `CXone reports an active conversation that it does not list (${this.operation})`
  }
}

/** The conversation, queue or agent that the call names is not there (404). */
export class NotFound extends Schema.TaggedError<NotFound>()("NotFound", {
  /** The call that failed. */
  operation: Operation
}) {
  override get message() {
    return `CXone does not know what the call names (${this.operation})`
  }
}

/** CXone does not take the queue or agent (400 or 422 on the routing action). */
export class InvalidTarget extends Schema.TaggedError<InvalidTarget>()("InvalidTarget", {
  /** The call that failed. */
  operation: Operation,
  /** The status that CXone answered with: 400, 404 or 422. */
  status: Schema.Int,
  /** The id of the queue or agent. */
  id: Schema.String
}) {
  override get message() {
    // An agent's may be what a user sent; a queue's is the table's.
    const target = this.operation === "routeToAgent" ? "this agent" : `the queue ${this.id}`
    return `CXone does not take ${target} (it answered ${this.status}): check its id in CXone Admin`
  }
}

/** CXone limits us (429) and there is no time left to wait. */
export class RateLimited extends Schema.TaggedError<RateLimited>()("RateLimited", {
  /** The call that failed. */
  operation: Operation,
  /** How long CXone asked us to wait, where it said so. */
  retryAfter: Schema.UndefinedOr(Schema.Duration)
}) {
  override get message() {
    const wait = this.retryAfter === undefined ? "" : ` for ${Duration.format(this.retryAfter)}`
    return `CXone limits our calls${wait} (${this.operation})`
  }
}

/** Why no usable answer came: an error status, a broken connection, none within the attempt's time, or nobody asked, because most calls fail. */
export const UnavailableReason = Schema.Literals(["Status", "Connection", "Timeout", "NotTried"])

/** CXone could not be reached or failed (5xx), and the retries did not help. */
export class Unavailable extends Schema.TaggedError<Unavailable>()("Unavailable", {
  /** The call that failed. */
  operation: Operation,
  /** Why there is no usable answer. */
  reason: UnavailableReason,
  /** The status, a connection error's code, or the time that the attempt was given. */
  detail: Schema.String,
  /** How long CXone asked us to wait, where it said so. */
  retryAfter: Schema.UndefinedOr(Schema.Duration)
}) {
  override get message() {
    return `CXone is not available (${this.operation}): ${this.detail}`
  }
}

/** CXone answered something that is not its contract. */
export class UnexpectedResponse extends Schema.TaggedError<UnexpectedResponse>()("UnexpectedResponse", {
  /** The call that failed. */
  operation: Operation,
  /** The status of the answer. */
  status: Schema.Int,
  /** What is wrong with it; never the body itself. */
  issue: Schema.String
}) {
  override get message() {
    return `CXone's answer is not its contract (${this.operation}, status ${this.status}): ${this.issue}`
  }
}

/** The time that the whole piece of work was given has passed. */
export class DeadlineExceeded extends Schema.TaggedError<DeadlineExceeded>()("DeadlineExceeded", {
  /** The call that was under way, where it is known. */
  operation: Schema.UndefinedOr(Operation)
}) {
  override get message() {
    return this.operation === undefined
      ? "the deadline passed"
      : `the deadline passed while waiting for CXone (${this.operation})`
  }
}

/** What sending any request can fail with, whatever the answer means. */
export type SendError = RateLimited | Unavailable | UnexpectedResponse | DeadlineExceeded

/** What any authorized call can fail with, whatever the operation. */
export type CallError = SendError | Unauthorized | Forbidden

/** Everything that the services of this folder can fail with. */
export type CXoneError = CallError | Conflict | NotFound | InvalidTarget

/** Whether the same call may succeed a little later: CXone limits us, fails (5xx), drops the connection or is slow. */
export const isTransient = (error: { readonly _tag: string }): error is RateLimited | Unavailable =>
  error._tag === "RateLimited" || error._tag === "Unavailable"

/** Whether CXone was not asked at all, because most calls fail: who waits for an answer hears so at once. */
export const wasNotTried = (error: CXoneError): boolean => error._tag === "Unavailable" && error.reason === "NotTried"
