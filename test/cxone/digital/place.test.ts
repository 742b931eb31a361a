import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Layer, Logger } from "effect"
import { TestClock } from "effect/testing"
import { ContactCentre, type Placement } from "../../../src/cxone/ContactCentre.ts"
import * as Deadline from "../../../src/cxone/Deadline.ts"
import type { HandoverRequest } from "../../../src/domain/HandoverRequest.ts"
import { CurrentOrphan, type Orphan } from "../../../src/domain/Orphan.ts"
import type { Target } from "../../../src/domain/Target.ts"
import { brief, digital } from "../../support/digital.ts"
import { request } from "../../support/request.ts"
import type { Reply, Sent } from "../../support/scripted.ts"
import { timed } from "../../support/time.ts"

const skill = (id: string): Target => ({ type: "queue", id })
const POST = "POST /channels/chat_1/messages"

const placement = (
  members: Partial<HandoverRequest> = {},
  rest: Partial<Omit<Placement, "request">> = {}
): Placement => ({
  request: { ...request("sales"), ...members },
  targets: [skill("4001")],
  labels: { team: "a" },
  ...rest
})

const at = (seconds: number) => ({ date: new Date(seconds * 1000).toUTCString() })
/** CXone's clock is a year of ours behind: only its own times may count. */
const NOW = 1_700_000_000
const iso = (seconds: number) => new Date(seconds * 1000).toISOString()

const contact = (id: string, more: object = {}) => ({ id, status: "new", createdAt: iso(NOW), ...more })
const opened = (id = "17", more: object = {}): Reply => ({
  status: 200,
  headers: at(NOW),
  body: { consumerContact: contact(id, more), message: { id: "m" } }
})
const seen = (id = "17", more: object = {}): Reply => ({ status: 200, headers: at(NOW), body: contact(id, more) })
const listed = (contactNumber?: string, threadIdOnExternalPlatform = "cognigy_a_b_c"): Reply => ({
  status: 200,
  body: { hits: 1, data: contactNumber === undefined ? [] : [{ contactNumber, threadIdOnExternalPlatform }] }
})

const isPost = ({ method }: Sent) => method === "POST"
const isRoute = ({ path }: Sent) => path.endsWith("/routing-queue") || path.endsWith("/inbox-assignment")
const isLookUp = ({ path }: Sent) => path.includes("/messages?")
const isLabel = ({ path }: Sent) => path.endsWith("/custom-fields")
const bodyOf = (sent: Sent | undefined) => JSON.parse(sent?.body ?? "null")

/** What a CXone does where the script says nothing else. */
const usual = (sent: Sent): Reply => {
  if (isPost(sent)) return opened()
  if (isLookUp(sent)) return listed()
  return sent.method === "PUT" ? { status: 204 } : seen()
}

/** A CXone whose answers come after 10 ms each. */
const answering = (
  script: (sent: Sent, index: number) => Reply | undefined,
  options: Parameters<typeof digital>[1] = {}
) =>
  digital((sent, index) => Effect.delay(Effect.succeed(script(sent, index) ?? usual(sent)), "10 millis"), {
    labels: { drainTimeout: Effect.succeed(Duration.zero) },
    ...options
  })

/** A process that has run for so long that no earlier one can have sent anything. */
const longRunning = Effect.andThen(ContactCentre, TestClock.adjust("11 minutes"))

/** Places it by the test's clock, within 7 s. */
const placed = (what: Placement) =>
  Effect.gen(function* () {
    const { place } = yield* ContactCentre
    const holder: Orphan = { orphan: undefined }
    const { value } = yield* timed(
      place(what).pipe(Deadline.within("7 seconds"), Effect.provideService(CurrentOrphan, holder), Effect.result)
    )
    return { outcome: value, orphan: holder.orphan }
  })

const success = (outcome: Effect.Success<ReturnType<typeof placed>>["outcome"]) => {
  assert(outcome._tag === "Success", JSON.stringify(outcome))
  return outcome.success
}
const failure = (outcome: Effect.Success<ReturnType<typeof placed>>["outcome"]) => {
  assert(outcome._tag === "Failure")
  return outcome.failure
}

