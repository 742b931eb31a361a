/** The labels of a webchat conversation, and the call that sends them. */
import { Effect, Layer, Schedule } from "effect"
import type { HandoverRequest } from "../../domain/HandoverRequest.ts"
import type { LabelSet } from "../../domain/Labels.ts"
import { firstCharacters, hasUnsafeCharacters } from "../../std/text.ts"
import type { Placement } from "../ContactCentre.ts"
import { acceptedAny } from "../transport/Call.ts"
import { CXoneClient } from "../transport/CXoneClient.ts"
import { Labels, type LabelsOptions } from "../transport/Labels.ts"

/** CXone's limit on a label's value, in characters. One that is longer makes it refuse all labels of the call. */
const MAX_VALUE = 256

/** A value as CXone accepts it: one line, cut to its limit. */
const bounded = (value: string) =>
  firstCharacters(
    hasUnsafeCharacters(value)
      ? value
          .toWellFormed()
          .replace(/[\p{Cc}\s]+/gu, " ")
          .trim()
      : value,
    MAX_VALUE
  )

/** True for a text that can be the name of a label, as in routing tables. CXone may refuse all labels of a call for one with another name. */
export const isLabelName = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(name)

/** Labels that say the same of every conversation: no context stands in for them. */
const OWN: ReadonlyArray<string> = ["source", "cognigy_intent"]

/** The context under its own names, and the customer's name. */
const fromRequest = ({ context = {}, customer }: HandoverRequest): LabelSet =>
  Object.fromEntries(
    Object.entries({ ...context, ...(customer?.name === undefined ? {} : { customer_name: customer.name }) }).filter(
      ([name]) => isLabelName(name) && !OWN.includes(name)
    )
  )

/** The labels that were wished for, and the intent; besides them, those that the request has. */
export const labelsOf = ({ labels, request }: Placement): LabelSet =>
  Object.fromEntries(
    Object.entries({ ...fromRequest(request), ...labels, cognigy_intent: request.intent }).map(([name, value]) => [
      name,
      bounded(value)
    ])
  )

/** Labels through `PUT /api/v2/conversations/webchat/{id}/labels`. */
export const layerLabels = (options: LabelsOptions = {}): Layer.Layer<Labels, never, CXoneClient> =>
  Layer.unwrap(
    Effect.map(CXoneClient, (client) =>
      Labels.layerFrom(
        (conversationId, labels, isRetry) =>
          client.call({
            operation: "label",
            lane: "background",
            permissions: ["conversations:webchat:write"],
            method: "PUT",
            path: `/api/v2/conversations/webchat/${encodeURIComponent(conversationId)}/labels`,
            body: { labels },
            answers: acceptedAny,
            // Labels are tried again outside the call.
            schedule: Schedule.recurs(0),
            isRetry
          }),
        options
      )
    )
  )
