/** The call that sets a contact's custom fields in the background. */
import { Effect, Layer } from "effect"
import { Labels, type LabelsOptions } from "../transport/Labels.ts"
import { Contacts } from "./Contacts.ts"
import { CustomFields } from "./CustomFields.ts"

/** Labels as custom fields, through `PUT /dfo/3.0/contacts/{id}/custom-fields`. */
export const layerLabels = (options: LabelsOptions = {}): Layer.Layer<Labels, never, Contacts | CustomFields> =>
  Layer.unwrap(
    Effect.gen(function* () {
      const contacts = yield* Contacts
      const { known } = yield* CustomFields
      return Labels.layerFrom(
        (contactId, wishes, isRetry) =>
          Effect.flatMap(known(wishes), (fields) =>
            fields.length === 0 ? Effect.void : contacts.setFields(contactId, fields, isRetry)
          ),
        options
      )
    })
  )
