/** Why the Digital Engagement API refuses a call. */
import { Refusal } from "../core/Answer.ts"
import type { DigitalSimulatorOptions } from "./DigitalOptions.ts"
import type { DigitalTarget } from "./DigitalState.ts"

/** Nothing has this id. */
export const notFound = (what: string, id: string, field?: string) =>
  new Refusal({ status: 404, code: "ERROR_NOT_FOUND", message: `There is no ${what} ${id}`, field })

/** The contact has ended. */
export const contactClosed = (status: 404 | 409, number: string) =>
  new Refusal({
    status,
    code: status === 404 ? "ERROR_NOT_FOUND" : "ERROR_CONFLICT",
    message: `The contact ${number} is closed`
  })

/** The skill, queue or agent does not exist. */
export const noTarget = (status: number, { id, type }: DigitalTarget, field: string) =>
  new Refusal({ status, code: "ERROR_INVALID_TARGET", message: `There is no ${type} ${id}`, field })

/** The contact is at this target already. */
export const alreadyThere = ({ id, type }: DigitalTarget) =>
  new Refusal({ status: 409, code: "ERROR_CONFLICT", message: `The contact is at ${type} ${id} already` })

/** A message with this id came already. */
export const repeatedMessage = (status: 409 | 422) =>
  new Refusal({
    status,
    code: "ERROR_DUPLICATE",
    message: "A message with this id exists already",
    field: "idOnExternalPlatform"
  })

/** The role of the employee may not do this. */
export const permissionMissing = new Refusal({
  status: 403,
  code: "ERROR_FORBIDDEN",
  message: "The role has no permission for this action"
})

/** The call has no live token. */
export const unauthorized = new Refusal({
  status: 401,
  code: "ERROR_UNAUTHORIZED",
  message: "A live access token is needed",
  headers: { "www-authenticate": "Bearer" }
})

/** The contact has been updated too often: the next update is possible in so many milliseconds. */
export const tooManyUpdates = ({ retryAfter }: Required<DigitalSimulatorOptions>, wait: number) =>
  new Refusal({
    status: 429,
    code: "ERROR_TOO_MANY_REQUESTS",
    message: "There are too many updates of this contact",
    headers: retryAfter && Number.isFinite(wait) ? { "retry-after": String(Math.ceil(wait / 1000)) } : {}
  })
