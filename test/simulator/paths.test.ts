import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { agentId, allScopes, salesQueueId, serviceUser } from "../../src/simulator/webchat/SimulatorOptions.ts"
import { chats, issueToken, send, whoami, withServer } from "./support.ts"

const odd = { id: "a/b %2F+é?;", name: "Odd" }

describe("whoami and the lookups", () => {
  it.effect("find the service user and a queue, and answer 404 to an unknown queue", () =>
    Effect.gen(function* () {
      const token = yield* issueToken
      assert.include((yield* whoami(token)).body, { ...serviceUser })
      const queue = yield* send("GET", `/api/v2/routing/queues/${salesQueueId}`, { token })
      assert.strictEqual(queue.status, 200)
      assert.include(queue.body, { id: salesQueueId, name: "Sales" })
      const none = yield* send("GET", "/api/v2/routing/queues/none", { token })
      assert.strictEqual(none.status, 404)
      assert.include(none.body, { code: "queue.not.found", status: 404 })
    }).pipe(withServer())
  )

  it.effect("find an agent, and answer 404 to an unknown id, a queue and the service user", () =>
    Effect.gen(function* () {
      const token = yield* issueToken
      const agent = yield* send("GET", `/api/v2/users/${agentId}`, { token })
      assert.strictEqual(agent.status, 200)
      assert.include(agent.body, { id: agentId, name: "Alex Agent" })
      for (const id of ["none", salesQueueId, serviceUser.id]) {
        const none = yield* send("GET", `/api/v2/users/${id}`, { token })
        assert.strictEqual(none.status, 404)
        assert.include(none.body, { code: "agent.not.found", status: 404 })
      }
    }).pipe(withServer())
  )

  it.effect("read the id me as the service user, even if an agent has this id", () =>
    Effect.gen(function* () {
      assert.include((yield* whoami(yield* issueToken)).body, { ...serviceUser })
    }).pipe(withServer({ agents: [{ id: "me", name: "Mae" }] }))
  )

  it.effect("decode ids in the path once", () =>
    Effect.gen(function* () {
      const token = yield* issueToken
      for (const path of ["routing/queues", "users"]) {
        const found = yield* send("GET", `/api/v2/${path}/${encodeURIComponent(odd.id)}`, { token })
        assert.include(found.body, odd)
      }
    }).pipe(withServer({ queues: [odd], agents: [odd] }))
  )
})

describe("scopes", () => {
  const calls = [
    { scope: "conversations:webchat:create", method: "POST", path: chats },
    { scope: "conversations:webchat:read", method: "GET", path: chats },
    { scope: "conversations:webchat:write", method: "POST", path: `${chats}/none/actions` },
    { scope: "conversations:webchat:write", method: "PUT", path: `${chats}/none/labels` },
    { scope: "users:read", method: "GET", path: "/api/v2/users/me" },
    { scope: "users:read", method: "GET", path: `/api/v2/users/${agentId}` },
    { scope: "queues:read", method: "GET", path: `/api/v2/routing/queues/${salesQueueId}` }
  ] as const

  it.effect.each(calls)("$scope is needed for $method $path", ({ method, path, scope }) =>
    Effect.gen(function* () {
      const answer = yield* send(method, path, { token: yield* issueToken })
      assert.strictEqual(answer.status, 403)
      assert.include(answer.body, { code: "missing.permissions", status: 403 })
      assert.include(answer.text, scope)
    }).pipe(withServer({ scopes: allScopes.filter((granted) => granted !== scope) }))
  )

  it.effect.each(calls)("$scope alone is enough for $method $path", ({ method, path, scope }) =>
    Effect.gen(function* () {
      assert.notStrictEqual((yield* send(method, path, { token: yield* issueToken })).status, 403)
    }).pipe(withServer({ scopes: [scope] }))
  )
})

describe("paths and methods", () => {
  it.effect.each([
    "/",
    "/nothing",
    "/api/v2",
    "/api/v2/nothing",
    "/api/v2/users/me/",
    "/api/v2//users/me",
    "/API/v2/users/me",
    "/api/v2/users/%zz",
    `${chats}/none`,
    `${chats}/none/actions/more`
  ])("there is nothing at %s", (path) =>
    Effect.gen(function* () {
      const answer = yield* send("GET", path, { token: yield* issueToken })
      assert.strictEqual(answer.status, 404)
      assert.include(answer.body, { code: "not.found", status: 404 })
    }).pipe(withServer())
  )

  it.effect.each([
    { method: "GET", path: "/oauth/token", allow: "POST" },
    { method: "PUT", path: "/api/v2/users/me", allow: "GET" },
    { method: "DELETE", path: `/api/v2/users/${agentId}`, allow: "GET" },
    { method: "PATCH", path: chats, allow: "POST, GET" },
    { method: "PUT", path: `${chats}/none/actions`, allow: "POST" },
    { method: "POST", path: `${chats}/none/labels`, allow: "PUT" }
  ] as const)("$method is not for $path", ({ allow, method, path }) =>
    Effect.gen(function* () {
      const answer = yield* send(method, path, { token: yield* issueToken })
      assert.strictEqual(answer.status, 405)
      assert.strictEqual(answer.headers.allow, allow)
      assert.include(answer.body, { code: "method.not.allowed", status: 405 })
    }).pipe(withServer())
  )
})
