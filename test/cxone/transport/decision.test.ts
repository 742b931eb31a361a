/** Answers that are not CXone's, but of a firewall, a proxy or another server on the way. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import { TestClock } from "effect/testing"
import { Labels } from "../../../src/cxone/transport/Labels.ts"
import { Conversations } from "../../../src/cxone/webchat/Conversations.ts"
import { Directory } from "../../../src/cxone/webchat/Directory.ts"
import { Routing } from "../../../src/cxone/webchat/Routing.ts"
import { cxone, services } from "../../support/cxone.ts"
import { calls, type Reply, type Sent, scripted } from "../../support/scripted.ts"
import { timed } from "../../support/time.ts"

const PAGE = "<!DOCTYPE html><html><title>403 planted</title></html>"
const html = { "content-type": "text/html; charset=utf-8" }
const text = { "content-type": "text/plain" }
const json = { "content-type": "application/json" }

const conversation = { userId: "cognigy_anna", name: "n", labels: {} }
const open = Conversations.use(({ open }) => open(conversation))
const route = Routing.use(({ route }) => route("c-1", { type: "queue", id: "q-1" }))
const whoami = Directory.use(({ whoami }) => whoami)

/** How a call ends that is answered so: its value, or the error's tag and words. */
const outcome = <A, E extends { readonly _tag: string; readonly message: string }, R>(call: Effect.Effect<A, E, R>) =>
  Effect.match(call, { onFailure: ({ _tag, message }) => `${_tag}: ${message}`, onSuccess: () => "success" })

const notCXone = (operation: string, status: number, what = "it has text/html instead of JSON") =>
  `UnexpectedResponse: CXone's answer is not its contract (${operation}, status ${status}): ${what}: perhaps a firewall or a proxy answered, not CXone`

const noObject = "it calls itself application/json, but has no JSON object"
const noType = "it has no content type instead of JSON"

const tokenRequests = (sent: ReadonlyArray<Sent>) => sent.filter(({ path }) => path === "/oauth/token").length

describe("a page of a firewall or a proxy", () => {
  for (const status of [400, 401, 403, 404, 409, 422, 451]) {
    it.effect(`with ${status} is none of CXone's answers`, () => {
      const { layer } = cxone(() => ({ status, body: PAGE, headers: html }))
      return Effect.gen(function* () {
        assert.strictEqual(yield* outcome(open), notCXone("open", status))
        assert.strictEqual(yield* outcome(route), notCXone("routeToQueue", status))
      }).pipe(Effect.provide(layer))
    })

    it.effect(`with ${status} from the token endpoint says nothing of our credentials`, () => {
      const { layer, sent } = scripted(() => ({ status, body: PAGE, headers: html }))
      return Effect.gen(function* () {
        assert.strictEqual(yield* outcome(whoami), notCXone("token", status))
        assert.strictEqual(sent.length, 1)
      }).pipe(Effect.provide(services(layer)))
    })
  }

  it.effect("with 200 is no success of a call whose answer has no body", () => {
    const { layer } = cxone(() => ({ status: 200, body: PAGE, headers: html }))
    return Effect.gen(function* () {
      assert.strictEqual(yield* outcome(route), notCXone("routeToQueue", 200))
    }).pipe(Effect.provide(layer))
  })

  for (const [status, tag] of [
    [429, "RateLimited"],
    [408, "Unavailable"],
    [502, "Unavailable"],
    [503, "Unavailable"]
  ] as const) {
    it.effect(`with ${status} is the failure that the status says`, () => {
      const { layer } = cxone(() => ({ status, body: PAGE, headers: { ...html, "retry-after": "1" } }))
      return Effect.gen(function* () {
        assert.match((yield* timed(outcome(open))).value, new RegExp(`^${tag}`))
      }).pipe(Effect.provide(layer))
    })
  }

  for (const status of [400, 401, 403, 404, 409, 422]) {
    it.effect(`that calls itself JSON with ${status} is one too`, () => {
      const { layer } = cxone(() => ({ status, body: PAGE, headers: json }))
      return Effect.gen(function* () {
        assert.strictEqual(yield* outcome(route), notCXone("routeToQueue", status, noObject))
      }).pipe(Effect.provide(layer))
    })
  }

  for (const [what, reply] of [
    ["nothing", { status: 404, headers: html }],
    ["text", { status: 409, body: "Access Denied", headers: html }]
  ] as const) {
    it.effect(`called HTML that has ${what} is one too`, () => {
      const { layer } = cxone(() => reply)
      return Effect.gen(function* () {
        assert.strictEqual(yield* outcome(route), notCXone("routeToQueue", reply.status))
      }).pipe(Effect.provide(layer))
    })
  }
})

