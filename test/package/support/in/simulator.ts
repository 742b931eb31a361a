import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { CXoneSimulator } from "cognigy-cxone-router/testing"
import { Console, Effect } from "effect"

Effect.gen(function* () {
  const { baseUrl } = yield* CXoneSimulator
  yield* Console.log(`listens on ${baseUrl}`)
  return yield* Effect.never
}).pipe(Effect.provide(CXoneSimulator.layer({ anyConversation: true })), NodeRuntime.runMain)
