import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Schema } from "effect"
import { toHandoverRequest } from "../../src/cognigy/payload/toHandoverRequest.ts"
import { BadRequest } from "../../src/cognigy/problem/Problem.ts"
import { nothingElse } from "../support/request.ts"
import { composed, facts, flowOf, inputOf, json, number, oneOf, requestOf } from "./support/payloads.ts"

/** Decodes what JSON makes of a body: members that are `undefined` are not sent. */
const decode = (body: unknown) => toHandoverRequest(JSON.parse(JSON.stringify(body)))

const refusal = (body: unknown) => Effect.flip(decode(body))

describe("any valid payload", () => {
  it.effect.prop("of a flow is the request that it describes, unknown members ignored", { facts }, ({ facts }) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* decode(flowOf(facts)), requestOf(facts))
    })
  )

  it.effect.prop(
    "of Cognigy's input is the request that it describes, unknown members ignored",
    { facts },
    ({ facts }) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* decode(inputOf(facts)), requestOf(facts))
      })
  )

  it.effect.prop("says the same in both shapes", { facts }, ({ facts }) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* decode(flowOf(facts)), yield* decode(inputOf(facts)))
    })
  )

  it.effect("is the tutorial's", () =>
    Effect.gen(function* () {
      const request = yield* decode({
        intent: { name: "transfer_to_agent", score: 0.95 },
        entities: [{ name: "agentId", value: "agent_123" }],
        session: { sessionId: "session-abc-123" },
        user: { id: "user-xyz-456" }
      })
      assert.deepStrictEqual(request, {
        ...nothingElse,
        intent: "transfer_to_agent",
        confidence: 0.95,
        userId: "user-xyz-456",
        entities: [{ name: "agentId", value: "agent_123" }],
        sessionId: "session-abc-123"
      })
    })
  )
})

const flow = (members: object = {}) => ({ intent: { name: "i" }, user: { id: "u" }, ...members })
const input = (members: object = {}) => ({ intent: "i", userId: "u", ...members })
const bare = { ...nothingElse, intent: "i", userId: "u" }

describe("null", () => {
  const nulls = {
    language: null,
    channel: null,
    inputId: null,
    traceId: null,
    text: null,
    data: null,
    contactId: null,
    transcript: null,
    summary: null,
    customer: null,
    context: null
  }

  it.effect("counts as absent wherever a flow can write it", () =>
    Effect.gen(function* () {
      for (const body of [
        flow({ ...nulls, entities: null, session: null }),
        flow({ ...nulls, intent: { name: "i", score: null }, entities: [], session: { sessionId: null } }),
        flow({ entities: [{ name: null, value: "v" }] }),
        flow({ entities: [{ name: "e", value: null }] }),
        flow({ entities: [{ name: "e" }, {}] }),
        flow({ slots: null, userId: null, intentScore: null }),
        flow({ customer: { name: null, email: null, phone: null }, context: { a: null } }),
        flow({
          transcript: [null, {}, { role: null, text: null, payload: null, at: null }, { payload: { text: null } }]
        })
      ]) {
        assert.deepStrictEqual(yield* decode(body), bare, JSON.stringify(body))
      }
    })
  )

  it.effect("counts as absent wherever Cognigy's input can hold it", () =>
    Effect.gen(function* () {
      for (const body of [
        input({ ...nulls, intentScore: null, slots: null, sessionId: null }),
        input({ slots: { e: null } }),
        input({ slots: { e: [null] } }),
        input({ slots: { e: [{ keyphrase: null, value: null }] } }),
        input({ user: null, session: null, entities: null })
      ]) {
        assert.deepStrictEqual(yield* decode(body), bare, JSON.stringify(body))
      }
    })
  )

  it.effect("counts as absent among the entities too", () =>
    Effect.gen(function* () {
      const { entities } = yield* decode(flow({ entities: [null, { name: "e", value: "v" }] }))
      assert.deepStrictEqual(entities, [{ name: "e", value: "v" }])
    })
  )

  for (const [shape, body, missing] of [
    ["a flow's intent and user", { intent: null, user: null }, "intent.name, user.id"],
    ["a flow's names of them", { intent: { name: null }, user: { id: null } }, "intent.name, user.id"],
    ["the input's intent", { intent: null, userId: "u" }, "intent"],
    ["the input's user", { intent: "i", userId: null }, "userId"]
  ] as const) {
    it.effect(`as ${shape} is a missing field`, () =>
      Effect.gen(function* () {
        const { detail, error } = yield* refusal(body)
        assert.deepStrictEqual([error, detail], ["Missing required fields", `missing or empty: ${missing}`])
      })
    )
  }
})

