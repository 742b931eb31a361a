import { spawn } from "node:child_process"
import { once } from "node:events"
import { tmpdir } from "node:os"
import { fileURLToPath } from "node:url"
import { stripVTControlCharacters } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Logger, Redacted } from "effect"
import { formatPretty } from "../../src/app/logging.ts"
import { compileCache } from "../support/compileCache.ts"

describe("a line for people", () => {
  const lineOf = (entry: Effect.Effect<void>) => {
    const lines: Array<string> = []
    const logger = Logger.map(formatPretty, (line) => {
      lines.push(stripVTControlCharacters(line).replace(/^\[\d\d:\d\d:\d\d\.\d{3}\] /, ""))
    })
    return Effect.as(Effect.provide(entry, Logger.layer([logger])), lines)
  }

  it.effect("has the fields that the message does not repeat", () =>
    Effect.gen(function* () {
      const fields = { correlationId: "c-1", outcome: "success", status: 200, rule: "sales" }
      assert.deepStrictEqual(yield* lineOf(Effect.annotateLogs(Effect.logInfo("handed over"), fields)), [
        "INFO: handed over correlationId=c-1"
      ])
    })
  )

  it.effect("shows several messages and a cause, and no secret", () =>
    Effect.gen(function* () {
      const secret = Redacted.make("s3cr3t")
      const cause = Cause.die(new Error("broken"))
      const [line = ""] = yield* lineOf(
        Effect.annotateLogs(Effect.logError("a", { secret }, cause), { deep: { secret } })
      )
      assert.match(line, /^ERROR: a \{"secret":"<redacted>"\} deep=\{"secret":"<redacted>"\} \nError: broken\n {4}at /)
    })
  )
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

  it.live("may lose its reader: the router goes on", () =>
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