describe("opening a contact", () => {
  it.effect("sends the user's words, routes the contact, looks at it, and sets its fields", () => {
    const { layer, sent } = answering(() => undefined)
    return Effect.gen(function* () {
      const { orphan, outcome } = yield* placed(placement({ text: "Where is my order?" }))
      assert.deepStrictEqual(success(outcome), { conversationId: "17", target: skill("4001"), reused: false })
      assert.isUndefined(orphan)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(brief(sent), [
        POST,
        "PUT /contacts/17/routing-queue",
        "GET /contacts/17",
        "PUT /contacts/17/custom-fields"
      ])
      const { createdAtWithMilliseconds, idOnExternalPlatform, ...message } = bodyOf(sent[0])
      assert.match(createdAtWithMilliseconds, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      assert.match(idOnExternalPlatform, /^cognigy-[\w-]{43}$/)
      assert.deepStrictEqual(message, {
        direction: "inbound",
        thread: { idOnExternalPlatform: "cognigy_a_b_c" },
        messageContent: { type: "TEXT", payload: { text: "Where is my order?" } },
        authorEndUserIdentity: { idOnExternalPlatform: "cognigy_a_b_c" },
        contact: { customFields: [{ ident: "cognigy_intent", value: "sales" }], skillId: 4001 }
      })
      assert.deepStrictEqual(bodyOf(sent[1]), { skillId: 4001 })
      // The tenant has no field `team`.
      assert.deepStrictEqual(bodyOf(sent[3]), [{ ident: "cognigy_intent", value: "sales" }])
    }).pipe(Effect.provide(layer))
  })

  it.effect("sends a note with summary and transcript before the words, and the names of the customer", () => {
    const { layer, sent } = answering(() => undefined)
    return Effect.gen(function* () {
      const what = placement({
        summary: "An order is late.",
        transcript: {
          entries: [
            { role: "bot", text: "Hello", at: "2026-11-30T12:00:00Z" },
            { role: "user", text: "Where is\nmy order?" }
          ],
          omitted: 3
        },
        customer: { name: "Ana de Souza", email: "ana@example.com" }
      })
      success((yield* placed(what)).outcome)
      const [note, words] = [bodyOf(sent[0]), bodyOf(sent[1])]
      assert.strictEqual(
        note.messageContent.payload.text,
        [
          "[Note of the bot for the agent]",
          "Summary: An order is late.",
          "Conversation with the bot (3 earlier messages are left out):\n2026-11-30 12:00 UTC, Bot: Hello\nCustomer: Where is\n    my order?"
        ].join("\n\n")
      )
      assert.strictEqual(words.messageContent.payload.text, "Where is\nmy order?")
      assert.deepStrictEqual(words.authorEndUserIdentity, {
        idOnExternalPlatform: "cognigy_a_b_c",
        firstName: "Ana de",
        lastName: "Souza"
      })
      assert.isDefined(note.contact)
      assert.isUndefined(words.contact)
      assert.isTrue(note.createdAtWithMilliseconds < words.createdAtWithMilliseconds)
      assert.notStrictEqual(note.idOnExternalPlatform, words.idOnExternalPlatform)
    }).pipe(Effect.provide(layer))
  })

  const targets: ReadonlyArray<[string, Target, string, unknown]> = [
    ["a skill", skill("4001"), "routing-queue", { skillId: 4001 }],
    [
      "a routing queue",
      skill("5a1e5000-0000-4000-8000-000000000001"),
      "routing-queue",
      { routingQueueId: "5a1e5000-0000-4000-8000-000000000001" }
    ],
    [
      "an agent by UUID",
      { type: "agent", id: "11f0a6e2-7000-4000-8000-000000000003" },
      "inbox-assignment",
      { inboxAssigneeCxoneId: "11f0a6e2-7000-4000-8000-000000000003" }
    ],
    ["an agent by number", { type: "agent", id: "77" }, "inbox-assignment", { inboxAssignee: 77 }]
  ]
  for (const [name, target, path, body] of targets) {
    it.effect(`routes to ${name}`, () => {
      const { layer, sent } = answering(() => undefined)
      return Effect.gen(function* () {
        success((yield* placed(placement({}, { targets: [target] }))).outcome)
        const route = sent.find(isRoute)
        assert.strictEqual(route?.path, `/dfo/3.0/contacts/17/${path}`)
        assert.deepStrictEqual(bodyOf(route), body)
      }).pipe(Effect.provide(layer))
    })
  }

  it.effect("reuses the contact that CXone's clock says is older than the handover", () => {
    const { layer } = answering((sent) => (isPost(sent) ? opened("17", { createdAt: iso(NOW - 60) }) : undefined))
    return Effect.gen(function* () {
      assert.isTrue(success((yield* placed(placement())).outcome).reused)
    }).pipe(Effect.provide(layer))
  })

  it.effect("reuses that contact also where the routing takes its time", () => {
    const { layer } = digital(
      (sent) =>
        Effect.delay(
          Effect.succeed(isPost(sent) ? opened("17", { createdAt: iso(NOW - 2) }) : usual(sent)),
          isRoute(sent) ? "1900 millis" : "10 millis"
        ),
      { labels: { drainTimeout: Effect.succeed(Duration.zero) } }
    )
    return Effect.gen(function* () {
      assert.isTrue(success((yield* placed(placement())).outcome).reused)
    }).pipe(Effect.provide(layer))
  })

  it.effect("sets the priority before the routing, and goes on when that fails", () => {
    const lines: Array<string> = []
    const { layer, sent } = answering(({ path }) => (path === "/dfo/3.0/contacts/17" ? { status: 400 } : undefined))
    return Effect.gen(function* () {
      success((yield* placed(placement({}, { priority: 700 }))).outcome)
      assert.deepStrictEqual(brief(sent).slice(0, 3), [POST, "PUT /contacts/17", "PUT /contacts/17/routing-queue"])
      assert.deepStrictEqual(bodyOf(sent[1]), { routingQueuePriority: 700 })
      assert.include(lines.join("\n"), "the priority of contact 17 could not be set")
    }).pipe(
      Effect.provide(
        Layer.provideMerge(layer, Logger.layer([Logger.make(({ message }) => void lines.push(String(message)))]))
      )
    )
  })
})

describe("an opening message without a usable answer", () => {
  const unclear: ReadonlyArray<[string, Reply]> = [
    ["a broken connection", "drop"],
    ["no answer", "hang"],
    ["503", { status: 503 }],
    ["a success without a body", { status: 202 }],
    ["a success that cannot be read", { status: 201, body: '{"consumerContact":{"id":' }]
  ]
  for (const [name, reply] of unclear) {
    it.effect(`is found by its id after ${name}, and not sent again`, () => {
      const { layer, sent } = answering((one) => (isPost(one) ? reply : isLookUp(one) ? listed("17") : undefined))
      return Effect.gen(function* () {
        yield* longRunning
        const { outcome } = yield* placed(placement({}, { key: "k" }))
        assert.strictEqual(success(outcome).conversationId, "17")
        assert.strictEqual(sent.filter(isPost).length, 1)
      }).pipe(Effect.provide(layer))
    })

    it.effect(`is sent again under the same id after ${name} when CXone does not have it`, () => {
      let posts = 0
      const { layer, sent } = answering((one) => (isPost(one) && ++posts === 1 ? reply : undefined))
      return Effect.gen(function* () {
        const { outcome } = yield* placed(placement({}, { key: "k" }))
        if (name.startsWith("a success")) {
          // CXone says that it has the message: it is not sent a second time, whatever the list says.
          assert.strictEqual(failure(outcome)._tag, "UnexpectedResponse")
          assert.strictEqual(sent.filter(isPost).length, 1)
        } else {
          assert.strictEqual(success(outcome).conversationId, "17")
          const [first, second] = sent.filter(isPost).map(bodyOf)
          assert.deepStrictEqual(second, first)
        }
      }).pipe(Effect.provide(layer))
    })
  }

  for (const reply of ["drop", { status: 503 }] satisfies ReadonlyArray<Reply>)
    it.effect(`is found after ${JSON.stringify(reply)} although CXone lists it late`, () => {
      let lookUps = 0
      const { layer, sent } = answering((one) =>
        isPost(one) ? reply : isLookUp(one) ? listed(++lookUps < 3 ? undefined : "17") : undefined
      )
      return Effect.gen(function* () {
        assert.strictEqual(success((yield* placed(placement())).outcome).conversationId, "17")
        assert.strictEqual(sent.filter(isPost).length, 1)
      }).pipe(Effect.provide(layer))
    })

  it.effect("is not sent again by a copy of the request that comes after the deadline", () => {
    let isAway = true
    const { layer, sent } = answering((one) => {
      if (isPost(one)) return "hang"
      if (isAway) return "hang"
      return isLookUp(one) ? listed("17") : undefined
    })
    return Effect.gen(function* () {
      yield* longRunning
      assert.strictEqual(failure((yield* placed(placement({}, { key: "k" }))).outcome)._tag, "DeadlineExceeded")
      isAway = false
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual(success((yield* placed(placement({}, { key: "k" }))).outcome).conversationId, "17")
      assert.strictEqual(sent.filter(isPost).length, 1)
    }).pipe(Effect.provide(layer))
  })

  it.effect("is not sent again by a copy when the routing failed", () => {
    let isAway = true
    const { layer, sent } = answering((one) => (isRoute(one) && isAway ? { status: 500 } : undefined))
    return Effect.gen(function* () {
      const first = yield* placed(placement({}, { key: "k" }))
      assert.strictEqual(failure(first.outcome)._tag, "Unavailable")
      assert.strictEqual(first.orphan, "17")
      isAway = false
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual(success((yield* placed(placement({}, { key: "k" }))).outcome).conversationId, "17")
      assert.strictEqual(sent.filter(isPost).length, 1)
    }).pipe(Effect.provide(layer))
  })

  it.effect("is looked for by a process that has just started, since an earlier one may have sent it", () => {
    const { layer, sent } = answering((one) => (isLookUp(one) ? listed("17") : undefined))
    return Effect.gen(function* () {
      assert.strictEqual(success((yield* placed(placement({}, { key: "k" }))).outcome).conversationId, "17")
      assert.strictEqual(sent.filter(isPost).length, 0)
    }).pipe(Effect.provide(layer))
  })

  it.effect("is not sent again once that look-up has found it, although its contact cannot be read", () => {
    let isAway = true
    const { layer, sent } = answering((one) => {
      if (isLookUp(one)) return listed("17")
      return one.method === "GET" && isAway ? { status: 503 } : undefined
    })
    return Effect.gen(function* () {
      assert.strictEqual(failure((yield* placed(placement({}, { key: "k" }))).outcome)._tag, "Unavailable")
      isAway = false
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual(success((yield* placed(placement({}, { key: "k" }))).outcome).conversationId, "17")
      assert.strictEqual(sent.filter(isPost).length, 0)
    }).pipe(Effect.provide(layer))
  })

  it.effect("is looked for once with its note, at the same time", () => {
    const { layer, sent } = answering((one) => (isLookUp(one) ? "hang" : undefined))
    return Effect.gen(function* () {
      yield* ContactCentre
      const { millis } = yield* timed(placed(placement({ summary: "Late." }, { key: "k" })))
      assert.isBelow(millis, 3000)
      assert.strictEqual(sent.filter(isLookUp).length, 2)
      assert.strictEqual(sent.filter(isPost).length, 2)
    }).pipe(Effect.provide(layer))
  })

  it.effect("is not taken for one of another thread, whatever CXone lists", () => {
    const { layer, sent } = answering((one) => (isLookUp(one) ? listed("99", "cognigy_somebody") : undefined))
    return Effect.gen(function* () {
      assert.strictEqual(success((yield* placed(placement({}, { key: "k" }))).outcome).conversationId, "17")
      assert.strictEqual(sent.filter(isPost).length, 1)
    }).pipe(Effect.provide(layer))
  })

  it.effect("is sent although that look-up fails", () => {
    const { layer } = answering((one) => (isLookUp(one) ? { status: 403, body: {} } : undefined))
    return Effect.gen(function* () {
      assert.strictEqual(success((yield* placed(placement({}, { key: "k" }))).outcome).conversationId, "17")
    }).pipe(Effect.provide(layer))
  })

  it.effect("is looked for no more when the process has run for a while", () => {
    const { layer, sent } = answering(() => undefined)
    return Effect.gen(function* () {
      yield* longRunning
      success((yield* placed(placement({}, { key: "k" }))).outcome)
      assert.strictEqual(sent.filter(isLookUp).length, 0)
    }).pipe(Effect.provide(layer))
  })

  it.effect("has another id for another request", () => {
    const { layer, sent } = answering(() => undefined)
    return Effect.gen(function* () {
      yield* ContactCentre
      for (const what of [placement({}, { key: "a" }), placement({}, { key: "b" }), placement(), placement()]) {
        success((yield* placed(what)).outcome)
      }
      const ids = sent.filter(isPost).map((one) => bodyOf(one).idOnExternalPlatform)
      assert.strictEqual(new Set(ids).size, 4)
    }).pipe(Effect.provide(layer))
  })
})

describe("an opening message that CXone refuses", () => {
  for (const status of [409, 422, 400]) {
    it.effect(`with ${status} is there already when CXone lists it`, () => {
      const { layer, sent } = answering((one) =>
        isPost(one) ? { status, body: { errors: [] } } : isLookUp(one) ? listed("17") : undefined
      )
      return Effect.gen(function* () {
        assert.strictEqual(success((yield* placed(placement())).outcome).conversationId, "17")
        assert.strictEqual(sent.filter(isPost).length, 1)
      }).pipe(Effect.provide(layer))
    })
  }

  it.effect("with 409 and is not listed may be tried again later", () => {
    const { layer } = answering((one) => (isPost(one) ? { status: 409, body: {} } : undefined))
    return Effect.gen(function* () {
      assert.strictEqual(failure((yield* placed(placement())).outcome)._tag, "Conflict")
    }).pipe(Effect.provide(layer))
  })

  for (const status of [400, 404, 422]) {
    it.effect(`with ${status} is sent once more without the wishes for the contact`, () => {
      const { layer, sent } = answering((one) =>
        isPost(one) && bodyOf(one).contact !== undefined ? { status, body: { errors: [] } } : undefined
      )
      return Effect.gen(function* () {
        assert.strictEqual(success((yield* placed(placement())).outcome).conversationId, "17")
        const [first, second] = sent.filter(isPost).map(bodyOf)
        const { contact: _, ...bare } = first
        assert.deepStrictEqual(second, bare)
      }).pipe(Effect.provide(layer))
    })

    if (status === 404) continue
    it.effect(`with ${status} in every form fails with the name of the field, and nothing else of the answer`, () => {
      const body = { errors: [{ field: "thread.idOnExternalPlatform", message: "anna@example.com is wrong" }] }
      const { layer } = answering((one) => (isPost(one) ? { status, body } : undefined))
      return Effect.gen(function* () {
        const error = failure((yield* placed(placement())).outcome)
        assert.strictEqual(error._tag, "UnexpectedResponse")
        assert.include(error.message, "it refuses the field thread.idOnExternalPlatform")
        assert.notInclude(error.message, "anna")
      }).pipe(Effect.provide(layer))
    })
  }

  it.effect("because of its channel says which setting to check", () => {
    const { layer } = answering((one) => (isPost(one) ? { status: 404, body: { errors: [] } } : undefined))
    return Effect.gen(function* () {
      assert.include(failure((yield* placed(placement())).outcome).message, "check CXONE_CHANNEL_ID")
    }).pipe(Effect.provide(layer))
  })

  it.effect("leaves out a note that CXone refuses, and says so", () => {
    const { layer, sent } = answering((one) =>
      isPost(one) && one.body.includes("Note of the bot") ? { status: 413 } : undefined
    )
    return Effect.gen(function* () {
      success((yield* placed(placement({ summary: "Long." }))).outcome)
      assert.isDefined(bodyOf(sent.filter(isPost).at(-1)).contact)
    }).pipe(Effect.provide(layer))
  })
})

describe("a contact that is closed between the note and the user's words", () => {
  it.effect("leaves the note to the next one too, once", () => {
    let posts = 0
    const { layer, sent } = answering((one) => (isPost(one) ? opened(++posts === 1 ? "16" : "17") : undefined))
    return Effect.gen(function* () {
      yield* longRunning
      const what = placement({ summary: "An order is late." }, { key: "k" })
      assert.strictEqual(success((yield* placed(what)).outcome).conversationId, "17")
      assert.strictEqual(success((yield* placed(what)).outcome).conversationId, "17")
      const texts = sent.filter(isPost).map((one) => bodyOf(one).messageContent.payload.text)
      assert.deepStrictEqual(
        texts.map((text) => text.includes("An order is late.")),
        [true, false, true]
      )
    }).pipe(Effect.provide(layer))
  })
})

describe("a contact that is closed while it is routed", () => {
  for (const status of [404, 409, 400, 422, 204]) {
    it.effect(`and answers ${status} is opened anew, once, under another message id`, () => {
      const { layer, sent } = answering((one) => {
        if (isPost(one)) return opened(sent.filter(isPost).length === 1 ? "16" : "17")
        if (one.path.startsWith("/dfo/3.0/contacts/16")) {
          return isRoute(one) ? { status } : seen("16", { status: "closed" })
        }
        return undefined
      })
      return Effect.gen(function* () {
        const { orphan, outcome } = yield* placed(placement({}, { key: "k" }))
        assert.strictEqual(success(outcome).conversationId, "17")
        assert.isUndefined(orphan)
        const [first, second] = sent.filter(isPost).map((one) => bodyOf(one).idOnExternalPlatform)
        assert.notStrictEqual(first, second)
      }).pipe(Effect.provide(layer))
    })
  }

  it.effect("is opened anew for the target that was its turn", () => {
    const { layer, sent } = answering((one) => {
      if (isPost(one)) return opened(sent.filter(isPost).length === 1 ? "16" : "17")
      if (one.path === "/dfo/3.0/contacts/16")
        return seen("16", { status: sent.filter(isRoute).length > 1 ? "closed" : "new" })
      return isRoute(one) && one.path.includes("/16/") ? { status: 404 } : undefined
    })
    return Effect.gen(function* () {
      const { outcome } = yield* placed(placement({}, { targets: [skill("4001"), skill("4002")] }))
      assert.deepStrictEqual(success(outcome), { conversationId: "17", target: skill("4002"), reused: false })
    }).pipe(Effect.provide(layer))
  })

  it.effect("twice is no hindrance for a webhook that comes again", () => {
    let posts = 0
    const isClosed = (path: string) =>
      path.startsWith("/dfo/3.0/contacts/21") || path.startsWith("/dfo/3.0/contacts/22")
    const { layer, sent } = answering((one) => {
      if (isPost(one)) return opened(String(20 + ++posts))
      return one.method === "GET" && isClosed(one.path) ? seen(one.path.slice(-2), { status: "closed" }) : undefined
    })
    return Effect.gen(function* () {
      yield* longRunning
      const what = placement({}, { key: "k" })
      assert.strictEqual(failure((yield* placed(what)).outcome)._tag, "NoActiveConversation")
      assert.strictEqual(success((yield* placed(what)).outcome).conversationId, "23")
      const ids = sent.filter(isPost).map((one) => bodyOf(one).idOnExternalPlatform)
      assert.strictEqual(new Set(ids).size, 3)
    }).pipe(Effect.provide(layer))
  })

  it.effect("is no conversation when the next one is closed too", () => {
    const { layer } = answering((one) =>
      one.method === "GET" && !isLookUp(one) ? seen("17", { status: "closed" }) : undefined
    )
    return Effect.gen(function* () {
      const error = failure((yield* placed(placement())).outcome)
      assert.strictEqual(error._tag, "NoActiveConversation")
    }).pipe(Effect.provide(layer))
  })

  it.effect("costs the calls of others nothing when CXone is too slow for the last look", () => {
    const { layer } = answering((one) => (one.path === "/dfo/3.0/contacts/17" ? "hang" : undefined))
    return Effect.gen(function* () {
      yield* longRunning
      const users = Array.from({ length: 80 }, (_, user) => placement({ userId: `user-${user}` }))
      const { place } = yield* ContactCentre
      yield* timed(Effect.forEach(users, place, { concurrency: "unbounded", discard: true }))
      // Most of the last calls were such looks.
      assert.strictEqual(success((yield* placed(placement())).outcome).conversationId, "17")
    }).pipe(Effect.provide(layer))
  })

  it.effect("counts as routed when the last look at it fails", () => {
    const { layer } = answering((one) => (one.path === "/dfo/3.0/contacts/17" ? "hang" : undefined))
    return Effect.gen(function* () {
      assert.strictEqual(success((yield* placed(placement())).outcome).conversationId, "17")
    }).pipe(Effect.provide(layer))
  })
})

describe("a target that CXone does not accept", () => {
  for (const status of [400, 404, 422]) {
    it.effect(`with ${status} for a contact that is there is left for the next one`, () => {
      const { layer } = answering((one) =>
        isRoute(one) && bodyOf(one).skillId === 4001 ? { status, body: {} } : undefined
      )
      return Effect.gen(function* () {
        const { outcome } = yield* placed(placement({}, { targets: [skill("4001"), skill("4002")] }))
        assert.deepStrictEqual(success(outcome).target, skill("4002"))
      }).pipe(Effect.provide(layer))
    })

    it.effect(`with ${status} fails when it was the last, and names the contact that stays`, () => {
      const { layer } = answering((one) => (isRoute(one) ? { status, body: {} } : undefined))
      return Effect.gen(function* () {
        const { orphan, outcome } = yield* placed(placement())
        assert.strictEqual(failure(outcome)._tag, "InvalidTarget")
        assert.strictEqual(orphan, "17")
      }).pipe(Effect.provide(layer))
    })
  }

  const ids = ["0777", "777.0", "1e3", "0x10", " 12 ", "9007199254740993", "anna", "../x", "Infinity", "", "-1", "0"]
  for (const id of ids) {
    it.effect(`by the id ${JSON.stringify(id)} alone opens nothing`, () => {
      const { layer, sent } = answering(() => undefined)
      return Effect.gen(function* () {
        const error = failure((yield* placed(placement({}, { targets: [{ type: "agent", id }] }))).outcome)
        assert(error._tag === "InvalidTarget")
        assert.include(error.message, "CXone has no agent with such an id")
        assert.deepStrictEqual(sent, [])
      }).pipe(Effect.provide(layer))
    })

    it.effect(`by the id ${JSON.stringify(id)} is no other agent, and no call is made for it`, () => {
      const { layer, sent } = answering(() => undefined)
      return Effect.gen(function* () {
        const { outcome } = yield* placed(placement({}, { targets: [{ type: "agent", id }, skill("4002")] }))
        assert.deepStrictEqual(success(outcome).target, skill("4002"))
        assert.strictEqual(sent.filter(isRoute).length, 1)
      }).pipe(Effect.provide(layer))
    })
  }

  it.effect("with 409 has the contact already", () => {
    const { layer } = answering((one) => (isRoute(one) ? { status: 409, body: {} } : undefined))
    return Effect.gen(function* () {
      assert.deepStrictEqual(success((yield* placed(placement())).outcome).target, skill("4001"))
    }).pipe(Effect.provide(layer))
  })
})

describe("a contact that is there already", () => {
  it.effect("is routed by its number, and nothing is opened", () => {
    const { layer, sent } = answering(() => undefined)
    return Effect.gen(function* () {
      const { outcome } = yield* placed(placement({ contactId: "17" }))
      assert.deepStrictEqual(success(outcome), { conversationId: "17", target: skill("4001"), reused: true })
      assert.deepStrictEqual(brief(sent), ["GET /contacts/17", "PUT /contacts/17/routing-queue", "GET /contacts/17"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("gets no message, which the log says once", () => {
    const lines: Array<string> = []
    const { layer } = answering(() => undefined, {
      fields: { status: 200, body: [{ ident: "team" }, { ident: "cognigy_intent" }] }
    })
    return Effect.gen(function* () {
      yield* ContactCentre
      const what = placement({ contactId: "17", summary: "A secret.", customer: { name: "Ana" } })
      yield* placed(what)
      yield* placed(what)
      assert.deepStrictEqual(lines, [
        "summary is left out for a contact that is there already: no message is sent (said once)",
        "customer.name is left out for a contact that is there already: no message is sent (said once)"
      ])
    }).pipe(
      Effect.provide(
        Layer.provideMerge(layer, Logger.layer([Logger.make(({ message }) => void lines.push(String(message)))]))
      )
    )
  })

  const missing: ReadonlyArray<[string, string, Reply]> = [
    ["unknown", "17", { status: 404, body: {} }],
    ["closed", "17", seen("17", { status: "closed" })],
    ["trashed", "17", seen("17", { status: "trashed" })],
    ["named by no number", "../1", { status: 500 }]
  ]
  for (const [name, contactId, reply] of missing) {
    it.effect(`but is ${name} is no active conversation, and is not routed`, () => {
      const { layer, sent } = answering((one) => (one.method === "GET" ? reply : undefined))
      return Effect.gen(function* () {
        assert.strictEqual(failure((yield* placed(placement({ contactId }))).outcome)._tag, "NoActiveConversation")
        assert.isTrue(sent.every(({ method }) => method === "GET"))
      }).pipe(Effect.provide(layer))
    })
  }

  it.effect("and is closed while it is routed is not opened anew", () => {
    let looks = 0
    const { layer, sent } = answering((one) =>
      one.path === "/dfo/3.0/contacts/17" && ++looks > 1 ? seen("17", { status: "closed" }) : undefined
    )
    return Effect.gen(function* () {
      const error = failure((yield* placed(placement({ contactId: "17" }))).outcome)
      assert.strictEqual(error._tag, "NoActiveConversation")
      assert.strictEqual(sent.filter(isPost).length, 0)
    }).pipe(Effect.provide(layer))
  })
})

describe("the newest active contact of a user", () => {
  const settings = { contact: "find" as const }
  const page = (contacts: ReadonlyArray<object>, scrollToken?: string): Reply => ({
    status: 200,
    headers: at(NOW),
    body: { hits: contacts.length, data: contacts, ...(scrollToken === undefined ? {} : { scrollToken }) }
  })
  const isSearch = ({ path }: Sent) => path.startsWith("/dfo/3.0/contacts?")
  const userOf = ({ path }: Sent) => new URLSearchParams(path.split("?")[1]).get("endUserIdOnExternalPlatform[]")

  it.effect("is found under Cognigy's id and under ours, on all pages", () => {
    const { layer, sent } = answering(
      (one) => {
        if (!isSearch(one)) return one.path === "/dfo/3.0/contacts/19" ? seen("19") : undefined
        if (userOf(one) === "a_b_c") return page([contact("17", { createdAt: iso(NOW - 50) })])
        return one.path.includes("scrollToken=next")
          ? page([contact("19", { createdAt: iso(NOW - 10) })])
          : page([contact("18", { createdAt: iso(NOW - 20) })], "next")
      },
      { settings }
    )
    return Effect.gen(function* () {
      const { outcome } = yield* placed(placement())
      assert.deepStrictEqual(success(outcome), { conversationId: "19", target: skill("4001"), reused: true })
      const searched = sent.filter(isSearch)
      assert.deepStrictEqual(searched.map(userOf).sort(), ["a_b_c", "cognigy_a_b_c", "cognigy_a_b_c"])
      assert.include(searched[0]?.path, "channel[]=chat_1")
      assert.include(
        searched[0]?.path,
        "status[]=new&status[]=open&status[]=pending&status[]=escalated&status[]=resolved"
      )
    }).pipe(Effect.provide(layer))
  })

  it.effect("is asked for again while CXone does not list it", () => {
    let searches = 0
    const { layer } = answering((one) => (isSearch(one) ? page(++searches < 7 ? [] : [contact("17")]) : undefined), {
      settings
    })
    return Effect.gen(function* () {
      assert.strictEqual(success((yield* placed(placement())).outcome).conversationId, "17")
    }).pipe(Effect.provide(layer))
  })

  it.effect("is passed over when it has been closed since", () => {
    const { layer } = answering(
      (one) => {
        if (isSearch(one)) return page([contact("16", { createdAt: iso(NOW - 20) }), contact("18")])
        return one.path === "/dfo/3.0/contacts/18"
          ? seen("18", { status: "closed" })
          : one.path === "/dfo/3.0/contacts/16"
            ? seen("16")
            : undefined
      },
      { settings }
    )
    return Effect.gen(function* () {
      assert.strictEqual(success((yield* placed(placement())).outcome).conversationId, "16")
    }).pipe(Effect.provide(layer))
  })

  it.effect("is no active conversation when there is none, and none is opened", () => {
    const { layer, sent } = answering((one) => (isSearch(one) ? page([]) : undefined), { settings })
    return Effect.gen(function* () {
      const { outcome } = yield* placed(placement())
      assert.strictEqual(failure(outcome)._tag, "NoActiveConversation")
      assert.isTrue(sent.every(isSearch))
    }).pipe(Effect.provide(layer))
  })
})

describe("custom fields", () => {
  const fieldsOf = (sent: ReadonlyArray<Sent>) => bodyOf(sent.find(isLabel))

  it.effect("hold context, email and phone where the tenant has them", () => {
    const idents = ["order", "email", "phone", "cognigy_intent", "team"]
    const { layer, sent } = answering(() => undefined, {
      fields: { status: 200, body: idents.map((ident) => ({ ident, type: "text" })) }
    })
    return Effect.gen(function* () {
      const what = placement({
        context: { order: "A\u00001".repeat(600), other: "x" },
        customer: { email: "a@example.com", phone: "+49 1" }
      })
      success((yield* placed(what)).outcome)
      yield* TestClock.adjust("1 second")
      const fields: Array<{ ident: string; value: string }> = fieldsOf(sent)
      assert.deepStrictEqual(fields.map(({ ident }) => ident).sort(), [...idents].sort())
      assert.isTrue(fields.every(({ value }) => value.length <= 1024 && !value.includes("\u0000")))
      assert.deepStrictEqual(bodyOf(sent[0]).contact.customFields, fields)
    }).pipe(Effect.provide(layer))
  })

  it.effect("that are lists get only values that they have", () => {
    const { layer, sent } = answering(() => undefined, {
      fields: {
        status: 200,
        body: [
          { ident: "team", values: ["b"] },
          { ident: "cognigy_intent", values: [] }
        ]
      }
    })
    return Effect.gen(function* () {
      success((yield* placed(placement())).outcome)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(fieldsOf(sent), [{ ident: "cognigy_intent", value: "sales" }])
    }).pipe(Effect.provide(layer))
  })

  const unreadable: ReadonlyArray<[string, Reply]> = [
    ["are refused", { status: 403, body: {} }],
    ["do not come", "hang"],
    ["are no list", { status: 200, body: { fields: [] } }],
    ["fail", { status: 500 }]
  ]
  for (const [name, fields] of unreadable) {
    it.effect(`change nothing when their definitions ${name}`, () => {
      const { layer, sent } = answering(() => undefined, { fields })
      return Effect.gen(function* () {
        assert.strictEqual(success((yield* placed(placement())).outcome).conversationId, "17")
        assert.deepStrictEqual(bodyOf(sent[0]).contact, { skillId: 4001 })
      }).pipe(Effect.provide(layer))
    })
  }

  it.effect("are cut to 1,024 UTF-16 units, never within a character", () => {
    const { layer, sent } = answering(() => undefined, {
      fields: { status: 200, body: [{ ident: "order" }, { ident: null }] }
    })
    return Effect.gen(function* () {
      success((yield* placed(placement({ context: { order: `a${"😀".repeat(1500)}` } }))).outcome)
      yield* TestClock.adjust("1 second")
      const [{ value }] = fieldsOf(sent)
      assert.strictEqual(value.length, 1023)
      assert.isTrue(value.isWellFormed())
    }).pipe(Effect.provide(layer))
  })

  it.effect("that CXone does not show are told once in the log", () => {
    const lines: Array<string> = []
    const { layer } = answering(() => undefined, { fields: { status: 403, body: {} } })
    return Effect.gen(function* () {
      yield* placed(placement())
      yield* placed(placement())
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(lines.length, 1, lines.join("\n"))
      assert.include(lines[0], "the tenant's custom fields cannot be read")
    }).pipe(
      Effect.provide(
        Layer.provideMerge(layer, Logger.layer([Logger.make(({ message }) => void lines.push(String(message)))]))
      )
    )
  })

  it.effect("of names that may be a customer's words do not show them, and silence nothing else", () => {
    const lines: Array<string> = []
    const { layer } = answering(() => undefined, { fields: { status: 200, body: [{ ident: "team", values: ["b"] }] } })
    const context = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`anna@example.com ${index}`, "x"]))
    return Effect.gen(function* () {
      yield* placed(placement({ context }))
      const text = lines.join("\n")
      assert.notInclude(text, "anna")
      assert.include(text, 'the custom field "team" is a list in the tenant')
    }).pipe(
      Effect.provide(
        Layer.provideMerge(layer, Logger.layer([Logger.make(({ message }) => void lines.push(String(message)))]))
      )
    )
  })

  it.effect("of a contact that has ended meanwhile say so", () => {
    const lines: Array<string> = []
    const { layer } = answering((one) => (isLabel(one) ? { status: 409, body: {} } : undefined))
    return Effect.gen(function* () {
      yield* placed(placement({}, { labels: {} }))
      yield* TestClock.adjust("1 minute")
      assert.include(lines.join("\n"), "CXone has nothing under the id of this call (label)")
    }).pipe(
      Effect.provide(
        Layer.provideMerge(layer, Logger.layer([Logger.make(({ message }) => void lines.push(String(message)))]))
      )
    )
  })

  it.effect("that the tenant lacks are told once in the log, without their values", () => {
    const lines: Array<string> = []
    const { layer } = answering(() => undefined)
    return Effect.gen(function* () {
      yield* ContactCentre
      yield* placed(placement({ context: { order: "secret order" } }))
      yield* placed(placement({ context: { order: "secret order" } }))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(lines.filter((line) => line.includes("custom field")).sort(), [
        'the tenant has no custom field "order": it is left out of contacts',
        'the tenant has no custom field "team": it is left out of contacts'
      ])
      assert.notInclude(lines.join("\n"), "secret order")
    }).pipe(
      Effect.provide(
        Layer.provideMerge(layer, Logger.layer([Logger.make(({ message }) => void lines.push(String(message)))]))
      )
    )
  })
})
