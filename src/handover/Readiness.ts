/** Readiness for handovers: the contact centre accepts our calls. */
import { Context, Duration, Effect, Layer, Schema } from "effect"
import { ContactCentre } from "../cxone/ContactCentre.ts"
import * as Deadline from "../cxone/Deadline.ts"

/** Handovers cannot be taken now; the reason is safe to show. */
export class NotReady extends Schema.TaggedError<NotReady>()("NotReady", {
  /** Why, in a sentence. */
  reason: Schema.String
}) {
  override get message() {
    return this.reason
  }
}

/** How long a readiness check may take, 2 s: as long as one attempt to get a token by default. */
export const READINESS_TIMEOUT = Duration.seconds(2)

/** The readiness of the service. */
export class Readiness extends Context.Service<
  Readiness,
  {
    /** Succeeds at once while calls can be made; fails with the reason within 2 s. */
    readonly check: Effect.Effect<void, NotReady>
  }
>()("cognigy-cxone-router/handover/Readiness") {
  /** Readiness by the contact centre's own check. Each call makes a layer of its own. */
  static readonly layer = (): Layer.Layer<Readiness, never, ContactCentre> =>
    Layer.effect(
      Readiness,
      Effect.map(ContactCentre, ({ check }) => ({
        check: check.pipe(
          Deadline.within(READINESS_TIMEOUT),
          Effect.mapError(
            (error) =>
              new NotReady({
                reason:
                  error._tag === "DeadlineExceeded"
                    ? `CXone gave no access token within ${Duration.format(READINESS_TIMEOUT)}${error.through === undefined ? "" : `, through ${error.through}`}`
                    : error.message
              })
          )
        )
      }))
    )
}
