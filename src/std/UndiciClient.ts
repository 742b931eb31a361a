/**
 * Effect's `HttpClient` straight over undici's dispatcher, for small requests and answers: an answer comes whole, in one callback, with no stream, abort signal or
 * span for each. It decompresses answers, follows no redirects and sends no streams or forms.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import type * as Undici from "@effect/platform-node/Undici"
import { Effect, Inspectable, Layer, Option, Pipeable } from "effect"
import {
  Headers,
  HttpClient,
  HttpClientError,
  HttpClientRequest,
  HttpClientResponse,
  HttpIncomingMessage
} from "effect/http"
import { decoded } from "./contentCoding.ts"

/** The largest answer that is read, in bytes, once it is decompressed. A dispatcher should read no more either. */
export const MAX_SIZE = 1024 * 1024

/** The client, over whatever dispatcher is given: its options bound the time to connect, the answers' size and the number of connections. */
export const layer: Layer.Layer<HttpClient.HttpClient, never, NodeHttpClient.Dispatcher> = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(NodeHttpClient.Dispatcher, (dispatcher) =>
    HttpClient.makeWith<never, never, HttpClientError.HttpClientError, never>(
      Effect.flatMapEager((request) => send(dispatcher, request)),
      Effect.succeed
    )
  )
)

/** Fails with `TransportError` where no answer came, and with `DecodeError` where it did not come whole, or cannot be decompressed (its cause is a `CodingError`). */
const send = (
  dispatcher: Undici.Dispatcher,
  request: HttpClientRequest.HttpClientRequest
): Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError> =>
  Effect.callback((resume) => {
    const unsent = (cause: unknown) =>
      resume(Effect.fail(new HttpClientError.HttpClientError({ reason: new TransportError({ request, cause }) })))
    const url = urlOf(request)
    if (url === undefined) return unsent(new TypeError("not a URL"))
    const body = bodyOf(request)
    if (body === undefined) return unsent(new TypeError(`a body of the kind ${request.body._tag} is not sent`))
    let sending: Undici.Dispatcher.DispatchController | undefined
    let isOver = false
    let head: Head | undefined
    const chunks: Array<Buffer> = []
    const broken = (head: Head, cause: unknown) => {
      const response = new WholeResponse(request, url, head, chunks)
      return new HttpClientError.HttpClientError({
        reason: new HttpClientError.DecodeError({ request, response, cause })
      })
    }
    dispatcher.dispatch(
      {
        origin: url.origin,
        path: url.path,
        method: request.method as Undici.Dispatcher.HttpMethod,
        headers: request.headers,
        body
      },
      {
        onRequestStart: (controller) => {
          sending = controller
          if (isOver) controller.abort(interrupted())
        },
        onResponseStart: (_controller, status, headers) => {
          // One of 1xx is not the last.
          if (status >= 200) head = { status, headers }
        },
        onResponseData: (_controller, chunk) => {
          chunks.push(chunk)
        },
        onResponseEnd: () => {
          isOver = true
          const answered = head
          if (answered === undefined) return unsent(new Error("the answer has no head"))
          const coding = answered.headers["content-encoding"]
          if (coding === undefined) return resume(Effect.succeed(new WholeResponse(request, url, answered, chunks)))
          resume(
            decoded(Buffer.concat(chunks), String(coding), MAX_SIZE).pipe(
              Effect.mapBoth({
                onFailure: (cause) => broken(answered, cause),
                onSuccess: (content) => new WholeResponse(request, url, answered, [Buffer.from(content)])
              })
            )
          )
        },
        onResponseError: (_controller, cause) => {
          isOver = true
          if (head === undefined) return unsent(cause)
          resume(Effect.fail(broken(head, cause)))
        }
      }
    )
    return Effect.sync(() => {
      if (isOver) return
      isOver = true
      sending?.abort(interrupted())
    })
  })

const interrupted = () => new Error("the request was interrupted")

const { TransportError } = HttpClientError

