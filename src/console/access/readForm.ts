/** The form of a request, within its limits. */
import { ByteSize, Data, Duration, Effect } from "effect"
import { HttpIncomingMessage, type HttpServerRequest } from "effect/http"

/** How long a form may take to arrive. */
const TIME = Duration.seconds(10)

/** The form cannot be read. */
export class BadForm extends Data.TaggedError("BadForm")<{
  readonly status: 400 | 408 | 413 | 415
  /** Why, in a sentence. */
  readonly message: string
}> {}

const tooLarge = (maxBody: number) =>
  new BadForm({ status: 413, message: `The form is larger than ${Math.floor(maxBody / 1024)} KiB.` })

/** Reads a form of at most so many bytes. */
export const readForm = (
  request: HttpServerRequest.HttpServerRequest,
  maxBody: number
): Effect.Effect<FormData, BadForm> =>
  Effect.gen(function* () {
    const type = request.headers["content-type"] ?? ""
    if (!/^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type)) {
      return yield* new BadForm({ status: 415, message: "The request is not a form." })
    }
    if (Number(request.headers["content-length"]) > maxBody) return yield* tooLarge(maxBody)
    const body = yield* request.arrayBuffer.pipe(
      Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(maxBody)),
      Effect.mapError(({ reason }) =>
        reason._tag === "RequestParseError" && reason.reason === "BodyTooLarge"
          ? tooLarge(maxBody)
          : new BadForm({ status: 400, message: "The form did not arrive whole." })
      ),
      Effect.timeoutOrElse({
        duration: TIME,
        orElse: () => Effect.fail(new BadForm({ status: 408, message: "The form took too long to arrive." }))
      })
    )
    return yield* Effect.tryPromise({
      try: () => new Response(body, { headers: { "content-type": type } }).formData(),
      catch: () => new BadForm({ status: 400, message: "The form cannot be read." })
    })
  })
