/** Signed webhooks, and how failed attempts are counted and logged: the whole front door without a socket, under the test's clock. */
import { createHmac } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Redacted, Result, Schema } from "effect"
import { TestClock } from "effect/testing"
import { DECIDE_PATH, EXPLAIN_PATH } from "../../src/cognigy/Api.ts"
import type { WebhookCredentials } from "../../src/cognigy/door/Credentials.ts"
import { signatureHeaders } from "../../src/cognigy/door/Signature.ts"
import { BODY, door, NOW } from "./support/app.ts"

/** The example of the Standard Webhooks libraries. */
const reference = {
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  timestamp: NOW,
  body: '{"test": 2432232314}',
  signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
}

const secret = (byte: number, length = 32) => `whsec_${Buffer.alloc(length, byte).toString("base64")}`

const [current, former, foreign] = [secret(1), secret(2), secret(3)]

const signed = (...secrets: ReadonlyArray<string>): WebhookCredentials => ({
  mode: "signature",
  secrets: secrets.map((text) => Redacted.make(text))
})

interface Webhook {
  readonly id: string
  readonly timestamp: string
  readonly body: string | Uint8Array
}

const sign = (secret: string, { body, id, timestamp }: Webhook) =>
  `v1,${createHmac("sha256", Buffer.from(secret.replace("whsec_", ""), "base64"))
    .update(`${id}.${timestamp}.`)
    .update(body)
    .digest("base64")}`

const usual: Webhook = { id: "msg_1", timestamp: String(NOW), body: BODY }

/** The headers of a webhook with these signatures; without any, with the right one. */
const headersOf = (webhook: Webhook, ...signatures: ReadonlyArray<string>) => ({
  "webhook-id": webhook.id,
  "webhook-timestamp": webhook.timestamp,
  "webhook-signature": signatures.length > 0 ? signatures.join(" ") : sign(current, webhook)
})

type Door = Effect.Success<ReturnType<typeof door>>
type Answer = Effect.Success<ReturnType<Door["post"]>>

const assertLetIn = ({ handled, status, text }: Answer) => {
  assert.strictEqual(status, 200, text)
  assert.strictEqual(handled, 1)
}

const assertKeptOut = ({ detail, error, handled, headers, status, text }: Answer, told: RegExp) => {
  assert.strictEqual(status, 401, text)
  assert.strictEqual(error, "Unauthorized")
  assert.strictEqual(headers["www-authenticate"], 'Webhook-Signature realm="cognigy-cxone-router"')
  assert.match(String(detail), told)
  assert.strictEqual(handled, 0)
}