describe("a missing intent or user is named as the shape in hand calls it", () => {
  for (const [body, missing] of [
    [{}, "intent.name, user.id"],
    [{ intent: {}, user: {} }, "intent.name, user.id"],
    [{ intent: { name: "" }, user: { id: "" } }, "intent.name, user.id"],
    [{ intent: { score: 0.4 }, user: { id: "u" } }, "intent.name"],
    [{ user: { id: "u" } }, "intent.name"],
    [{ intent: { name: "i" } }, "user.id"],
    [{ intent: { name: "i" }, userId: "u" }, "user.id"],
    [{ intent: "i" }, "userId"],
    [{ intent: "i", user: { id: "u" } }, "userId"],
    [{ intent: "i", userId: "" }, "userId"],
    [{ intent: "", userId: "u" }, "intent"],
    [{ intent: "", userId: "" }, "intent.name, user.id"],
    [{ intent: "", user: { id: "u" } }, "intent.name"],
    [{ intent: " ", user: { id: "u" }, userId: "" }, "intent.name"],
    [{ user: { id: "u" }, userId: "", slots: "", intentScore: " ", sessionId: "\n" }, "intent.name"],
    [{ intent: " ", userId: "u" }, "intent"],
    [{ intent: "i", userId: " \t" }, "userId"],
    [{ userId: "u" }, "intent"],
    [{ intent: null, intentScore: null, slots: {}, sessionId: "s", inputId: "n" }, "intent, userId"]
  ] as const) {
    it.effect(JSON.stringify(body), () =>
      Effect.gen(function* () {
        const { detail, error } = yield* refusal(body)
        assert.deepStrictEqual([error, detail], ["Missing required fields", `missing or empty: ${missing}`])
      })
    )
  }
})

describe("an id", () => {
  const ids = [
    "a_b_c",
    "ü/ß %41",
    "👩‍👩‍👧‍👦",
    "😀".repeat(256),
    "a".repeat(256),
    "007",
    "1e3",
    " a ",
    "..",
    "null",
    "日本\u3000語"
  ]

  for (const text of ids) {
    it.effect(`goes through whole: ${text.slice(0, 16)}`, () =>
      Effect.gen(function* () {
        for (const request of [
          yield* decode(flow({ user: { id: text }, session: { sessionId: text }, inputId: text, traceId: text })),
          yield* decode(input({ userId: text, sessionId: text, inputId: text, traceId: text }))
        ]) {
          const { inputId, sessionId, traceId, userId } = request
          assert.deepStrictEqual([userId, sessionId, inputId, traceId], [text, text, text, text])
        }
      })
    )
  }

  for (const [number, text] of [
    [0, "0"],
    [42, "42"],
    [-7, "-7"],
    [9007199254740991, "9007199254740991"],
    [-9007199254740991, "-9007199254740991"],
    [1e15, "1000000000000000"]
  ] as const) {
    it.effect(`that is the whole number ${number} is its decimal text`, () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* decode(flow({ user: { id: number } }))).userId, text)
        assert.strictEqual((yield* decode(input({ userId: number, traceId: number }))).traceId, text)
      })
    )
  }

  it.effect.prop("that is any other number is refused with its path", { number }, ({ number }) =>
    Effect.gen(function* () {
      if (Number.isSafeInteger(number)) return
      const { detail, error } = yield* refusal(flow({ user: { id: number } }))
      assert.strictEqual(error, "Invalid payload")
      assert.match(detail, /^user\.id: /)
    })
  )

  it.effect.each(["9007199254740992", "12345678901234567890", "-9007199254740993", "1.5", "1e400", "-1e400", "1e-7"])(
    "written as the JSON number %s is refused, and the way out is told",
    (number) =>
      Effect.gen(function* () {
        for (const [path, body] of [
          ["user.id", `{"intent":{"name":"i"},"user":{"id":${number}}}`],
          ["session.sessionId", `{"intent":{"name":"i"},"user":{"id":"u"},"session":{"sessionId":${number}}}`],
          ["userId", `{"intent":"i","userId":${number}}`],
          ["inputId", `{"intent":"i","userId":"u","inputId":${number}}`]
        ] as const) {
          const { detail, error } = yield* Effect.flip(toHandoverRequest(JSON.parse(body)))
          assert.strictEqual(error, "Invalid payload")
          assert.isTrue(detail.startsWith(`${path}: `), detail)
          assert.include(detail, "as text")
        }
      })
  )
})

