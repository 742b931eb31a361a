import { spawn } from "node:child_process"
import { once } from "node:events"
import { tmpdir } from "node:os"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Cause, Effect, Logger, Redacted, Schema } from "effect"
import { formatLine } from "../../src/app/jsonLog.ts"
import { compileCache } from "../support/compileCache.ts"

/** What both loggers make of the same entry. */
const formatted = (entry: Effect.Effect<void>) =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const both = Logger.make((options) => {
      lines.push(formatLine.log(options), Logger.formatJson.log(options))
    })
    yield* Effect.provide(entry, Logger.layer([both]))
    return lines
  })

describe("a line of the log", () => {
  const value = Arbitrary.schema(Schema.Union([Schema.String, Schema.Finite, Schema.Boolean]))
  it.effect.prop(
    "is what Effect's own logger makes of it, where all is text and numbers",
    { message: Arbitrary.schema(Schema.String), name: Arbitrary.schema(Schema.String), value },
    ({ message, name, value }) =>
      Effect.map(formatted(Effect.annotateLogs(Effect.logInfo(message), name, value)), ([ours, theirs]) => {
        assert.strictEqual(ours, theirs)
      })
  )

  const circle: { self?: unknown } = {}
  circle.self = circle
  for (const [what, entry] of [
    ["a secret in the message", Effect.logInfo({ key: Redacted.make("secret") })],
    ["a secret among the fields", Effect.annotateLogs(Effect.logInfo("x"), "key", { deep: Redacted.make("secret") })],
    ["several messages", Effect.logInfo("a", "b")],
    ["a cause", Effect.logError("a defect", Cause.die(new Error("broken")))],
    ["what leads in a circle", Effect.annotateLogs(Effect.logInfo("x"), "circle", circle)]
  ] as const) {
    it.effect(`is what Effect's own logger makes of ${what}`, () =>
      Effect.map(formatted(entry), ([ours = "", theirs]) => {
        assert.strictEqual(ours, theirs)
        assert.notInclude(ours, "secret")
        JSON.parse(ours)
      })
    )
  }
})

describe("the log", () => {
  const start = () =>
    spawn(process.execPath, [fileURLToPath(new URL("../../src/main.ts", import.meta.url)), "serve"], {
      cwd: tmpdir(),
      env: {
        ...compileCache,
        PORT: "0",
        CXONE_BASE_URL: "http://127.0.0.1:9",
        CXONE_CLIENT_ID: "id",
        CXONE_CLIENT_SECRET: "secret",
        SALES_QUEUE_ID: "5a1e0000-0000-4000-8000-000000000001",
        SUPPORT_QUEUE_ID: "5a1e0000-0000-4000-8000-000000000002",
        WEBHOOK_AUTH: "api-key",
        WEBHOOK_API_KEYS: "jsonlog-0a1b2c3d4e",
        LOG_FORMAT: "json"
      },
      stdio: ["ignore", "pipe", "inherit"]
    })

  it.live("may be read no more: the router goes on", () =>
    Effect.promise(async () => {
      const router = start()
      try {
        let log = ""
        let url: string | undefined
        for await (const chunk of router.stdout.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
          log += chunk
          url = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(log)?.[1]
          if (url !== undefined) break
        }
        router.stdout.destroy()
        // Each of the refused is logged, or one in a while of them.
        for (let i = 0; i < 3; i++) {
          const refused = await fetch(`${url}/webhook/cognigy`, {
            method: "POST",
            headers: { "x-api-key": "jsonlog-0a1b2c3d4e", "content-type": "application/json" },
            body: "{}"
          })
          assert.strictEqual(refused.status, 400)
        }
        assert.strictEqual((await fetch(`${url}/healthz`)).status, 200)
        router.kill("SIGTERM")
        const [code] = await once(router, "exit")
        assert.strictEqual(code, 0)
      } finally {
        router.kill("SIGKILL")
      }
    })
  )
})