/** The target of a request. */
interface Place {
  readonly origin: string
  readonly path: string
}

/** A URL with nothing in it that its parser would change. */
const PLAIN = /^(https?:\/\/[a-z0-9.:-]+)((?!.*\/(?:\.|%2[eE]))\/[\w/.~%&=-]*(?:\?[\w/.~%?&=-]+)?)$/

const urlOf = (request: HttpClientRequest.HttpClientRequest): Place | undefined => {
  const [, origin, path] = PLAIN.exec(request.url) ?? []
  if (origin !== undefined && path !== undefined && request.urlParams.params.length === 0) return { origin, path }
  const url = Option.getOrUndefined(HttpClientRequest.toUrl(request))
  return url && { origin: url.origin, path: url.pathname + url.search }
}

/** The head of an answer. */
interface Head {
  readonly status: number
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
}

/** The body for undici; `undefined` when it is a stream. */
const bodyOf = ({ body }: HttpClientRequest.HttpClientRequest): Uint8Array | string | null | undefined => {
  if (body._tag === "Empty") return null
  if (body._tag === "Uint8Array") return body.body
  return body._tag === "Raw" && typeof body.body === "string" ? body.body : undefined
}

/** Statuses whose answers have no body: the platform's `Response` refuses one. */
const BODILESS = new Set([204, 205, 304])

/** A complete answer. The platform's own `Response` does what is rarely needed. */
class WholeResponse extends Inspectable.Class implements HttpClientResponse.HttpClientResponse {
  readonly [HttpIncomingMessage.TypeId]: typeof HttpIncomingMessage.TypeId = HttpIncomingMessage.TypeId
  readonly [HttpClientResponse.TypeId]: typeof HttpClientResponse.TypeId = HttpClientResponse.TypeId
  readonly remoteAddress: Option.Option<string> = Option.none()
  readonly request: HttpClientRequest.HttpClientRequest
  readonly url: string
  readonly status: number
  readonly #headers: Head["headers"]
  readonly #chunks: ReadonlyArray<Uint8Array>
  #web: HttpClientResponse.HttpClientResponse | undefined

  constructor(
    request: HttpClientRequest.HttpClientRequest,
    { origin, path }: Place,
    { headers, status }: Head,
    chunks: ReadonlyArray<Uint8Array>
  ) {
    super()
    this.request = request
    this.url = origin + path
    this.status = status
    this.#headers = headers
    this.#chunks = chunks
  }

  get headers() {
    return Headers.fromInput(this.#headers)
  }
  get text() {
    return Effect.succeed(decoder.decode(this.#bytes()))
  }
  get arrayBuffer() {
    return this.#asWeb().arrayBuffer
  }
  get json() {
    return this.#asWeb().json
  }
  get urlParamsBody() {
    return this.#asWeb().urlParamsBody
  }
  get formData() {
    return this.#asWeb().formData
  }
  get stream() {
    return this.#asWeb().stream
  }
  get cookies() {
    return this.#asWeb().cookies
  }
  get upgrade() {
    return this.#asWeb().upgrade
  }
  toJSON(): unknown {
    return this.#asWeb().toJSON()
  }
  pipe() {
    // biome-ignore lint/complexity/noArguments: as everything that has a pipe does it
    return Pipeable.pipeArguments(this, arguments)
  }

  #bytes(): Uint8Array {
    const [only] = this.#chunks
    return only !== undefined && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks)
  }
  #asWeb() {
    if (this.#web !== undefined) return this.#web
    const headers = Object.entries(this.#headers).flatMap(
      ([name, values]): Array<[string, string]> => [values ?? []].flat().map((value) => [name, value])
    )
    // The platform's `Response` accepts no other status.
    const status = this.status <= 599 ? this.status : 200
    const body = BODILESS.has(this.status) ? null : new Uint8Array(this.#bytes())
    this.#web = HttpClientResponse.fromWeb(this.request, new Response(body, { status, headers }))
    return this.#web
  }
}

const decoder = new TextDecoder()