/** Every member that is a name or an id, by its path. */
const names: ReadonlyArray<readonly [path: string, body: (value: unknown) => object]> = [
  ["intent.name", (name) => flow({ intent: { name } })],
  ["user.id", (id) => flow({ user: { id } })],
  ["session.sessionId", (sessionId) => flow({ session: { sessionId } })],
  [
    "entities[1].name",
    (name) =>
      flow({
        entities: [
          { name: "first", value: 1 },
          { name, value: "v" }
        ]
      })
  ],
  ["language", (language) => flow({ language })],
  ["channel", (channel) => flow({ channel })],
  ["inputId", (inputId) => flow({ inputId })],
  ["traceId", (traceId) => flow({ traceId })],
  ["intent", (intent) => input({ intent })],
  ["userId", (userId) => input({ userId })],
  ["sessionId", (sessionId) => input({ sessionId })],
  ["language", (language) => input({ language })],
  ["channel", (channel) => input({ channel })],
  ["inputId", (inputId) => input({ inputId })],
  ["traceId", (traceId) => input({ traceId })],
  ["contactId", (contactId) => flow({ contactId })],
  ["contactId", (contactId) => input({ contactId })],
  ["customer.name", (name) => flow({ customer: { name } })],
  ["customer.email", (email) => input({ customer: { email } })],
  ["customer.phone", (phone) => input({ customer: { phone } })],
  ["context", (name) => flow({ context: { [String(name)]: "v" } })]
]

const controls = [...Array(32).keys(), ...Array.from({ length: 33 }, (_, index) => 127 + index)].map((code) =>
  String.fromCharCode(code)
)

const unsafe = Arbitrary.all({
  before: composed,
  bad: Arbitrary.schema(Schema.Literals([...controls, "\ud800", "\udbff", "\udc00", "\udfff", "\udc00\ud800"])),
  after: composed
}).pipe(Arbitrary.map(({ after, bad, before }) => before + bad + after))

describe("a name or an id", () => {
  for (const [path, body] of names) {
    it.effect.prop(
      `at ${path} of ${Object.keys(body("")).join()} is refused with a control character or half a pair`,
      { unsafe },
      ({ unsafe }) =>
        Effect.gen(function* () {
          const { detail, error } = yield* refusal(body(unsafe))
          assert.strictEqual(error, "Invalid payload")
          assert.isTrue(detail.startsWith(`${path}: `), detail)
          assert.notInclude(detail, unsafe)
        })
    )
  }

  it.effect.each(names)("at %s may have 256 characters and no more", ([path, body]) =>
    Effect.gen(function* () {
      yield* decode(body("😀".repeat(256)))
      yield* decode(body("a".repeat(256)))
      for (const text of ["a".repeat(257), "😀".repeat(257), "x".repeat(100_000)]) {
        const { detail, error } = yield* refusal(body(text))
        assert.strictEqual(error, "Invalid payload")
        assert.isTrue(detail.startsWith(`${path}: `), detail)
      }
    })
  )

  for (const [what, name] of [
    ["a NUL", "a\u0000b"],
    ["a line break", "a\nb"],
    ["a C1 control", "a\u0085b"],
    ["half of a pair", "\ud800"],
    ["257 characters", "n".repeat(257)]
  ] as const) {
    it.effect(`with ${what} names no entity, and neither a slot`, () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* refusal(flow({ entities: [{ name, value: "v" }] }))).error, "Invalid payload")
        const slots = yield* Effect.match(decode(input({ slots: { [name]: ["v"] } })), {
          onSuccess: ({ entities }) => entities,
          onFailure: ({ detail }) => {
            assert.notInclude(detail, name)
            return []
          }
        })
        assert.deepStrictEqual(slots, [])
      })
    )
  }
})

