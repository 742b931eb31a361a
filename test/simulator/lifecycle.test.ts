import { createConnection, type Socket } from "node:net"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Fiber, Layer, Logger, Scope } from "effect"
import { CXoneSimulator } from "../../src/simulator/CXoneSimulator.ts"
import { salesQueueId } from "../../src/simulator/webchat/SimulatorOptions.ts"
import { open, send, whoami, withServer } from "./support.ts"

const user = "cognigy_user"

/** Starts a simulator that closes with this scope. */
const start = (scope: Scope.Scope, options?: Parameters<typeof CXoneSimulator.layer>[0]) =>
  Effect.map(Layer.buildWithScope(CXoneSimulator.layer(options), scope), (context) =>
    Context.get(context, CXoneSimulator)
  )

/** Opens a connection and sends nothing. */
const connect = (port: number) =>
  Effect.acquireRelease(
    Effect.callback<Socket>((resume) => {
      const socket = createConnection(port, "127.0.0.1", () => resume(Effect.succeed(socket)))
      socket.on("error", () => {})
    }),
    (socket) => Effect.sync(() => socket.destroy())
  )

const withClient = Effect.provide(NodeHttpClient.layerUndici)

describe("a simulator", () => {
  it.effect("listens on a free port of the loopback address", () =>
    Effect.gen(function* () {
      const { baseUrl } = yield* CXoneSimulator
      assert.match(baseUrl, /^http:\/\/127\.0\.0\.1:[1-9]\d*$/)
    }).pipe(withServer())
  )

  it.effect("shares nothing with another one", () =>
    Effect.gen(function* () {
      const scope = yield* Effect.scope
      const first = yield* start(scope)
      const second = yield* start(scope, { queues: [] })
      assert.notStrictEqual(first.baseUrl, second.baseUrl)
      const token = yield* first.issueToken
      yield* second.order({ operation: "any", kind: "status", status: 503, share: 1 })
      yield* second.lockUser(user, { opens: 1 })
      const inFirst = Effect.provideService(CXoneSimulator, first)
      const inSecond = Effect.provideService(CXoneSimulator, second)
      assert.strictEqual((yield* inFirst(open(token, user))).status, 201)
      yield* second.clearFaults
      assert.strictEqual((yield* inSecond(whoami(token))).status, 401)
      const lookup = `/api/v2/routing/queues/${salesQueueId}`
      assert.strictEqual((yield* inSecond(send("GET", lookup, { token: yield* second.issueToken }))).status, 404)
      assert.strictEqual((yield* inFirst(send("GET", lookup, { token }))).status, 200)
      assert.deepStrictEqual((yield* second.state).conversations, [])
      assert.deepStrictEqual((yield* first.state).locks, [])
    }).pipe(withClient)
  )

  it.effect("fails to start on a port that is taken", () =>
    Effect.gen(function* () {
      const { baseUrl } = yield* CXoneSimulator
      const scope = yield* Effect.scope
      const error = yield* Effect.flip(start(scope, { port: Number(new URL(baseUrl).port) }))
      assert.strictEqual(error._tag, "ServeError")
    }).pipe(withServer())
  )

  // The test clock stands still here, so any wait for time would hang.
  it.effect("closes at once with calls in flight, and can start again on its port", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const simulator = yield* start(scope)
      const { port } = new URL(simulator.baseUrl)
      const here = Effect.provideService(CXoneSimulator, simulator)
      const token = yield* simulator.issueToken
      yield* here(whoami(token))
      yield* simulator.order({ operation: "whoami", kind: "hang" })
      yield* simulator.order({ operation: "open", kind: "delay", millis: 60_000 })
      yield* connect(Number(port))
      const hanging = yield* Effect.forkChild(here(whoami(token)))
      const delayed = yield* Effect.forkChild(here(open(token, user)))
      yield* simulator.awaitState(({ counts }) => counts.whoami === 2 && counts.open === 1)

      yield* Scope.close(scope, Exit.void)
      for (const fiber of [hanging, delayed]) assert.isTrue(Exit.isFailure(yield* Fiber.await(fiber)))
      assert.isTrue(Exit.isFailure(yield* Effect.exit(here(whoami(token)))))

      const again = yield* start(yield* Effect.scope, { port: Number(port) })
      assert.strictEqual(again.baseUrl, simulator.baseUrl)
      assert.strictEqual((yield* here(whoami(yield* again.issueToken))).status, 200)
    }).pipe(withClient)
  )

  it.effect("logs nothing, even when calls are dropped or interrupted", () => {
    const lines: Array<unknown> = []
    const capture = Logger.layer([Logger.make(({ message }) => void lines.push(message))])
    return Effect.gen(function* () {
      const simulator = yield* CXoneSimulator
      const token = yield* simulator.issueToken
      yield* simulator.order({ operation: "whoami", kind: "drop" })
      yield* simulator.order({ operation: "whoami", kind: "hang" })
      yield* Effect.flip(whoami(token))
      const hanging = yield* Effect.forkChild(whoami(token))
      yield* simulator.awaitState(({ counts }) => counts.whoami === 2)
      yield* Fiber.interrupt(hanging)
      yield* send("GET", "/nothing")
    }).pipe(withServer(), Effect.andThen(Effect.sync(() => assert.deepStrictEqual(lines, []))), Effect.provide(capture))
  })
})
