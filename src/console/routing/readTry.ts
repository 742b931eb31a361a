/** The form in which an operator tries a payload: read as the webhook reads its requests. */
import { ByteSize, Effect } from "effect"
import { MAX_BODY, parseBody, tooLarge } from "../../cognigy/Body.ts"
import { toHandoverRequest } from "../../cognigy/payload/toHandoverRequest.ts"
import { parseTime } from "../../routing/explain/time.ts"

/** The form as it was filled in. */
export interface TryForm {
  readonly payload: string
  /** `2026-12-24T18:30`; empty for now. */
  readonly at: string
  readonly zone: string
}

/** The most bytes of a body, as a number. */
export const MAX_PAYLOAD = ByteSize.toNumberUnsafe(MAX_BODY)

/** The time of a form; `undefined` for now, `wrong` where it is none. */
export const timeOf = ({ at, zone }: TryForm): number | undefined | "wrong" =>
  at === "" ? undefined : (parseTime(`${at.replace("T", " ")} ${zone}`) ?? "wrong")

/** The request of a payload. Fails with the problem with which the webhook would answer it. */
export const requestOf = Effect.fnUntraced(function* ({ payload }: TryForm) {
  const bytes = Buffer.from(payload)
  if (bytes.byteLength > MAX_PAYLOAD) return yield* Effect.fail(tooLarge)
  return yield* Effect.flatMap(parseBody(bytes), toHandoverRequest)
})