describe("a signed webhook", () => {
  it.effect("is accepted with the signature of Standard Webhooks' own example", () =>
    Effect.gen(function* () {
      const { post } = yield* door(signed(reference.secret))
      const { body, id, signature, timestamp } = reference
      const headers = headersOf({ id, timestamp: String(timestamp), body }, signature)
      // Its body is no handover: that it is looked at at all shows that the signature was accepted.
      const { error, status } = yield* post(headers, body)
      assert.deepStrictEqual({ error, status }, { error: "Missing required fields", status: 400 })
      assertKeptOut(yield* post(headers, '{"test": 2432232315}'), /no signature matches/)
    })
  )

  it.effect("may ask where its conversation would go, and nothing is handed over; one that is not signed may not", () =>
    Effect.gen(function* () {
      const { post } = yield* door(signed(current))
      for (const path of [DECIDE_PATH, EXPLAIN_PATH]) {
        const { handled, status, text } = yield* post(headersOf(usual), BODY, path)
        assert.strictEqual(status, 200, text)
        assert.include(text, '"rule":"r-1"')
        assert.strictEqual(handled, 0)
        assertKeptOut(yield* post({}, BODY, path), /./)
        assertKeptOut(yield* post(headersOf(usual), '{"intent":"any","userId":"ben"}', path), /no signature matches/)
      }
    })
  )

  it.effect("is signed by us like Standard Webhooks' own example, and accepted", () =>
    Effect.gen(function* () {
      const { body, id, secret, signature, timestamp } = reference
      const made = signatureHeaders(Redacted.make(secret), { id, timestamp }, body)
      assert.deepStrictEqual(Result.getOrThrow(made), headersOf({ id, timestamp: String(timestamp), body }, signature))
      const { post } = yield* door(signed(current))
      const ours = Result.getOrThrow(signatureHeaders(Redacted.make(current), { id: "us", timestamp: NOW }, BODY))
      assertLetIn(yield* post(ours))
    })
  )

  it.effect("is not signed by us with a text that is no secret", () =>
    Effect.sync(() => {
      const made = signatureHeaders(Redacted.make("whsec_short"), { id: "us", timestamp: NOW }, BODY)
      assert.deepStrictEqual(made, Result.fail("is not base64"))
    })
  )

  it.effect("is accepted, with and without whsec_ before the secret", () =>
    Effect.gen(function* () {
      for (const text of [current, current.replace("whsec_", "")]) {
        const { post } = yield* door(signed(text))
        assertLetIn(yield* post(headersOf(usual)))
      }
    })
  )

  for (const [what, length] of [
    ["the shortest", 24],
    ["the longest", 64]
  ] as const) {
    it.effect(`is accepted with ${what} possible secret`, () =>
      Effect.gen(function* () {
        const { post } = yield* door(signed(secret(9, length)))
        assertLetIn(yield* post(headersOf(usual, sign(secret(9, length), usual))))
      })
    )
  }

  it.effect("is compared by its bytes, not by their meaning", () =>
    Effect.gen(function* () {
      const { post } = yield* door(signed(current))
      for (const body of [
        ` ${BODY}\n`,
        "\ufeff".concat(BODY),
        '{"userId":"j\u00fcrgen \ud83d\ude00","intent":"any"}'
      ]) {
        const headers = headersOf({ ...usual, body })
        assertLetIn(yield* post(headers, body))
        assertKeptOut(yield* post(headers, JSON.stringify(JSON.parse(body.trim()), null, 1)), /no signature matches/)
      }
    })
  )

  it.effect("is accepted while secrets are rotated, whichever side changes first", () =>
    Effect.gen(function* () {
      const both = yield* door(signed(former, current))
      for (const signatures of [
        [sign(current, usual)],
        [sign(former, usual)],
        [sign(former, usual), sign(current, usual)],
        [sign(foreign, usual), sign(current, usual)],
        [sign(current, usual), sign(foreign, usual)]
      ]) {
        assertLetIn(yield* both.post(headersOf(usual, ...signatures)))
      }
      assertKeptOut(yield* both.post(headersOf(usual, sign(foreign, usual))), /no signature matches/)
      const one = yield* door(signed(current))
      assertLetIn(yield* one.post(headersOf(usual, sign(former, usual), sign(current, usual))))
      assertKeptOut(yield* one.post(headersOf(usual, sign(former, usual))), /no signature matches/)
    })
  )

  it.effect("may bring signatures of other versions, which are not looked at", () =>
    Effect.gen(function* () {
      const { post } = yield* door(signed(current))
      const right = sign(current, usual)
      const asymmetric = `v1a,${Buffer.alloc(64, 7).toString("base64")}`
      assertLetIn(yield* post(headersOf(usual, asymmetric, right)))
      assertLetIn(yield* post(headersOf(usual, right, "v2,x", "", "nonsense", "v1,")))
      for (const other of [
        asymmetric,
        right.replace("v1", "v1a"),
        right.replace("v1", "v2"),
        right.replace("v1,", "")
      ]) {
        assertKeptOut(yield* post(headersOf(usual, other)), /webhook-signature must hold v1,/)
      }
    })
  )

  it.effect("may bring eight signatures; more are not looked at", () =>
    Effect.gen(function* () {
      const { post } = yield* door(signed(current))
      const wrong = Array.from({ length: 8 }, (_, index) => sign(secret(100 + index), usual))
      const right = sign(current, usual)
      assertLetIn(yield* post(headersOf(usual, ...wrong.slice(1), right)))
      assertLetIn(yield* post(headersOf(usual, "v1a,x", ...wrong.slice(1), right)))
      assertKeptOut(yield* post(headersOf(usual, ...wrong, right)), /no signature matches/)
    })
  )
})

