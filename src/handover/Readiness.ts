/** Whether handovers can be taken: a token for CXone can be had. */
import { Context, Duration, Effect, Layer, Schema } from "effect"
import { AccessToken } from "../cxone/transport/AccessToken.ts"
import * as Deadline from "../cxone/transport/Deadline.ts"

/** Handovers cannot be taken now; the reason is safe to show. */
export class NotReady extends Schema.TaggedError<NotReady>()("NotReady", {
  /** Why, in a sentence. */
  reason: Schema.String
}) {
  override get message() {
    return this.reason
  }
}

/** How long a readiness check waits for a token, 2 s: as long as one attempt to get it may take by default. */
export const READINESS_TIMEOUT = Duration.seconds(2)

/** The readiness of the service. */
export class Readiness extends Context.Service<
  Readiness,
  {
    /** Succeeds at once while a token is at hand; fails with the reason within 2 s. */
    readonly check: Effect.Effect<void, NotReady>
  }
>()("cognigy-cxone-router/handover/Readiness") {
  /** Readiness by the access token. */
  static layer(): Layer.Layer<Readiness, never, AccessToken> {
    return Layer.effect(
      Readiness,
      Effect.map(AccessToken, (accessToken) => ({
        check: accessToken.get.pipe(
          Deadline.within(READINESS_TIMEOUT),
          Effect.mapError(
            (error) =>
              new NotReady({
                reason:
                  error._tag === "DeadlineExceeded"
                    ? `CXone gave no access token within ${Duration.format(READINESS_TIMEOUT)}`
                    : error.message
              })
          ),
          Effect.asVoid
        )
      }))
    )
  }
}
