/** Bodies that are not JSON in UTF-8: each is told what is wrong with it, and where. */
import { gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { assertProblem } from "../e2e/support/answers.ts"
import { BODY, door } from "./support/app.ts"

const open = door({ mode: "none" })
const bytes = (text: string) => new TextEncoder().encode(text)
const latin1 = (text: string) => Uint8Array.from(Buffer.from(text, "latin1"))
const utf16 = (text: string) => Uint8Array.from(Buffer.from(text, "utf16le"))
const utf16be = (text: string) => Uint8Array.from(Buffer.from(text, "utf16le").swap16())

it.effect.each(["", " ", "\r\n\t ", "\ufeff"])("a body without any text is told to be empty: %j", (text) =>
  Effect.gen(function* () {
    const { post } = yield* open
    const detail = assertProblem(yield* post({}, bytes(text)), { status: 400, error: "Invalid payload" })
    assert.match(detail, /^the body is empty: send the payload as JSON/)
  })
)

it.effect("a byte order mark before JSON is ignored", () =>
  Effect.gen(function* () {
    const { post } = yield* open
    assert.strictEqual((yield* post({}, bytes(`\ufeff${BODY}`))).status, 200)
  })
)

it.effect.each([
  { what: "little endian", body: utf16(BODY) },
  { what: "little endian with a mark", body: utf16(`\ufeff${BODY}`) },
  { what: "big endian", body: utf16be(BODY) },
  { what: "big endian with a mark", body: utf16be(`\ufeff${BODY}`) }
])("a body in UTF-16 is told so: $what", ({ body }) =>
  Effect.gen(function* () {
    const { post } = yield* open
    const detail = assertProblem(yield* post({}, body), { status: 400, error: "Invalid payload" })
    assert.strictEqual(detail, "the body is in UTF-16: send it in UTF-8")
  })
)

it.effect("a body that is compressed, with no header that says so, is told so", () =>
  Effect.gen(function* () {
    const { post } = yield* open
    const detail = assertProblem(yield* post({}, Uint8Array.from(gzipSync(BODY))), {
      status: 400,
      error: "Invalid payload"
    })
    assert.match(detail, /^the body is compressed, and no header says so/)
  })
)

it.effect.each([
  { body: latin1('{"text":"Jürgen"}'), byte: 11 },
  { body: latin1("\xff"), byte: 1 },
  { body: Uint8Array.from([...bytes('{"text":"ü'), 0xc3, 0x28]), byte: 12 },
  { body: bytes('{"text":"ü').slice(0, -1), byte: 10 }
])("a body that is not UTF-8 is told so, with the byte $byte", ({ body, byte }) =>
  Effect.gen(function* () {
    const { post } = yield* open
    const detail = assertProblem(yield* post({}, body), { status: 400, error: "Invalid payload" })
    assert.strictEqual(detail, `the body is not UTF-8 (at byte ${byte}): send it in UTF-8`)
  })
)

describe("a body that is broken is told where", () => {
  it.effect.each([
    {
      body: '{"intent":"x","text":"secret said "hi""}',
      detail: /breaks at line 1, column 36: a comma or } is expected \(a quote/
    },
    { body: '{"intent":"x",\n "userId":"secret"', detail: /ends at line 2, column 19: a comma or } is expected/ },
    { body: "secret", detail: /breaks at line 1, column 1: a value is expected$/ }
  ])("$detail", ({ body, detail }) =>
    Effect.gen(function* () {
      const { logged, post } = yield* open
      const told = assertProblem(yield* post({}, bytes(body)), { status: 400, error: "Invalid payload" })
      assert.match(told, /^the body is not JSON: it /)
      assert.match(told, detail)
      assert.notInclude(told + logged.join(), "secret")
    })
  )
})
