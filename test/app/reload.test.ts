import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger, type LogLevel, PubSub, Queue, Redacted, References, Stream, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"
import { type Changing, makeChanging } from "../../src/app/Changing.ts"
import { reading } from "../../src/app/processSources.ts"
import { reloading } from "../../src/app/reload.ts"
import { settings } from "../../src/app/Settings.ts"
import type { WebhookCredentials } from "../../src/cognigy/door/Credentials.ts"
import { readSources } from "../../src/std/Sources.ts"
import { memoryFiles } from "../support/memoryFiles.ts"
import { patient, settled } from "../support/time.ts"

const FIRST = "first-key-0123456789"
const SECOND = "second-key-0123456789"

const atStart: Readonly<Record<string, string>> = {
  CXONE_CLIENT_ID: "client",
  CXONE_CLIENT_SECRET_FILE: "/secret",
  SALES_QUEUE_ID: "5a1e5000-0000-4000-8000-000000000001",
  SUPPORT_QUEUE_ID: "50bb0000-0000-4000-8000-000000000002",
  WEBHOOK_AUTH: "api-key",
  WEBHOOK_API_KEYS_FILE: "/keys"
}

const dotEnv = (more: Readonly<Record<string, string | undefined>> = {}) =>
  Object.entries({ ...atStart, ...more })
    .flatMap(([name, value]) => (value === undefined ? [] : `${name}=${value}\n`))
    .join("")

const keysOf = (credentials: WebhookCredentials) =>
  credentials.mode === "api-key" ? credentials.keys.map((key) => Redacted.value(key)) : credentials.mode

const clientOf = Effect.fnUntraced(function* (cxone: Changing["cxone"]) {
  if (cxone.dialect === "webchat") {
    const { clientId, clientSecret } = yield* SubscriptionRef.get(cxone.client)
    return `${clientId}/${Redacted.value(clientSecret)}`
  }
  const { accessKeyId, accessKeySecret, clientId, clientSecret } = yield* SubscriptionRef.get(cxone.client)
  return `${clientId}/${Redacted.value(clientSecret)}/${accessKeyId}/${Redacted.value(accessKeySecret)}`
})

/** What a running router has of its settings. */
const now = ({ credentials, cxone, level }: Changing) =>
  Effect.gen(function* () {
    return {
      keys: keysOf(yield* SubscriptionRef.get(credentials)),
      client: yield* clientOf(cxone),
      level: yield* SubscriptionRef.get(level)
    }
  })

interface Running {
  readonly changing: Changing
  readonly files: Map<string, string>
  /** Sends a SIGHUP, and waits until it is done. */
  readonly hangUp: Effect.Effect<void>
  /** The lines of the log since the last look. */
  readonly logged: Effect.Effect<ReadonlyArray<string>>
  readonly rereads: PubSub.Subscription<void>
}

/** Runs a test beside a router that was started with `.env` and its files. */
const running = <A, E>(
  test: (running: Running) => Effect.Effect<A, E>,
  more: Readonly<Record<string, string | undefined>> = {}
) => {
  const { files, layer } = memoryFiles({
    ".env": dotEnv(more),
    "/keys": `${FIRST}\n`,
    "/secret": "s3cr3t",
    "/access-key": "k3y",
    // This process's own, where it has some.
    [process.env.NODE_EXTRA_CA_CERTS ?? ""]: "-----BEGIN CERTIFICATE-----"
  })
  const lines: Array<string> = []
  const log = Logger.make(({ logLevel, message }) => {
    lines.push(`${logLevel}: ${[message].flat().join(" ")}`)
  })
  return Effect.gen(function* () {
    const sources = yield* readSources
    yield* Effect.gen(function* () {
      const changing = yield* makeChanging(yield* settings)
      const rereads = yield* PubSub.subscribe(changing.rereads)
      const hangUps = yield* Queue.unbounded<void>()
      // The log of the running router has another least level than the command line.
      yield* Effect.provideService(reloading(changing, Stream.fromQueue(hangUps)), References.MinimumLogLevel, "All")
      yield* settled
      yield* test({
        changing,
        files,
        hangUp: Effect.andThen(Queue.offer(hangUps, undefined), settled),
        logged: Effect.sync(() => lines.splice(0)),
        rereads
      })
    }).pipe(reading(sources))
  }).pipe(Effect.scoped, Effect.provide([layer, Logger.layer([log])]), patient)
}

const before = { keys: [FIRST], client: "client/s3cr3t", level: "Info" as LogLevel.LogLevel }