describe("a slot's value", () => {
  const entitiesOf = (slot: unknown) => Effect.map(decode(input({ slots: { s: slot } })), ({ entities }) => entities)

  for (const [what, slot, value] of [
    ["the first of its array", ["one", "two"], "one"],
    ["a number as it is", [7], 7],
    ["a boolean as it is", [false], false],
    ["the keyphrase of an object", [{ keyphrase: "k", value: "v" }], "k"],
    ["the value where there is no keyphrase", [{ value: "v" }], "v"],
    ["the value where the keyphrase is null", [{ keyphrase: null, value: "v" }], "v"],
    ["the value where the keyphrase is empty", [{ keyphrase: "", value: "v" }], "v"],
    ["text that looks like a number as it is", ["123"], "123"],
    ["the keyphrase of an object without an array", { keyphrase: "k", value: "v" }, "k"],
    ["the value of an object without an array", { value: 3 }, 3],
    ["a false keyphrase, which is one", [{ keyphrase: false, value: "v" }], false],
    ["a zero keyphrase, which is one", [{ keyphrase: 0, value: "v" }], 0]
  ] as const) {
    it.effect(`is ${what}`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* entitiesOf(slot), [{ name: "s", value }])
      })
    )
  }

  for (const slot of [
    [],
    {},
    [[]],
    [["nested"]],
    [{}],
    [{ keyphrase: ["k"] }],
    [{ value: { keyphrase: "deep" } }],
    [{ text: "t" }],
    { keyphrase: {} },
    [null, "second"],
    "",
    [""],
    ["", "second"],
    { keyphrase: "", value: "" }
  ]) {
    it.effect(`${JSON.stringify(slot)} is none, and no error`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* entitiesOf(slot), [])
      })
    )
  }

  it.effect.prop("is never anything but a scalar", { slot: json }, ({ slot }) =>
    Effect.gen(function* () {
      for (const { name, value } of yield* entitiesOf(slot)) {
        assert.strictEqual(name, "s")
        assert.include(["string", "number", "boolean"], typeof value)
      }
    })
  )

  it.effect("of several slots is in the order of their names: that of members means nothing", () =>
    Effect.gen(function* () {
      const { entities } = yield* decode(
        input({ slots: { b: ["1"], empty: [], a: [{ keyphrase: "2" }], c: { value: 3 } } })
      )
      assert.deepStrictEqual(entities, [
        { name: "a", value: "2" },
        { name: "b", value: "1" },
        { name: "c", value: 3 }
      ])
    })
  )
})

describe("a flow's entities", () => {
  it.effect("keep their order, and a name may stand more than once", () =>
    Effect.gen(function* () {
      const entities = [
        { name: "b", value: "1" },
        { name: "a", value: 2 },
        { name: "b", value: false }
      ]
      assert.deepStrictEqual((yield* decode(flow({ entities }))).entities, entities)
    })
  )

  it.effect("without a name or a value that routing can use are ignored", () =>
    Effect.gen(function* () {
      const entities = [
        { name: "", value: "v" },
        { value: "v" },
        { name: "list", value: [["v"]] },
        { name: "object", value: { text: "v" } },
        { name: "empty", value: "" },
        "",
        { name: "last", value: "v" }
      ]
      assert.deepStrictEqual((yield* decode(flow({ entities }))).entities, [{ name: "last", value: "v" }])
    })
  )
})

describe("members that objects have by themselves", () => {
  const hostile = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "valueOf"]

  it.effect.each(hostile)("%s is a name like any other", (name) =>
    Effect.gen(function* () {
      const slots = yield* toHandoverRequest(
        JSON.parse(`{"intent":"${name}","userId":"${name}","slots":{"${name}":["${name}"]}}`)
      )
      const entities = yield* toHandoverRequest(
        JSON.parse(
          `{"intent":{"name":"${name}"},"user":{"id":"${name}"},"entities":[{"name":"${name}","value":"${name}"}]}`
        )
      )
      assert.deepStrictEqual(entities, { ...bare, intent: name, userId: name, entities: [{ name, value: name }] })
      assert.deepStrictEqual(slots, entities)
    })
  )

  it.effect("do not stand in for members that were not sent, and change no other object", () =>
    Effect.gen(function* () {
      const inherited = '{"intent":"i","userId":"u","user":{"id":"u"},"polluted":true}'
      for (const body of [
        `{"__proto__":${inherited}}`,
        `{"constructor":{"prototype":${inherited}}}`,
        `{"user":{"__proto__":{"id":"u"}},"intent":{"__proto__":{"name":"i"}}}`,
        `{"slots":{"__proto__":${inherited}},"intent":null}`
      ]) {
        const { error } = yield* Effect.flip(toHandoverRequest(JSON.parse(body)))
        assert.strictEqual(error, "Missing required fields", body)
        assert.isUndefined(Reflect.get({}, "polluted"))
      }
      const { entities } = yield* toHandoverRequest(
        JSON.parse('{"intent":"i","userId":"u","slots":{"e":[{"__proto__":{"keyphrase":"k"}}]}}')
      )
      assert.deepStrictEqual(entities, [])
    })
  )
})

