/** The control over HTTP of a simulated Digital Engagement API. */
import { Effect, Schema } from "effect"
import { jsonAnswer, noContent } from "../core/Answer.ts"
import { controlPrefix, makeControlRoutes } from "../core/ControlRoutes.ts"
import type { Handler, Paths } from "../core/Dialect.ts"
import { jsonBody, param } from "../core/Incoming.ts"
import type { Digital } from "./Digital.ts"
import type { DigitalControls } from "./DigitalControls.ts"
import { Activity, FieldDefinition } from "./DigitalRecords.ts"
import { ContactStatus, DigitalState } from "./DigitalState.ts"
import { DigitalFault } from "./Operation.ts"
import { makeDigitalProviderStates } from "./ProviderStates.ts"
import { notFound } from "./refusals.ts"

const contactBody = jsonBody(
  Schema.Struct({
    authorId: Schema.NonEmptyString,
    threadId: Schema.optionalKey(Schema.NonEmptyString),
    channelId: Schema.optionalKey(Schema.NonEmptyString),
    number: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^[1-9]\d*$/, { expected: "digits" }))),
    status: Schema.optionalKey(ContactStatus)
  })
)

const statusBody = jsonBody(Schema.Struct({ status: ContactStatus }))
const fieldsBody = jsonBody(Schema.Array(FieldDefinition))
const activityBody = jsonBody(Activity)

/** Makes the control over HTTP of a simulated Digital Engagement API. */
export const makeDigitalControlRoutes = (digital: Digital, controls: DigitalControls): Paths<Handler> => {
  const open: Handler = (incoming) =>
    Effect.map(Effect.flatMap(contactBody(incoming), controls.openContact), (number) => jsonAnswer(200, { number }))

  const onContact = (act: (number: string) => Effect.Effect<boolean>, number: string) =>
    act(number).pipe(
      Effect.filterOrFail(
        (done) => done,
        () => notFound("active contact", number)
      ),
      Effect.as(noContent)
    )

  const close: Handler = (incoming) => onContact(controls.closeContact, param(incoming, "contact"))

  const setStatus: Handler = (incoming) =>
    Effect.flatMap(statusBody(incoming), ({ status }) =>
      onContact((number) => controls.setContactStatus(number, status), param(incoming, "contact"))
    )

  const setFields: Handler = (incoming) =>
    Effect.as(Effect.flatMap(fieldsBody(incoming), controls.setFields), noContent)

  const setActivity: Handler = (incoming) =>
    activityBody(incoming).pipe(
      Effect.flatMap((activity) => controls.setActivity(param(incoming, "skill"), activity)),
      Effect.as(noContent)
    )

  return {
    ...makeControlRoutes(controls, { fault: DigitalFault, state: DigitalState }),
    [`${controlPrefix}contacts`]: { POST: open },
    [`${controlPrefix}contacts/:contact/close`]: { POST: close },
    [`${controlPrefix}contacts/:contact/status`]: { PUT: setStatus },
    [`${controlPrefix}fields`]: { PUT: setFields },
    [`${controlPrefix}skills/:skill/activity`]: { PUT: setActivity },
    [`${controlPrefix}provider-states`]: { POST: makeDigitalProviderStates(digital, controls) }
  }
}