describe("SIGHUP", () => {
  it.effect("reads credentials, the client and the log's level again, and asks for the routing table", () =>
    running(({ changing, files, hangUp, logged, rereads }) =>
      Effect.gen(function* () {
        files.set(".env", dotEnv({ CXONE_CLIENT_ID: "other", LOG_LEVEL: "Debug", WEBHOOK_API_KEYS_FILE: "/more" }))
        files.set("/more", `${FIRST},${SECOND}`)
        files.set("/secret", "n3w")
        assert.deepStrictEqual(yield* now(changing), before)
        yield* hangUp
        assert.deepStrictEqual(yield* now(changing), { keys: [FIRST, SECOND], client: "other/n3w", level: "Debug" })
        yield* PubSub.take(rereads)
        const [line = "", ...rest] = yield* logged
        assert.include(line, "the webhook's credentials: changed (api-key (2))")
        assert.include(line, "CXone's client: changed (id or secret)")
        assert.include(line, "the log's level: changed (Debug)")
        assert.deepStrictEqual(rest, [])
      })
    )
  )

  it.effect("without a change says so, and keeps the command line's level", () =>
    running(({ changing, hangUp, logged }) =>
      Effect.gen(function* () {
        yield* hangUp
        assert.deepStrictEqual(yield* now(changing), before)
        assert.strictEqual((yield* logged).join().match(/as before/g)?.length, 3)
      })
    )
  )

  it.effect("names what is used only after a restart, each time", () =>
    running(({ changing, files, hangUp, logged }) =>
      Effect.gen(function* () {
        const waiting = { PORT: "4000", HANDOVER_DEADLINE: "5s", WEBHOOK_AUTH: "none", ROUTES_FILE: undefined }
        files.set(".env", dotEnv(waiting))
        for (const _ of [1, 2]) {
          yield* hangUp
          const lines = yield* logged
          const warning = lines.find((line) => line.includes("only after a restart")) ?? ""
          for (const name of ["PORT", "HANDOVER_DEADLINE", "WEBHOOK_AUTH"]) assert.include(warning, name)
          assert.notInclude(warning, "ROUTES_FILE")
        }
        assert.deepStrictEqual(yield* now(changing), before)
      })
    )
  )

  it.effect("keeps what cannot be read, and takes the rest", () =>
    running(({ changing, files, hangUp, logged }) =>
      Effect.gen(function* () {
        files.set(".env", dotEnv({ LOG_LEVEL: "Loud", CXONE_CLIENT_ID: "other", PORT: "many" }))
        files.delete("/keys")
        yield* hangUp
        assert.deepStrictEqual(yield* now(changing), { ...before, client: "other/s3cr3t" })
        const [line = ""] = yield* logged
        assert.match(line, /^Error: /)
        for (const name of ["LOG_LEVEL", "PORT", "WEBHOOK_API_KEYS_FILE names /keys, which is not there"]) {
          assert.include(line, name)
        }
      })
    )
  )

  it.effect("finds a secret that is set twice", () =>
    running(({ changing, files, hangUp, logged }) =>
      Effect.gen(function* () {
        files.set(".env", dotEnv({ CXONE_CLIENT_SECRET: "tw1ce" }))
        yield* hangUp
        assert.deepStrictEqual(yield* now(changing), before)
        const lines = (yield* logged).join("\n")
        assert.include(lines, "CXONE_CLIENT_SECRET and CXONE_CLIENT_SECRET_FILE are both set")
        assert.notInclude(lines, "tw1ce")
      })
    )
  )

  it.effect("tells of routing that would stop the next start", () =>
    running(({ changing, files, hangUp, logged }) =>
      Effect.gen(function* () {
        files.set(".env", dotEnv({ SALES_QUEUE_ID: "abc", OTEL_EXPORTER_OTLP_HEADERS: "a=b" }))
        yield* hangUp
        const lines = yield* logged
        assert.match(lines[0] ?? "", /^Error: .*would not start/)
        assert.include(lines[0], "SALES_QUEUE_ID")
        assert.match(lines.at(-1) ?? "", /only after a restart: SALES_QUEUE_ID, OTEL_EXPORTER_OTLP_HEADERS$/)
        assert.deepStrictEqual(yield* now(changing), before)
      })
    )
  )

  it.effect("is followed by the next one, also when .env has gone", () =>
    running(({ changing, files, hangUp }) =>
      Effect.gen(function* () {
        files.delete(".env")
        yield* hangUp
        assert.deepStrictEqual(yield* now(changing), before)
        files.set(".env", dotEnv({ LOG_LEVEL: "Warn" }))
        yield* hangUp
        assert.deepStrictEqual(yield* now(changing), { ...before, level: "Warn" })
      })
    )
  )
})

