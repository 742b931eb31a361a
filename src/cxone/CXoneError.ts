/**
 * The errors of calls to CXone. Each names the call that failed, and is safe to show: it has no token, no secret and no raw body.
 *
 * `Unauthorized`, `Conflict` and `RateLimited` are also tags of errors in `effect/http-api`. A handler that meets both uses
 * `isCXoneError`; a handover wraps its error in `HandoverFailed`, whose tag is its own.
 */
import { Schema } from "effect"
import { Target } from "../domain/Target.ts"
import { inWords } from "../std/clock.ts"

/** The members of every error. */
const call = {
  /** The name of the call, such as `open`. */
  operation: Schema.String
}

const advice = (text: string | undefined) => (text === undefined ? "" : `: ${text}`)

/** CXone refused our credentials: at the token endpoint, or by a 401 to a token that it had just issued. */
export class Unauthorized extends Schema.TaggedError<Unauthorized>()("Unauthorized", {
  ...call,
  /** Advice for the person who runs the service. */
  remedy: Schema.optionalKey(Schema.String)
}) {
  override get message() {
    return `CXone refused our credentials (${this.operation})${advice(this.remedy)}`
  }
}

/** CXone answered 403: our client lacks a permission. */
export class PermissionMissing extends Schema.TaggedError<PermissionMissing>()("PermissionMissing", {
  ...call,
  /** The permissions that the call needs, by CXone's names. */
  permissions: Schema.Array(Schema.String),
  /** Advice for the person who runs the service. */
  remedy: Schema.optionalKey(Schema.String)
}) {
  override get message() {
    const needed = this.permissions.length === 0 ? "" : `; it needs ${this.permissions.join(", ")}`
    return `CXone denied access (${this.operation})${needed}${advice(this.remedy)}`
  }
}

/** CXone reports that the user has an active conversation, but lists none: a lock that outlives its session. */
export class Conflict extends Schema.TaggedError<Conflict>()("Conflict", call) {
  override get message() {
    return `CXone reports an active conversation that it does not list (${this.operation})`
  }
}

/** The conversation, queue or agent that the call names does not exist in CXone (404). */
export class ResourceNotFound extends Schema.TaggedError<ResourceNotFound>()("ResourceNotFound", call) {
  override get message() {
    return `CXone has nothing under the id of this call (${this.operation})`
  }
}

/** CXone does not accept the queue or agent: 400, 404 or 422 on the routing action. */
export class InvalidTarget extends Schema.TaggedError<InvalidTarget>()("InvalidTarget", {
  ...call,
  /** The HTTP status of the answer; 400 for an id that was not sent. */
  status: Schema.Int,
  /** The queue or agent. */
  target: Target,
  /** Why the id was not sent, such as `neither a UUID nor a number`. */
  problem: Schema.optionalKey(Schema.String)
}) {
  override get message() {
    // A queue's id comes from the routing table; an agent's may come from a user.
    const which = this.target.type === "agent" ? "this agent" : `the queue ${this.target.id}`
    if (this.problem !== undefined) return `CXone has no ${this.target.type} with such an id: it is ${this.problem}`
    return `CXone does not accept ${which} (it answered ${this.status}): check the id in CXone Admin`
  }
}

/** The conversation that is to be routed is not there: its id is unknown, it has ended, or the user has none. None is opened instead. */
export class NoActiveConversation extends Schema.TaggedError<NoActiveConversation>()("NoActiveConversation", {
  ...call,
  /** Why, in a few words such as `contact 42 is closed`; without the user's id. */
  problem: Schema.String
}) {
  override get message() {
    return `there is no conversation to route (${this.operation}): ${this.problem}`
  }
}

/** CXone limits our calls (429), or our own limit does, and no time is left to wait. */
export class RateLimited extends Schema.TaggedError<RateLimited>()("RateLimited", {
  ...call,
  /** How long to wait, when it is known. */
  retryAfter: Schema.UndefinedOr(Schema.Duration)
}) {
  override get message() {
    const wait = this.retryAfter === undefined ? "" : ` for ${inWords(this.retryAfter)}`
    return `CXone limits our calls${wait} (${this.operation})`
  }
}

/** Why no usable answer came: an error status, a broken connection, none within the attempt's time, or no attempt was made because most calls fail. */
export const UnavailableReason = Schema.Literals(["Status", "Connection", "Timeout", "NotTried"])

/** CXone could not be reached or failed (5xx), and retries did not help. */
export class Unavailable extends Schema.TaggedError<Unavailable>()("Unavailable", {
  ...call,
  /** Why no usable answer came. */
  reason: UnavailableReason,
  /** The status, the code of a connection error, or the time that the attempt had. */
  detail: Schema.String,
  /** How long to wait, when it is known. */
  retryAfter: Schema.UndefinedOr(Schema.Duration)
}) {
  override get message() {
    return `CXone is not available (${this.operation}): ${this.detail}`
  }
}

/** The issue of CXone's answer when its status has no meaning for the call. */
export const UNEXPECTED_STATUS = "this status is not part of it"

/** CXone's answer does not follow its contract, or something else answered: a firewall, a proxy, another server. */
export class UnexpectedResponse extends Schema.TaggedError<UnexpectedResponse>()("UnexpectedResponse", {
  ...call,
  /** The HTTP status of the answer. */
  status: Schema.Int,
  /** The problem of the answer; never its body. */
  issue: Schema.String
}) {
  override get message() {
    return `CXone's answer is not its contract (${this.operation}, status ${this.status}): ${this.issue}`
  }
}

/** The deadline of the whole piece of work passed. */
export class DeadlineExceeded extends Schema.TaggedError<DeadlineExceeded>()("DeadlineExceeded", {
  /** The call that was in progress, when it is known. */
  operation: Schema.UndefinedOr(Schema.String),
  /** The proxy on the way to CXone, if it is known that there is one: `the proxy of HTTPS_PROXY`. */
  through: Schema.optionalKey(Schema.String)
}) {
  override get message() {
    if (this.operation === undefined) return "the deadline passed"
    const through = this.through === undefined ? "" : `, through ${this.through}`
    return `the deadline passed while waiting for CXone (${this.operation})${through}`
  }
}

/** The errors of sending any request, whatever the answer means. */
export type SendError = RateLimited | Unavailable | UnexpectedResponse | DeadlineExceeded

/** The errors of any authorized call, whatever the operation. */
export type CallError = SendError | Unauthorized | PermissionMissing

/** Every error of calls to CXone, as a schema. */
export const CXoneError = Schema.Union([
  Conflict,
  DeadlineExceeded,
  InvalidTarget,
  NoActiveConversation,
  PermissionMissing,
  RateLimited,
  ResourceNotFound,
  Unauthorized,
  Unavailable,
  UnexpectedResponse
])

/** Every error of calls to CXone. */
export type CXoneError = typeof CXoneError.Type

/** True for one of these errors, and false for another error of the same tag. */
export const isCXoneError: (value: unknown) => value is CXoneError = Schema.is(CXoneError)

/** True when the same call may succeed a little later: CXone limits our calls, fails (5xx), drops the connection or is slow. */
export const isTransient = (error: CXoneError): error is RateLimited | Unavailable =>
  error._tag === "RateLimited" || error._tag === "Unavailable"

/** True when CXone was just slow: a missed deadline says as much. */
export const isTimeout = (error: CXoneError): boolean => error._tag === "Unavailable" && error.reason === "Timeout"

/** True when no attempt was made, because most calls fail. */
export const wasNotTried = (error: CXoneError): boolean => error._tag === "Unavailable" && error.reason === "NotTried"
