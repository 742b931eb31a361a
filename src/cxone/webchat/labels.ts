/** The labels of a webchat conversation, and the call that sends them. */
import { Effect, Layer, Schedule } from "effect"
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

/** The labels that were wished for, and the intent. */
export const labelsOf = ({ labels, request }: Placement): LabelSet =>
  Object.fromEntries(
    Object.entries({ ...labels, cognigy_intent: request.intent }).map(([name, value]) => [name, bounded(value)])
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