describe("tampering with", () => {
  const change = (text: string, at: number) => {
    const other = text[at] === "A" ? "B" : "A"
    return text.slice(0, at) + other + text.slice(at + 1)
  }

  it.effect("any character of the signature is noticed", () =>
    Effect.gen(function* () {
      const { post } = yield* door(signed(current))
      const right = sign(current, usual)
      for (let at = 0; at < right.length; at++) {
        assertKeptOut(yield* post(headersOf(usual, change(right, at))), /no signature matches|must hold v1,/)
      }
      // The last character carries two bits that say nothing: no other spelling of the same bytes is taken.
      for (const last of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".replace(
        right.at(-2) ?? "",
        ""
      )) {
        assertKeptOut(yield* post(headersOf(usual, `${right.slice(0, -2)}${last}=`)), /no signature matches/)
      }
      assertKeptOut(yield* post(headersOf(usual, right.slice(0, -1))), /must hold v1,/)
    })
  )

  for (const [what, webhook] of [
    ["the id", { ...usual, id: "msg_2" }],
    ["the id's case", { ...usual, id: "MSG_1" }],
    ["the timestamp", { ...usual, timestamp: String(NOW + 1) }],
    ["the body", { ...usual, body: BODY.replace("anna", "otto") }],
    ["the body's end", { ...usual, body: `${BODY} ` }],
    ["where the id ends", { ...usual, id: `msg_1.${NOW}` }]
  ] as const) {
    it.effect(`${what} is noticed`, () =>
      Effect.gen(function* () {
        const { post } = yield* door(signed(current))
        const { body, ...rest } = webhook
        assertKeptOut(
          yield* post(headersOf({ body, ...rest }, sign(current, usual)), body),
          /no signature matches|dots/
        )
      })
    )
  }

  it.effect("a body that was left out is noticed", () =>
    Effect.gen(function* () {
      const { post } = yield* door(signed(current))
      assertKeptOut(yield* post(headersOf(usual), ""), /no signature matches/)
    })
  )
})