describe("a 403", () => {
  for (const [what, reply] of [
    ["JSON", { status: 403, body: { message: "missing scope" }, headers: json }],
    ["a problem", { status: 403, body: {}, headers: { "content-type": "application/problem+json" } }],
    ["JSON of another type", { status: 403, body: {}, headers: { "content-type": "text/html" } }]
  ] as const) {
    it.effect(`with ${what} is a missing permission`, () => {
      const { layer } = cxone(() => reply)
      return Effect.gen(function* () {
        assert.match(yield* outcome(open), /^PermissionMissing/)
      }).pipe(Effect.provide(layer))
    })
  }

  const denied = "Access Denied by policy"
  for (const [what, reply, issue] of [
    ["text", { body: denied, headers: text }, "it has text/plain instead of JSON"],
    ["text, called JSON", { body: denied, headers: json }, noObject],
    ["a JSON text", { body: `"${denied}"`, headers: json }, noObject],
    ["a list", { body: [], headers: json }, noObject],
    ["half an object", { body: "{ planted", headers: json }, noObject],
    ["text of a strange type", { body: "x", headers: { "content-type": "secret stuff" } }, noType],
    ["nothing", {}, noType]
  ] as const) {
    it.effect(`with ${what} is a firewall's`, () => {
      const { layer } = cxone(() => ({ status: 403, ...reply }))
      return Effect.gen(function* () {
        assert.strictEqual(yield* outcome(open), notCXone("open", 403, issue))
      }).pipe(Effect.provide(layer))
    })
  }
})

describe("another 4xx means what its status says, in plain text as in JSON", () => {
  for (const [status, onOpen, onRoute] of [
    [400, "UnexpectedResponse", "InvalidTarget"],
    [401, "Unauthorized", "Unauthorized"],
    [404, "UnexpectedResponse", "ResourceNotFound"],
    [409, "Conflict", "success"],
    [422, "UnexpectedResponse", "InvalidTarget"]
  ] as const) {
    for (const headers of [text, json]) {
      it.effect(`${status} as ${headers["content-type"]}`, () => {
        const { layer } = cxone(() => ({ status, body: "planted words", headers }))
        return Effect.gen(function* () {
          const [opening, routing] = [yield* outcome(open), yield* outcome(route)]
          assert.match(opening, new RegExp(`^${onOpen}`))
          assert.notInclude(opening, "firewall")
          assert.match(routing, new RegExp(`^${onRoute}`))
        }).pipe(Effect.provide(layer))
      })
    }
  }

  for (const status of [400, 401]) {
    it.effect(`${status} from the token endpoint`, () => {
      const { layer } = scripted(() => ({ status, body: "planted words", headers: text }))
      return Effect.gen(function* () {
        assert.match(yield* outcome(whoami), /^Unauthorized: CXone refused our credentials \(token\)/)
      }).pipe(Effect.provide(services(layer)))
    })
  }
})

