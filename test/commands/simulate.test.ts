import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Cause, Console, Deferred, Effect, Layer, Schema } from "effect"
import { Command } from "effect/cli"
import { HttpClient, HttpClientRequest } from "effect/http"
import { simulateCommand } from "../../src/commands/simulate.ts"
import {
  digitalAgentId,
  digitalChannelId,
  digitalTenantId,
  salesSkillId
} from "../../src/simulator/digital/DigitalOptions.ts"
import { agentId, salesQueueId, supportQueueId } from "../../src/simulator/webchat/SimulatorOptions.ts"

const platform = Layer.merge(NodeServices.layer, NodeHttpClient.layerUndici)

/** Starts the command for as long as the scope is open. Gives its first words: the banner, or what is wrong. */
const start = Effect.fnUntraced(function* (...args: ReadonlyArray<string>) {
  const banner = yield* Deferred.make<string>()
  const wrong: Array<unknown> = []
  const log = (text: unknown) => {
    if (String(text).includes("listens on")) Deferred.doneUnsafe(banner, Effect.succeed(String(text)))
  }
  const error = (text: unknown) => {
    wrong.push(text)
  }
  yield* Command.runWith(simulateCommand, { version: "0" })(["--port", "0", ...args]).pipe(
    Effect.provideService(Console.Console, { ...globalThis.console, log, error }),
    Effect.catchCause((cause) => Deferred.succeed(banner, wrong.join("\n") || Cause.pretty(cause))),
    Effect.forkScoped
  )
  return yield* Deferred.await(banner)
})

/** Runs the command that gets a token, as the banner prints it. */
const tokenBy = Effect.fnUntraced(function* (banner: string) {
  const [, command = ""] = /access token +curl -s (.*)$/m.exec(banner) ?? []
  const [url = "", ...form] = command.split(" -d ")
  const { json } = yield* HttpClientRequest.post(url).pipe(
    HttpClientRequest.bodyText(form.join("&"), "application/x-www-form-urlencoded"),
    HttpClient.execute
  )
  const Granted = Schema.Struct({ access_token: Schema.String })
  return {
    baseUrl: url.replace("/oauth/token", ""),
    token: (yield* Schema.decodeUnknownEffect(Granted)(yield* json)).access_token
  }
})

const call = (request: HttpClientRequest.HttpClientRequest, token: string) =>
  request.pipe(
    HttpClientRequest.bearerToken(token),
    HttpClient.execute,
    Effect.flatMap(({ status, text }) => Effect.map(text, (text) => ({ status, text })))
  )

/** The status for routing a new conversation of this user to a target. */
const routed = Effect.fnUntraced(function* (baseUrl: string, token: string, userId: string, action: object) {
  const chats = `${baseUrl}/api/v2/conversations/webchat`
  const conversation = { userId, name: "Webchat from Cognigy", labels: { source: "cognigy" } }
  const opened = yield* call(HttpClientRequest.bodyJsonUnsafe(HttpClientRequest.post(chats), conversation), token)
  const id = /"id":"([^"]*)"/.exec(opened.text)?.[1]
  const request = HttpClientRequest.bodyJsonUnsafe(HttpClientRequest.post(`${chats}/${id}/actions`), action)
  return (yield* call(request, token)).status
})