describe("the time of a signed webhook", () => {
  const at = (timestamp: number | string) => headersOf({ ...usual, timestamp: String(timestamp) })

  it.effect("may be 5 minutes off in either direction, and no second more", () =>
    Effect.gen(function* () {
      const { counts, post } = yield* door(signed(current))
      assertLetIn(yield* post(at(NOW - 300)))
      assertLetIn(yield* post(at(NOW + 300)))
      assertKeptOut(yield* post(at(NOW - 301)), /301 s behind the router's clock/)
      assertKeptOut(yield* post(at(NOW + 301)), /301 s ahead of the router's clock/)
      assert.deepStrictEqual(yield* counts, { missing: 0, wrong: 0, expired: 2 })
    })
  )

  it.effect("passes: an accepted webhook is a replay 5 minutes later", () =>
    Effect.gen(function* () {
      const { post } = yield* door(signed(current))
      assertLetIn(yield* post(headersOf(usual)))
      yield* TestClock.adjust("300 seconds")
      assertLetIn(yield* post(headersOf(usual)))
      yield* TestClock.adjust("1 second")
      assertKeptOut(yield* post(headersOf(usual)), /check the sender's clock/)
    })
  )

  for (const timestamp of [
    String(NOW * 1000),
    `${NOW}.5`,
    `-${NOW}`,
    `+${NOW}`,
    `0${NOW}`,
    `0x${NOW.toString(16)}`,
    "1.614265330e9",
    `${NOW}, ${NOW}`,
    `${NOW}s`,
    "now",
    "Infinity",
    "NaN",
    "2021-02-25T15:02:10Z"
  ]) {
    it.effect(`is no time when it is spelled ${timestamp}`, () =>
      Effect.gen(function* () {
        const { post } = yield* door(signed(current))
        assertKeptOut(yield* post(at(timestamp)), /whole seconds since 1970, not in milliseconds/)
      })
    )
  }
})

describe("a request that is not signed", () => {
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature } = headersOf(usual)

  for (const [headers, missing] of [
    [{}, "webhook-id, webhook-timestamp, webhook-signature"],
    [{ "webhook-timestamp": timestamp, "webhook-signature": signature }, "webhook-id"],
    [{ "webhook-id": id, "webhook-signature": signature }, "webhook-timestamp"],
    [{ "webhook-id": id, "webhook-timestamp": timestamp }, "webhook-signature"],
    [{ "webhook-id": "", "webhook-timestamp": timestamp, "webhook-signature": "" }, "webhook-id, webhook-signature"],
    [{ "x-api-key": current, authorization: `Bearer ${current}` }, "webhook-id, webhook-timestamp, webhook-signature"]
  ] as const) {
    it.effect(`is told the missing headers with ${JSON.stringify(Object.keys(headers))}: ${missing}`, () =>
      Effect.gen(function* () {
        const { counts, post } = yield* door(signed(current))
        assertKeptOut(yield* post(headers), new RegExp(`missing: ${missing}$`))
        assert.deepStrictEqual(yield* counts, { missing: 1, wrong: 0, expired: 0 })
      })
    )
  }

  for (const id of ["a.b", "a b", "a, b", "j\u00fcrgen", "x".repeat(257)]) {
    it.effect(`is told that ${JSON.stringify(id.slice(0, 9))} is no id`, () =>
      Effect.gen(function* () {
        const { post } = yield* door(signed(current))
        assertKeptOut(yield* post(headersOf({ ...usual, id })), /webhook-id must be 1 to 256 ASCII characters/)
      })
    )
  }

  for (const [what, secrets] of [
    ["no secret", []],
    ["an empty secret", [""]],
    ["a secret that is too short", ["whsec_c2hvcnQ="]],
    ["a secret that is no base64", ["whsec_%%%"]]
  ] as const) {
    it.effect(`is kept out by a router with ${what}, whatever it was signed with`, () =>
      Effect.gen(function* () {
        const { post } = yield* door(signed(...secrets))
        for (const text of ["", ...secrets]) {
          const key = Buffer.from(text.replace("whsec_", ""), "base64")
          const mac = createHmac("sha256", key).update(`msg_1.${NOW}.${BODY}`).digest("base64")
          assertKeptOut(yield* post(headersOf(usual, `v1,${mac}`)), /no signature matches/)
        }
      })
    )
  }

  const text = Arbitrary.schema(Schema.String)
  const spelling = Arbitrary.schema(
    Schema.Literals(["as it is", "v1", "a signature", "id", "time", "v1,", ",", " ", "v1,=", "0", "\u0000"])
  )
  /** Any text, any text made up like a signature, and pieces of right headers. */
  const nearly = Arbitrary.map(Arbitrary.all({ spelling, text }), ({ spelling, text }) => {
    switch (spelling) {
      case "as it is":
        return text
      case "v1":
        return `v1,${Buffer.from(text).toString("base64")}`
      case "a signature":
        return `v1,${createHmac("sha256", "k").update(text).digest("base64")} ${text}`
      case "id":
        return usual.id
      case "time":
        return usual.timestamp
      default:
        return spelling
    }
  })

  it.effect.prop(
    "is answered 401 whatever its headers hold, and none of it comes back or into the log",
    { id: nearly, timestamp: nearly, signature: nearly },
    ({ id, signature, timestamp }) =>
      Effect.gen(function* () {
        const { logged, post } = yield* door(signed(current, former))
        const answer = yield* post({ "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature })
        assertKeptOut(answer, /./)
        for (const value of [id, signature]) {
          if (value.length < 12) continue
          for (const text of [answer.text, JSON.stringify(answer.headers), ...logged]) assert.notInclude(text, value)
        }
      })
  )
})

describe("what is checked when", () => {
  /** A body that says whether it was asked for. */
  const watched = () => {
    let asked = false
    const stream = new ReadableStream<Uint8Array>(
      {
        pull: () => {
          asked = true
          return new Promise<void>(() => {})
        }
      },
      { highWaterMark: 0 }
    )
    return { stream, wasAsked: () => asked }
  }

  for (const [what, headers, told] of [
    ["nothing signed", {}, /missing/],
    ["a time that has passed", headersOf({ ...usual, timestamp: String(NOW - 301) }), /behind/],
    ["a time to come", headersOf({ ...usual, timestamp: String(NOW + 301) }), /ahead/],
    ["no time", headersOf({ ...usual, timestamp: "now" }), /seconds/],
    ["no id", headersOf({ ...usual, id: "a.b" }), /dots/],
    ["no signature of version v1", headersOf(usual, "v1a,x"), /must hold/]
  ] as const) {
    it.effect(`${what} is refused without a look at a body that never ends`, () =>
      Effect.gen(function* () {
        const { post } = yield* door(signed(current))
        const { stream, wasAsked } = watched()
        assertKeptOut(yield* post(headers, stream), told)
        assertKeptOut(yield* post({ ...headers, "content-type": "text/plain" }), told)
        assertKeptOut(yield* post({ ...headers, "content-length": "1000000000" }), told)
        assert.isFalse(wasAsked())
      })
    )
  }

  it.effect("a body that is too large is not read to the end for its signature", () =>
    Effect.gen(function* () {
      const { post } = yield* door(signed(current))
      const body = JSON.stringify({ intent: "any", userId: "anna", text: "x".repeat(300_000) })
      const { handled, status } = yield* post(headersOf({ ...usual, body }), body)
      assert.deepStrictEqual({ handled, status }, { handled: 0, status: 413 })
    })
  )

  it.effect("only a sender that signed it is told that its body is no JSON", () =>
    Effect.gen(function* () {
      const { post } = yield* door(signed(current))
      const { error, status } = yield* post(headersOf({ ...usual, body: "{" }), "{")
      assert.deepStrictEqual({ error, status }, { error: "Invalid payload", status: 400 })
      assertKeptOut(yield* post(headersOf(usual), "{"), /no signature matches/)
    })
  )
})

describe("failed attempts", () => {
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` })
  const keys: WebhookCredentials = { mode: "api-key", keys: [Redacted.make("the-right-key")] }
  const user: WebhookCredentials = { mode: "basic", user: "cognigy", password: Redacted.make("the-password") }

  for (const [credentials, missing, wrong, right] of [
    [
      keys,
      [{}, { "x-api-key": "" }],
      [{ "x-api-key": "wr0ng" }, { authorization: "Bearer wr0ng" }, basic("a:wr0ng")],
      { "x-api-key": "the-right-key" }
    ],
    [
      user,
      [{}, { "x-api-key": "wr0ng" }],
      [basic("cognigy:wr0ng"), { authorization: "Basic" }],
      basic("cognigy:the-password")
    ],
    [
      signed(current),
      [{}, basic("cognigy:wr0ng")],
      [headersOf(usual, sign(foreign, usual)), headersOf({ ...usual, id: "a.b" })],
      headersOf(usual)
    ]
  ] as const) {
    it.effect(`are counted by their reason with ${credentials.mode}, and accepted requests are not`, () =>
      Effect.gen(function* () {
        const { counts, post } = yield* door(credentials)
        assertLetIn(yield* post(right))
        assert.deepStrictEqual(yield* counts, { missing: 0, wrong: 0, expired: 0 })
        yield* Effect.forEach(missing, (headers) => post(headers))
        yield* Effect.forEach(wrong, (headers) => post(headers))
        assert.deepStrictEqual(yield* counts, { missing: missing.length, wrong: wrong.length, expired: 0 })
      })
    )

    it.effect(`are logged at once with ${credentials.mode}, then once in 10 s with how many there were`, () =>
      Effect.gen(function* () {
        const { logged, post } = yield* door(credentials)
        const fail = Effect.forEach([...missing, ...wrong], (headers) => post(headers), { discard: true })
        const refusals = () => logged.splice(0)
        const attempts = missing.length + wrong.length
        yield* fail
        yield* fail
        const [first, ...others] = refusals()
        assert.deepStrictEqual(others, [])
        assert.match(String(first), /^refused → 401 Unauthorized: /)
        assert.notInclude(String(first), "since the last such line")
        yield* TestClock.adjust("9999 millis")
        yield* fail
        assert.deepStrictEqual(refusals(), [])
        yield* TestClock.adjust("1 millis")
        yield* fail
        assert.match(
          refusals().join("\n"),
          new RegExp(`\\(and ${3 * attempts - 1} more refused since the last such line\\)$`)
        )
        yield* TestClock.adjust("10 seconds")
        yield* fail
        assert.match(
          refusals().join("\n"),
          new RegExp(`\\(and ${attempts - 1} more refused since the last such line\\)$`)
        )
        yield* TestClock.adjust("1 hour")
        yield* post({})
        yield* TestClock.adjust("1 hour")
        yield* post({})
        assert.deepStrictEqual(
          refusals().map((line) => /\(and \d+/.exec(line)?.[0]),
          [`(and ${attempts - 1}`, undefined]
        )
      })
    )

    it.effect(`never show a credential with ${credentials.mode}: neither in an answer nor in the log`, () =>
      Effect.gen(function* () {
        const { logged, post } = yield* door(credentials)
        const answers: Array<Answer> = []
        for (const headers of [...missing, ...wrong, right]) {
          answers.push(yield* post(headers))
          yield* TestClock.adjust("10 seconds")
        }
        const given = [
          "wr0ng",
          "the-right-key",
          "the-password",
          current.slice(6),
          former.slice(6),
          sign(foreign, usual).slice(3)
        ]
        const said = [...answers.map(({ headers, text }) => text + JSON.stringify(headers)), ...logged].join("\n")
        for (const text of [...given, "anna", "a.b", Buffer.from("cognigy:wr0ng").toString("base64")]) {
          assert.notInclude(said, text)
        }
      })
    )
  }

  it.effect("fill no log either when they pass for signed until the body comes", () =>
    Effect.gen(function* () {
      const { counts, logged, post } = yield* door(signed(current))
      const wrong = headersOf(usual, sign(foreign, usual))
      for (let round = 0; round < 20; round++) {
        assert.strictEqual((yield* post({ ...wrong, "content-type": "text/plain" })).status, 400)
        assert.strictEqual((yield* post({ ...wrong, "content-length": "1000000" })).status, 413)
        assert.strictEqual((yield* post(wrong)).status, 401)
      }
      assert.lengthOf(logged, 1)
      assert.deepStrictEqual(yield* counts, { missing: 0, wrong: 20, expired: 0 })
    })
  )

  it.effect("do not hide the problems of signed webhooks", () =>
    Effect.gen(function* () {
      const { logged, post } = yield* door(signed(current))
      yield* post({})
      for (const body of ["{", "[]", "{}"]) yield* post(headersOf({ ...usual, body }), body)
      assert.deepStrictEqual(
        logged.map((line) => /→ ([^:]+):/.exec(line)?.[1]),
        ["401 Unauthorized", "400 Invalid payload", "400 Invalid payload", "400 Missing required fields"]
      )
    })
  )
})