describe("a 401 in whatever form", () => {
  it.effect("costs one fresh token, once, when a firewall refuses that one too", () => {
    let isBehindFirewall = false
    const { layer, sent } = cxone(() =>
      isBehindFirewall ? { status: 401, body: PAGE, headers: html } : { status: 200, body: { id: "me" } }
    )
    return Effect.gen(function* () {
      yield* whoami
      isBehindFirewall = true
      for (let i = 0; i < 3; i++) assert.strictEqual(yield* outcome(whoami), notCXone("whoami", 401))
      assert.strictEqual(tokenRequests(sent), 2)
      isBehindFirewall = false
      assert.strictEqual(yield* outcome(whoami), "success")
    }).pipe(Effect.provide(layer))
  })

  for (const headers of [text, html, json]) {
    for (const worked of [0, 1]) {
      it.effect(`is answered by a fresh token: ${headers["content-type"]}, after ${worked} calls`, () => {
        const { layer, sent } = cxone(
          ({ authorization }, index): Reply =>
            authorization === "Bearer token-1" && index >= worked
              ? { status: 401, body: headers === html ? PAGE : "Unauthorized", headers }
              : { status: 200, body: { id: "me" } }
        )
        return Effect.gen(function* () {
          for (let i = 0; i < 3; i++) assert.strictEqual(yield* outcome(whoami), "success")
          assert.strictEqual(tokenRequests(sent), 2)
        }).pipe(Effect.provide(layer))
      })
    }
  }

  it.effect("costs one fresh token in 5 s, however many call, while a firewall refuses every one", () => {
    let isBlocked = true
    const { layer, sent } = cxone(() =>
      isBlocked ? { status: 401, body: PAGE, headers: html } : { status: 200, body: { id: "me" } }
    )
    return Effect.gen(function* () {
      for (let second = 0; second < 20; second++) {
        const outcomes = yield* Effect.all(
          Array.from({ length: 20 }, () => outcome(whoami)),
          { concurrency: "unbounded" }
        )
        assert.deepStrictEqual(new Set(outcomes), new Set([notCXone("whoami", 401)]))
        yield* TestClock.adjust("1 second")
      }
      assert.strictEqual(tokenRequests(sent), 5)
      isBlocked = false
      assert.strictEqual(yield* outcome(whoami), "success")
      assert.strictEqual(tokenRequests(sent), 5)
    }).pipe(Effect.provide(layer))
  })
})

describe("a redirect", () => {
  const redirect = (location: string, status = 302): Reply => ({ status, body: PAGE, headers: { ...html, location } })

  for (const [location, origin] of [
    ["https://login.example.com:8443/sso?user=planted#planted", "https://login.example.com:8443"],
    ["https://planted:planted@login.example.com/", "https://login.example.com"],
    ["//other.example.com/x", "http://other.example.com"],
    ["/api/v3/planted", "http://cxone.test"],
    ["mailto:planted@example.com", "another address"],
    ["http://[planted", "another address"]
  ] as const) {
    it.effect(`is not followed, and named by its origin alone: ${location}`, () => {
      const { layer, sent } = cxone(() => redirect(location), {}, { baseUrlFrom: "CXONE_BASE_URL or CXONE_REGION" })
      return Effect.gen(function* () {
        assert.strictEqual(
          yield* outcome(open),
          `UnexpectedResponse: CXone's answer is not its contract (open, status 302): CXone redirects to ${origin}, which is not followed: check CXONE_BASE_URL or CXONE_REGION`
        )
        assert.strictEqual(sent.length, 2)
      }).pipe(Effect.provide(layer))
    })
  }

  for (const status of [300, 301, 303, 307, 308]) {
    it.effect(`of the token endpoint with ${status} is not followed either`, () => {
      const { layer, sent } = scripted(() => redirect("https://login.example.com/?secret", status))
      return Effect.gen(function* () {
        assert.strictEqual(
          yield* outcome(whoami),
          `UnexpectedResponse: CXone's answer is not its contract (token, status ${status}): CXone redirects to https://login.example.com, which is not followed: check the base URL of CXone`
        )
        assert.strictEqual(sent.length, 1)
      }).pipe(Effect.provide(services(layer)))
    })
  }
})

describe("other answers", () => {
  it.effect("with 407 are a proxy's, in whatever form", () => {
    const { layer } = cxone(() => ({ status: 407 }))
    return Effect.gen(function* () {
      assert.match(
        yield* outcome(open),
        /^UnexpectedResponse: .*a proxy on the way demands credentials: check HTTP_PROXY/
      )
    }).pipe(Effect.provide(layer))
  })

  it.effect("with any 2xx are successes where the contract says 2xx", () => {
    const { layer, sent } = cxone((_, index) => ({ status: 200 + index }), { linger: 0 })
    const lines: Array<unknown> = []
    const logger = Logger.layer([Logger.make(({ message }) => void lines.push(message))])
    return Effect.gen(function* () {
      const { put } = yield* Labels
      for (let index = 0; index < 100; index++) yield* put(`c-${index}`, { cognigy_intent: "sales" })
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(calls(sent).length, 100)
      // One that is given up is logged.
      assert.deepStrictEqual(lines, [])
    }).pipe(Effect.provide(Layer.provideMerge(layer, logger)))
  })
})
