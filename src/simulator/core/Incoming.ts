import { Effect, Result, Schema, SchemaIssue } from "effect"
import type { Headers, HttpServerRequest } from "effect/http"
import { badRequest, Refusal } from "./Answer.ts"

/** A request whose body has been read. An error of the body is kept until an operation reads it. */
export interface Incoming {
  readonly method: string
  /** Path and query, as sent. */
  readonly url: string
  readonly headers: Headers.Headers
  /** The parameters of the path, decoded once. */
  readonly params: Readonly<Record<string, string | undefined>>
  /** The body as text: refused with 413 when it is too large, with 400 when it is not UTF-8. */
  readonly text: Result.Result<string, Refusal>
}

/** The usual limit of a body, in bytes. */
export const usualBody = 64 * 1024

const utf8 = new TextDecoder("utf-8", { fatal: true })

const tooLarge = (most: number) =>
  new Refusal({ status: 413, code: "request.too.large", message: `The body is larger than ${most / 1024} KiB` })

const decodeUtf8 = (bytes: ArrayBuffer, most: number): Result.Result<string, Refusal> =>
  bytes.byteLength > most
    ? Result.fail(tooLarge(most))
    : Result.try({ try: () => utf8.decode(bytes), catch: () => badRequest("The body is not UTF-8") })

/** Reads a request with a body of at most so many bytes. */
export const receive = (
  request: HttpServerRequest.HttpServerRequest,
  params: Incoming["params"],
  maxBody: number = usualBody
): Effect.Effect<Incoming> =>
  Effect.match(request.arrayBuffer, {
    onFailure: () => Result.fail(badRequest("The body could not be read")),
    onSuccess: (bytes) => decodeUtf8(bytes, maxBody)
  }).pipe(Effect.map((text) => ({ method: request.method, url: request.url, headers: request.headers, params, text })))

/** True when the content type is this one, with any parameters. */
export const hasContentType = (incoming: Incoming, contentType: string): boolean =>
  incoming.headers["content-type"]?.split(";")[0]?.trim().toLowerCase() === contentType

/** Parses JSON. */
export const parseJson = (text: string): Result.Result<Schema.Json, Refusal> =>
  Result.try({ try: (): Schema.Json => JSON.parse(text), catch: () => badRequest("The body is not JSON") })

/** Gets a parameter of the path. */
export const param = (incoming: Incoming, name: string): string => incoming.params[name] ?? ""

const strict = { onExcessProperty: "error", errors: "all" } as const

const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** The first place that is wrong, such as `contact.customFields.0.ident`. */
const fieldOf = (error: Schema.SchemaError): string | undefined =>
  format(error.issue)
    .issues[0]?.path?.map((segment) => String(typeof segment === "object" ? segment.key : segment))
    .join(".")

const described =
  (what: string) =>
  (error: Schema.SchemaError): Refusal =>
    badRequest(`${what} is not what this operation takes. ${error.message}`, fieldOf(error))

/** Makes a reader of JSON bodies. It refuses another content type and any difference from the schema with 400. */
export const jsonBody = <A, I>(schema: Schema.Codec<A, I>) => {
  const decode = Schema.decodeUnknownEffect(schema, strict)
  return Effect.fnUntraced(function* (incoming: Incoming): Effect.fn.Return<A, Refusal> {
    const text = yield* Effect.fromResult(incoming.text)
    if (!hasContentType(incoming, "application/json")) {
      return yield* badRequest("The content type is not application/json")
    }
    const json = yield* Effect.fromResult(parseJson(text))
    return yield* Effect.mapError(decode(json), described("The body"))
  })
}

/** Decodes `a=b&c=d`. It refuses wrong percent-encoding. */
const decodePairs = (encoded: string): Result.Result<URLSearchParams, Refusal> => {
  if (/[^\x21-\x7e]/.test(encoded)) return Result.fail(badRequest("Parameters must be percent-encoded"))
  return Result.try({
    // URLSearchParams would replace what it cannot decode, and skip a leading question mark.
    try: () => [decodeURIComponent(encoded), new URLSearchParams(`&${encoded}`)] as const,
    catch: () => badRequest("Parameters are not properly percent-encoded")
  }).pipe(Result.map(([, pairs]) => pairs))
}

type Pairs = Readonly<Record<string, string>>

const once = (pairs: URLSearchParams): Result.Result<Pairs, Refusal> => {
  const record = Object.fromEntries(pairs)
  return Object.keys(record).length === pairs.size
    ? Result.succeed(record)
    : Result.fail(badRequest("A parameter comes more than once"))
}

/** Decodes `a=b&c=d`. It refuses wrong percent-encoding, and a name that comes twice. */
export const parsePairs = (encoded: string): Result.Result<Pairs, Refusal> => Result.flatMap(decodePairs(encoded), once)

/** The pairs with a name such as `id[]` as lists, and the others as texts. */
const withLists = (pairs: URLSearchParams): Result.Result<Readonly<Record<string, unknown>>, Refusal> => {
  const lists: Record<string, Array<string>> = {}
  const others = new URLSearchParams()
  for (const [name, value] of pairs) {
    if (!name.endsWith("[]")) others.append(name, value)
    else if (Object.hasOwn(lists, name)) lists[name]?.push(value)
    else lists[name] = [value]
  }
  return Result.map(once(others), (single) => ({ ...single, ...lists }))
}

const makeQuery =
  (parse: (pairs: URLSearchParams) => Result.Result<Readonly<Record<string, unknown>>, Refusal>) =>
  <A, I>(schema: Schema.Codec<A, I>) => {
    const decode = Schema.decodeUnknownEffect(schema, strict)
    return Effect.fnUntraced(function* (incoming: Incoming): Effect.fn.Return<A, Refusal> {
      const start = incoming.url.indexOf("?")
      const pairs = decodePairs(start === -1 ? "" : incoming.url.slice(start + 1))
      const record = yield* Effect.fromResult(Result.flatMap(pairs, parse))
      return yield* Effect.mapError(decode(record), described("The query"))
    })
  }

/** Makes a reader of queries. It refuses any difference from the schema with 400. */
export const query = makeQuery(once)

/** Makes a reader of queries in which a name that ends with `[]` has a list of values. It refuses any difference from the schema with 400. */
export const listQuery = makeQuery(withLists)
