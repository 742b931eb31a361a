/** Answers that are not CXone's, but of a firewall, a proxy or another server on the way. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import { TestClock } from "effect/testing"
import { Labels } from "../../../src/cxone/transport/Labels.ts"
import { Conversations } from "../../../src/cxone/webchat/Conversations.ts"
import { Directory } from "../../../src/cxone/webchat/Directory.ts"
import { Routing } from "../../../src/cxone/webchat/Routing.ts"
import { cxone, services } from "../../support/cxone.ts"
import { calls, type Reply, scripted } from "../../support/scripted.ts"
import { timed } from "../../support/time.ts"

const PAGE = "<!DOCTYPE html><html><title>403 planted</title></html>"
const html = { "content-type": "text/html; charset=utf-8" }

const conversation = { userId: "cognigy_anna", name: "n", labels: {} }
const open = Conversations.use(({ open }) => open(conversation))
const route = Routing.use(({ route }) => route("c-1", { type: "queue", id: "q-1" }))
const whoami = Directory.use(({ whoami }) => whoami)

/** How a call ends that is answered so: its value, or the error's tag and words. */
const outcome = <A, E extends { readonly _tag: string; readonly message: string }, R>(call: Effect.Effect<A, E, R>) =>
  Effect.match(call, { onFailure: ({ _tag, message }) => `${_tag}: ${message}`, onSuccess: () => "success" })

const notCXone = (operation: string, status: number, type = "text/html") =>
  `UnexpectedResponse: CXone's answer is not its contract (${operation}, status ${status}): it has ${type} instead of JSON: perhaps a firewall or a proxy answered, not CXone`

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

  for (const [what, reply, type] of [
    ["text", { status: 403, body: "RBAC: access denied", headers: { "content-type": "text/plain" } }, "text/plain"],
    ["nothing, called HTML", { status: 403, headers: html }, "text/html"],
    ["a strange type", { status: 403, body: "x", headers: { "content-type": "secret stuff" } }, "no content type"]
  ] as const) {
    it.effect(`with ${what} is one too`, () => {
      const { layer } = cxone(() => reply)
      return Effect.gen(function* () {
        assert.strictEqual(yield* outcome(open), notCXone("open", 403, type))
      }).pipe(Effect.provide(layer))
    })
  }

  for (const [what, reply] of [
    ["JSON", { status: 403, body: { message: "missing scope" }, headers: { "content-type": "application/json" } }],
    ["a problem", { status: 403, body: {}, headers: { "content-type": "application/problem+json" } }],
    ["JSON of another type", { status: 403, body: {}, headers: { "content-type": "text/plain" } }],
    ["nothing", { status: 403 }]
  ] as const) {
    it.effect(`is not what a 403 with ${what} is: that is a missing permission`, () => {
      const { layer } = cxone(() => reply)
      return Effect.gen(function* () {
        assert.match(yield* outcome(open), /^PermissionMissing/)
      }).pipe(Effect.provide(layer))
    })
  }

  it.effect("with 401 costs one fresh token, once, if the token has worked", () => {
    let isBehindFirewall = false
    const { layer, sent } = cxone(() =>
      isBehindFirewall ? { status: 401, body: PAGE, headers: html } : { status: 200, body: { id: "me" } }
    )
    return Effect.gen(function* () {
      yield* whoami
      isBehindFirewall = true
      for (let i = 0; i < 3; i++) assert.strictEqual(yield* outcome(whoami), notCXone("whoami", 401))
      assert.strictEqual(sent.filter(({ path }) => path === "/oauth/token").length, 2)
      isBehindFirewall = false
      assert.strictEqual(yield* outcome(whoami), "success")
    }).pipe(Effect.provide(layer))
  })

  it.effect("with 401 for a token that has expired is answered by a fresh one", () => {
    const { layer } = cxone(
      ({ authorization }, index): Reply =>
        authorization === "Bearer token-1" && index > 0
          ? { status: 401, body: "Unauthorized", headers: { "content-type": "text/plain" } }
          : { status: 200, body: { id: "me" } }
    )
    return Effect.gen(function* () {
      assert.strictEqual(yield* outcome(whoami), "success")
      assert.strictEqual(yield* outcome(whoami), "success")
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