describe("a secret's file", () => {
  it.effect("that has changed is used within 10 s", () =>
    running(({ changing, files, logged }) =>
      Effect.gen(function* () {
        files.set("/keys", `${FIRST}\n${SECOND}\n`)
        files.set("/secret", "n3w")
        yield* TestClock.adjust("10 seconds")
        assert.deepStrictEqual(yield* now(changing), { ...before, keys: [FIRST, SECOND], client: "client/n3w" })
        assert.strictEqual((yield* logged).length, 2)
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual(yield* logged, [])
      })
    )
  )

  it.effect("is not used while it is being written", () =>
    running(({ changing, files, logged }) =>
      Effect.gen(function* () {
        for (const half of ["", "fir", FIRST, `${FIRST},sec`]) {
          files.set("/keys", half)
          yield* TestClock.adjust("3 seconds")
          assert.deepStrictEqual(yield* now(changing), before)
        }
        assert.deepStrictEqual(yield* logged, [])
      })
    )
  )

  it.effect("that cannot be read leaves the old one, and is logged once", () =>
    running(({ changing, files, logged }) =>
      Effect.gen(function* () {
        files.delete("/secret")
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual(yield* now(changing), before)
        const [line = "", ...rest] = yield* logged
        assert.include(line, "CXONE_CLIENT_SECRET_FILE names /secret, which is not there")
        assert.deepStrictEqual(rest, [])
        files.set("/secret", "n3w")
        yield* TestClock.adjust("10 seconds")
        assert.deepStrictEqual(yield* now(changing), { ...before, client: "client/n3w" })
      })
    )
  )

  it.effect("with a weak key is used, with a warning; an id that is a secret is not in the log", () =>
    running(({ changing, files, logged }) =>
      Effect.gen(function* () {
        files.set(".env", dotEnv())
        files.set("/keys", "short")
        files.set("/secret", "NEW-S3CRET")
        yield* TestClock.adjust("10 seconds")
        assert.deepStrictEqual(yield* now(changing), { ...before, keys: ["short"], client: "client/NEW-S3CRET" })
        const lines = (yield* logged).join("\n")
        assert.match(lines, /Warn: WEBHOOK_API_KEYS may be wrong: has fewer than 16 characters/)
        assert.notMatch(lines, /short|S3CRET/)
      })
    )
  )

  it.effect("that can be read again says so", () =>
    running(({ files, logged }) =>
      Effect.gen(function* () {
        files.delete("/keys")
        yield* TestClock.adjust("10 seconds")
        assert.strictEqual((yield* logged).length, 1)
        files.set("/keys", FIRST)
        yield* TestClock.adjust("10 seconds")
        assert.deepStrictEqual(yield* logged, ["Info: the webhook's credentials: can be read again, and as before"])
      })
    )
  )

  it.effect("is looked at where the last SIGHUP found it, and .env is not", () =>
    running(({ changing, files, hangUp }) =>
      Effect.gen(function* () {
        files.set(".env", dotEnv({ WEBHOOK_API_KEYS_FILE: "/more", LOG_LEVEL: "Warn" }))
        files.set("/more", SECOND)
        yield* TestClock.adjust("10 seconds")
        assert.deepStrictEqual(yield* now(changing), before)
        yield* hangUp
        assert.deepStrictEqual((yield* now(changing)).keys, [SECOND])
        files.set("/more", FIRST)
        yield* TestClock.adjust("10 seconds")
        assert.deepStrictEqual(yield* now(changing), { ...before, level: "Warn" })
      })
    )
  )
})

describe("with the Digital Engagement API", () => {
  const digital = {
    CXONE_DIALECT: "digital",
    CXONE_ACCESS_KEY_ID: "key",
    CXONE_ACCESS_KEY_SECRET_FILE: "/access-key",
    CXONE_CHANNEL_ID: "byoc_1"
  }

  it.effect("a file of the access key that has changed is used, and nothing of it is logged", () =>
    running(
      ({ changing, files, logged }) =>
        Effect.gen(function* () {
          assert.deepStrictEqual(yield* now(changing), { ...before, client: "client/s3cr3t/key/k3y" })
          files.set("/access-key", "n3w-k3y")
          yield* TestClock.adjust("10 seconds")
          assert.deepStrictEqual(yield* now(changing), { ...before, client: "client/s3cr3t/key/n3w-k3y" })
          assert.deepStrictEqual(yield* logged, [
            "Info: CXone's client and access key: changed (an id or secret), from a file"
          ])
        }),
      digital
    )
  )

  it.effect("SIGHUP reads both pairs again; another channel or dialect needs a restart", () =>
    running(
      ({ changing, files, hangUp, logged }) =>
        Effect.gen(function* () {
          const next = { CXONE_CLIENT_ID: "other", CXONE_ACCESS_KEY_ID: "new-key", CXONE_CHANNEL_ID: "byoc_2" }
          files.set(".env", dotEnv({ ...digital, ...next }))
          yield* hangUp
          assert.deepStrictEqual(yield* now(changing), { ...before, client: "other/s3cr3t/new-key/k3y" })
          assert.match((yield* logged).at(-1) ?? "", /only after a restart: CXONE_CHANNEL_ID$/)
          files.set(".env", dotEnv({ ...digital, ...next, CXONE_DIALECT: "webchat" }))
          yield* hangUp
          assert.deepStrictEqual(yield* now(changing), { ...before, client: "other/s3cr3t/new-key/k3y" })
          assert.match((yield* logged).at(-1) ?? "", /only after a restart: CXONE_DIALECT, CXONE_CHANNEL_ID$/)
        }),
      digital
    )
  )
})
