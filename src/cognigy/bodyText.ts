/** The text of a body: JSON comes in UTF-8. */
import { Effect } from "effect"
import { jsonFault } from "../std/jsonFault.ts"
import { BadRequest } from "./problem/Problem.ts"

/** It also removes a byte order mark, which senders on Windows write. */
const utf8 = new TextDecoder("utf-8", { fatal: true })

const invalid = (detail: string) => new BadRequest({ error: "Invalid payload", detail })

const empty = invalid("the body is empty: send the payload as JSON (in Cognigy's HTTP Request node: Payload Type JSON)")

const utf16 = invalid("the body is in UTF-16: send it in UTF-8")

const gzip = invalid("the body is compressed, and no header says so: send Content-Encoding: gzip, or send it as it is")

/** The first two bytes of gzip, which are no UTF-8. */
const isGzip = ([first, second]: Uint8Array): boolean => first === 0x1f && second === 0x8b

/** JSON begins with ASCII, so a zero among the first two bytes or a byte order mark shows UTF-16. */
const isUtf16 = ([first, second]: Uint8Array): boolean =>
  first === 0 || second === 0 || (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)

/** The number of the first byte that is not UTF-8, from 1: there the text comes back as other bytes. */
const firstWrongByte = (bytes: Uint8Array): number => {
  const again = Buffer.from(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes))
  const index = bytes.findIndex((byte, i) => byte !== again[i])
  return index === -1 ? bytes.length : index + 1
}

const notUtf8 = (bytes: Uint8Array) =>
  invalid(`the body is not UTF-8 (at byte ${firstWrongByte(bytes)}): send it in UTF-8`)

/** Decodes a body. Fails when it holds nothing, or is not in UTF-8. */
export const decodeText = (bytes: Uint8Array): Effect.Effect<string, BadRequest> => {
  if (isUtf16(bytes)) return Effect.fail(utf16)
  if (isGzip(bytes)) return Effect.fail(gzip)
  return Effect.try({ try: () => utf8.decode(bytes), catch: () => notUtf8(bytes) }).pipe(
    Effect.flatMap((text) => (/\S/.test(text) ? Effect.succeed(text) : Effect.fail(empty)))
  )
}

/** The problem of a text that is not JSON: where it breaks, without its words. */
export const notJson = (text: string): BadRequest =>
  invalid(`the body is not JSON: ${jsonFault(text) ?? "it cannot be parsed"}`)