describe("a wrong shape is refused with the path of the problem", () => {
  for (const [path, body] of [
    ["intent.name", flow({ intent: { name: 1 } })],
    ["intent.name", flow({ intent: { name: ["i"] } })],
    ["intent.score", flow({ intent: { name: "i", score: true } })],
    ["entities", flow({ entities: { name: "e", value: "v" } })],
    ["entities", flow({ entities: "e" })],
    ["entities[0]", flow({ entities: ["e"] })],
    ["entities[2].name", flow({ entities: [{ name: "a" }, { name: "b" }, { name: 3 }] })],
    ["session", flow({ session: "s" })],
    ["session.sessionId", flow({ session: { sessionId: {} } })],
    ["user", flow({ user: "u" })],
    ["user", flow({ user: ["u"] })],
    ["user.id", flow({ user: { id: true } })],
    ["language", flow({ language: 1 })],
    ["channel", flow({ channel: {} })],
    ["inputId", flow({ inputId: [1] })],
    ["traceId", flow({ traceId: false })],
    ["intent", { intent: 1, user: { id: "u" } }],
    ["intent", { intent: true, userId: "u" }],
    ["intent", { intent: ["i"], userId: "u" }],
    ["intentScore", input({ intentScore: [] })],
    ["slots", input({ slots: [] })],
    ["slots", input({ slots: "s" })],
    ["userId", input({ userId: {} })],
    ["userId", input({ userId: true })],
    ["sessionId", input({ sessionId: [] })],
    ["contactId", input({ contactId: {} })],
    ["contactId", flow({ contactId: 1.5 })],
    ["summary", flow({ summary: 5 })],
    ["summary", input({ summary: { text: "s" } })],
    ["customer", flow({ customer: "Anna" })],
    ["customer", input({ customer: ["Anna"] })],
    ["customer.name", flow({ customer: { name: 1 } })],
    ["customer.email", flow({ customer: { email: {} } })],
    ["customer.phone", input({ customer: { phone: true } })],
    ["context", flow({ context: "gold" })],
    ["context", flow({ context: ["gold"] })],
    ["context", input({ context: { a: { b: "c" } } })],
    ["context", input({ context: { a: [] } })]
  ] as const) {
    it.effect(`${path}: ${JSON.stringify(body)}`, () =>
      Effect.gen(function* () {
        const { detail, error } = yield* refusal(body)
        assert.strictEqual(error, "Invalid payload")
        assert.isTrue(detail.startsWith(`${path}: `), detail)
        assert.notInclude(detail, "; ")
      })
    )
  }

  it.effect.each(["null", "true", "5", '"text"', "[]", '[{"intent":"i","userId":"u"}]'])("%s is no object", (body) =>
    Effect.gen(function* () {
      const { detail, error } = yield* Effect.flip(toHandoverRequest(JSON.parse(body)))
      assert.strictEqual(error, "Invalid payload")
      assert.include(detail, "object")
    })
  )

  it.effect("in many places names the first few and counts the others", () =>
    Effect.gen(function* () {
      const { detail } = yield* refusal(flow({ session: 1, user: 1, language: 1, channel: 1, inputId: {} }))
      assert.match(detail, /; and 2 more$/)
      assert.isBelow(detail.length, 500)
    })
  )

  it.effect.each([flow({ language: 1 }), flow({ user: { id: true } }), flow({ entities: {} }), input({ slots: 1 })])(
    "is told in the words of JSON: %j",
    (body) =>
      Effect.gen(function* () {
        assert.notInclude((yield* refusal(body)).detail, "undefined")
      })
  )
})

const SECRET = "s3cr3t-4242"

/** The same value with every text, key and number in it made recognisable. */
const plant = (value: Schema.Json): unknown => {
  if (typeof value === "string") return SECRET + value
  if (typeof value === "number") return 4242.4242
  if (Array.isArray(value)) return value.map(plant)
  if (value === null || typeof value !== "object") return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [SECRET + key, plant(member)]))
}