describe("simulate", () => {
  it.live("has the queues and agents of its flags instead of the built-in ones, and shows them", () =>
    Effect.gen(function* () {
      const banner = yield* start("--queue", "q-1=Night = day", "--queue", "q-2", "--agent", "kim=Kim")
      for (const shown of ["q-1 (Night = day)\n", " q-2\n", "kim (Kim)\n"]) assert.include(banner, shown)
      for (const other of [salesQueueId, supportQueueId, agentId]) assert.notInclude(banner, other)
      const { baseUrl, token } = yield* tokenBy(banner)
      const found = yield* Effect.forEach(
        ["routing/queues/q-1", "routing/queues/q-2", "users/kim", `routing/queues/${salesQueueId}`, `users/${agentId}`],
        (path) => call(HttpClientRequest.get(`${baseUrl}/api/v2/${path}`), token)
      )
      assert.deepStrictEqual(
        found.map(({ status }) => status),
        [200, 200, 200, 404, 404]
      )
      assert.include(found[0]?.text, '"name":"Night = day"')
      assert.include(found[1]?.text, '"name":"q-2"')
      assert.strictEqual(
        yield* routed(baseUrl, token, "cognigy_anna", { action: "queue", to: { queueId: "q-2" } }),
        204
      )
      const other = { action: "queue", to: { queueId: salesQueueId } }
      assert.strictEqual(yield* routed(baseUrl, token, "cognigy_ben", other), 422)
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.live("keeps the kind that no flag replaces, and shows twenty targets of many", () =>
    Effect.gen(function* () {
      const banner = yield* start(...Array.from({ length: 22 }, (_, index) => ["--queue", `queue-${index}`]).flat())
      assert.include(banner, agentId)
      assert.include(banner, "queue-19\n")
      assert.notInclude(banner, "queue-20")
      assert.include(banner, "and 2 more")
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.live("accepts any target with --any-target", () =>
    Effect.gen(function* () {
      const banner = yield* start("--any-target")
      assert.include(banner, "any queue or agent is accepted")
      assert.include(banner, salesQueueId)
      const { baseUrl, token } = yield* tokenBy(banner)
      const agent = { action: "user", to: { userId: "no body" } }
      assert.strictEqual(yield* routed(baseUrl, token, "cognigy_anna", agent), 204)
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.live("speaks the digital dialect, with the credentials that it prints", () =>
    Effect.gen(function* () {
      const banner = yield* start("--dialect", "digital", "--queue", "77=Night", "--agent", `${digitalAgentId}=Kim`)
      for (const shown of ["77 (Night)\n", "(Kim)\n", digitalTenantId, digitalChannelId]) assert.include(banner, shown)
      assert.notInclude(banner, salesSkillId)
      const [, command = ""] = /access token +curl -s (.*)$/m.exec(banner) ?? []
      const [first = "", ...form] = command.split(" -d ")
      const [url = "", client = ""] = first.split(" -u ")
      const granted = yield* HttpClientRequest.post(url).pipe(
        HttpClientRequest.basicAuth(...(client.split(":") as [string, string])),
        HttpClientRequest.bodyText(form.join("&"), "application/x-www-form-urlencoded"),
        HttpClient.execute
      )
      assert.strictEqual(granted.status, 200)
      const Granted = Schema.Struct({ access_token: Schema.String })
      const { access_token } = yield* Schema.decodeUnknownEffect(Granted)(yield* granted.json)
      const skill = `${url.replace("/auth/token", "")}/incontactapi/services/v30.0/skills`
      const found = yield* Effect.forEach(["77", salesSkillId], (id) =>
        call(HttpClientRequest.accept(HttpClientRequest.get(`${skill}/${id}`), "application/json"), access_token)
      )
      assert.deepStrictEqual(
        found.map(({ status }) => status),
        [200, 404]
      )
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.live.each<readonly [flag: string, values: ReadonlyArray<string>, says: RegExp]>([
    ["--queue", ["north"], /--queue north: .* the number of a skill or the UUID of a routing queue/],
    ["--agent", ["70010"], /--agent 70010: .* a UUID/]
  ])("refuses %s %j in the digital dialect", ([flag, values, says]) =>
    Effect.gen(function* () {
      const flags = values.flatMap((value) => [flag, value])
      assert.match(yield* start("--dialect", "digital", ...flags), says)
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.live.each<readonly [flag: string, values: ReadonlyArray<string>, says: RegExp]>([
    ["--queue", ["Sales team"], /--queue: "Sales team"\. Expected: an id without spaces/],
    ["--agent", ["a", "a=A"], /--agent: "a=A"\. Expected: each id once/],
    ["--queue", ["=Sales"], /--queue: "=Sales"\. Expected: an id, such as/],
    ["--queue", [""], /--queue.* Expected: an id, such as/],
    ["--queue", ["q="], /--queue: "q="\. Expected: a name/],
    ["--queue", ["q=a\nb"], /Expected: a name after =, without control characters/],
    ["--agent", [".."], /Expected: an id that a URL can hold/],
    ["--agent", ["a".repeat(257)], /Expected: at most 256 characters/],
    ["--queue", [`q=${"a".repeat(257)}`], /Expected: at most 256 characters/]
  ])("refuses %s %j", ([flag, values, says]) =>
    Effect.gen(function* () {
      assert.match(yield* start(...values.flatMap((value) => [flag, value])), says)
    }).pipe(Effect.scoped, Effect.provide(platform))
  )
})
