/** Credentials that nobody can have: all are refused, and whoever starts the router is told once. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger, Redacted } from "effect"
import type { WebhookCredentials } from "../../src/cognigy/door/Credentials.ts"
import { WebhookAuth } from "../../src/cognigy/door/WebhookAuth.ts"
import { Journal } from "../../src/handover/Journal.ts"

const warnings = (credentials: WebhookCredentials) =>
  Effect.gen(function* () {
    const told: Array<string> = []
    const logger = Logger.make<unknown, void>(({ message }) => {
      told.push(String(message))
    })
    yield* Effect.scoped(
      Layer.build(WebhookAuth.layer(credentials).pipe(Layer.provide([Journal.layer(), Logger.layer([logger])])))
    )
    return told
  })

const secret = `whsec_${Buffer.alloc(32, 1).toString("base64")}`
const broken = Redacted.make("whsec_s3cr3t")

describe("credentials", () => {
  it.effect.each<WebhookCredentials>([
    { mode: "api-key", keys: [] },
    { mode: "api-key", keys: [Redacted.make("")] },
    { mode: "basic", user: "", password: Redacted.make("s3cr3t") },
    { mode: "signature", secrets: [] },
    { mode: "signature", secrets: [broken] }
  ])("that let nobody in are told of: $mode", (credentials) =>
    Effect.gen(function* () {
      const told = yield* warnings(credentials)
      assert.strictEqual(told.length, 1)
      assert.include(told[0], "let nobody in")
      assert.notInclude(told[0], "s3cr3t")
    })
  )

  it.effect.each<WebhookCredentials>([
    { mode: "none" },
    { mode: "api-key", keys: [Redacted.make(""), Redacted.make("key")] },
    { mode: "basic", user: "cognigy", password: Redacted.make("s3cr3t") },
    { mode: "signature", secrets: [broken, Redacted.make(secret)] }
  ])("that let somebody in are not: $mode", (credentials) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* warnings(credentials), [])
    })
  )
})
