/** Puts real values in the place of the pact's examples, wherever a request holds one as a whole. */
import { Result, type Schema } from "effect"
import type { Outgoing } from "../support/front.ts"

/** Real values by the examples that they stand for. */
export type Substitutes = ReadonlyMap<string, string>

/** Percent-decodes; text that cannot be decoded stands for itself. */
const decode = (text: string) =>
  Result.getOrElse(
    Result.try(() => decodeURIComponent(text)),
    () => text
  )

const inSegment = (substitutes: Substitutes) => (raw: string) => {
  const real = substitutes.get(decode(raw))
  return real === undefined ? raw : encodeURIComponent(real)
}

/** In `a=b&c=d`, of a query or a form. */
const inPairs = (substitutes: Substitutes, pairs: string) =>
  pairs
    .split("&")
    .map((pair) => {
      const [, name = pair, value] = /^([^=]*)=(.*)$/s.exec(pair) ?? []
      return value === undefined ? pair : `${name}=${inSegment(substitutes)(value.replaceAll("+", "%20"))}`
    })
    .join("&")

const inPath = (substitutes: Substitutes, url: string) => {
  const [, path = url, query] = /^([^?]*)\?(.*)$/s.exec(url) ?? []
  const replaced = path.split("/").map(inSegment(substitutes)).join("/")
  return query === undefined ? replaced : `${replaced}?${inPairs(substitutes, query)}`
}

const inJson = (substitutes: Substitutes, json: Schema.Json): Schema.Json => {
  if (typeof json === "string") return substitutes.get(json) ?? json
  // Some ids are numbers in bodies.
  if (typeof json === "number") return Number(substitutes.get(String(json)) ?? json)
  if (json === null || typeof json !== "object") return json
  if (Array.isArray(json)) return json.map((item) => inJson(substitutes, item))
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, inJson(substitutes, value)]))
}

/** In a body of JSON; what is none stays as it is. */
const inJsonText = (substitutes: Substitutes, text: string) =>
  Result.match(
    Result.try(() => JSON.parse(text)),
    { onFailure: () => text, onSuccess: (json) => JSON.stringify(inJson(substitutes, json)) }
  )

const inBody = (substitutes: Substitutes, credentials: Substitutes, { body, headers }: Outgoing): Uint8Array => {
  const type = headers["content-type"] ?? ""
  const text = new TextDecoder().decode(body)
  if (/^application\/x-www-form-urlencoded/i.test(type)) {
    return new TextEncoder().encode(inPairs(new Map([...credentials, ...substitutes]), text))
  }
  return substitutes.size > 0 && /^application\/([^;]*\+)?json/i.test(type)
    ? new TextEncoder().encode(inJsonText(substitutes, text))
    : body
}

/** Replaces examples in path, query and body; credentials only in forms, which carry nothing but a token call. */
export const substitute = (request: Outgoing, substitutes: Substitutes, credentials: Substitutes): Outgoing => ({
  ...request,
  path: inPath(substitutes, request.path),
  body: inBody(substitutes, credentials, request)
})

/** Replaces a user and a password in a header of the scheme Basic; `undefined` for another header. */
export const substituteBasic = (header: string, credentials: Substitutes): string | undefined => {
  const [, encoded] = /^Basic (.+)$/i.exec(header) ?? []
  if (encoded === undefined) return undefined
  const [user = "", ...rest] = Buffer.from(encoded, "base64").toString().split(":")
  const parts = [user, rest.join(":")].map((part) => credentials.get(part) ?? part)
  return `Basic ${Buffer.from(parts.join(":")).toString("base64")}`
}