const planted = Arbitrary.map(json, plant)

const invalidText = Arbitrary.schema(
  Schema.Literals([`${SECRET}\u0000`, `\ud800${SECRET}`, SECRET.repeat(50), "", SECRET])
)

const member = oneOf<unknown>(planted, invalidText, Arbitrary.Constant(undefined), Arbitrary.Constant(null))

/** A body with the members of both shapes, where anything may be anything. */
const nearlyValid = Arbitrary.all({
  intent: oneOf<unknown>(member, Arbitrary.all({ name: member, score: member, [SECRET]: member })),
  entities: oneOf<unknown>(
    member,
    Arbitrary.array(oneOf<unknown>(member, Arbitrary.all({ name: member, value: member })))
  ),
  session: oneOf<unknown>(member, Arbitrary.all({ sessionId: member })),
  user: oneOf<unknown>(member, Arbitrary.all({ id: member })),
  intentScore: member,
  slots: oneOf<unknown>(member, Arbitrary.all({ [SECRET]: member, ["__proto__"]: member, "\u0000": member })),
  userId: member,
  sessionId: member,
  language: member,
  channel: member,
  inputId: member,
  traceId: member,
  text: member,
  data: member,
  contactId: member,
  transcript: oneOf<unknown>(
    member,
    Arbitrary.array(
      oneOf<unknown>(
        member,
        Arbitrary.all({
          role: oneOf<unknown>(member, Arbitrary.schema(Schema.Literals(["user", "assistant", "tool"]))),
          text: member,
          payload: oneOf<unknown>(member, Arbitrary.all({ text: member })),
          at: member
        })
      ),
      { maxLength: 3 }
    )
  ),
  summary: member,
  customer: oneOf<unknown>(member, Arbitrary.all({ name: member, email: member, phone: member })),
  context: oneOf<unknown>(
    member,
    Arbitrary.all({ [SECRET]: member, ["__proto__"]: member, [`${SECRET}\u0000`]: member })
  ),
  [SECRET]: member
})

const knownPath =
  /^(intent(\.name|\.score)?|intentScore|entities(\[\d+\](\.name)?)?|slots|session(\.sessionId)?|sessionId|user(\.id)?|userId|language|channel|inputId|traceId|text|data|contactId|transcript(\[\d+\](\.(role|text|at|payload(\.text)?))?)?|summary|customer(\.(name|email|phone))?|context)$/

/** The detail holds paths and our own words only. */
const assertSafe = ({ detail, error }: BadRequest) => {
  assert.notInclude(detail, "s3cr3t")
  assert.notInclude(detail, "4242")
  if (error === "Missing required fields" || detail === "the body must be a JSON object") return
  assert.strictEqual(error, "Invalid payload")
  for (const part of detail.split("; ")) {
    if (!/^and \d+ more$/.test(part)) assert.match(part.slice(0, part.indexOf(": ")), knownPath)
  }
}

describe("any JSON whatever", () => {
  const outcome = (body: unknown) =>
    Effect.match(decode(body), {
      onSuccess: ({ intent, userId }) => {
        assert.isAbove(intent.length, 0)
        assert.isAbove(userId.length, 0)
      },
      onFailure: (error) => {
        assert.instanceOf(error, BadRequest)
        assertSafe(error)
      }
    })

  it.effect.prop(
    "is read or refused, and its values are not repeated",
    { planted },
    ({ planted }) => outcome(planted),
    {
      arbitrary: { runs: 300 }
    }
  )

  it.effect.prop(
    "that has the members of a payload is read or refused, and its values are not repeated",
    { nearlyValid },
    ({ nearlyValid }) => outcome(nearlyValid),
    { arbitrary: { runs: 1000 } }
  )

  it.effect("nested ten thousand deep is read or refused", () =>
    Effect.gen(function* () {
      const deep = `${"[".repeat(10_000)}${"]".repeat(10_000)}`
      const request = yield* toHandoverRequest(
        JSON.parse(`{"intent":"i","userId":"u","slots":{"e":${deep}},"data":${deep},"unknown":${deep}}`)
      )
      assert.deepStrictEqual(request.entities, [])
      const refused = yield* Effect.flip(toHandoverRequest(JSON.parse(`{"intent":${deep},"userId":${deep}}`)))
      assert.strictEqual(refused.error, "Invalid payload")
    })
  )
})
