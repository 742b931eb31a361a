import { createHmac } from "node:crypto"
import { createServer } from "node:net"
import { fileURLToPath } from "node:url"
import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber, FileSystem, Layer, Result, Schedule, Schema, Stream, SubscriptionRef } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { ChildProcess } from "effect/process"
import packageJson from "../package.json" with { type: "json" }
import { CXoneSimulator } from "../src/simulator/CXoneSimulator.ts"
import { DigitalSimulator } from "../src/simulator/DigitalSimulator.ts"
import {
  digitalAccessKeyId,
  digitalAccessKeySecret,
  digitalChannelId,
  digitalClientId,
  digitalClientSecret,
  routingQueueId,
  salesSkillId
} from "../src/simulator/digital/DigitalOptions.ts"
import {
  agentId,
  salesQueueId,
  simulatorClientId,
  simulatorClientSecret,
  supportQueueId
} from "../src/simulator/webchat/SimulatorOptions.ts"
import { compileCache } from "./support/compileCache.ts"
import { startProxy } from "./support/proxy.ts"
import { certificate, tlsFront } from "./support/tlsFront.ts"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))

/** What a process writes to one of its outputs, as far as it has come. */
const watch = Effect.fnUntraced(function* <E>(output: Stream.Stream<Uint8Array, E>) {
  const text = yield* SubscriptionRef.make("")
  const reading = yield* Effect.forkScoped(
    Stream.runForEach(Stream.decodeText(output), (piece) => SubscriptionRef.update(text, (before) => before + piece))
  )
  const whole = Effect.andThen(Fiber.join(reading), SubscriptionRef.get(text))
  return {
    /** All of it, once the process has closed it. */
    whole,
    /** Waits until this is written; fails when the output ends without it. */
    until: (pattern: RegExp): Effect.Effect<RegExpExecArray, E> => {
      const found = SubscriptionRef.changes(text).pipe(
        Stream.map((text) => pattern.exec(text)),
        Stream.filter((match) => match !== null),
        Stream.runHead,
        Effect.flatMap(Effect.fromOption)
      )
      const ended = Effect.flatMap(whole, (text) => {
        const match = pattern.exec(text)
        return match === null ? Effect.die(`${pattern} was not written: ${text}`) : Effect.succeed(match)
      })
      return Effect.raceFirst(Effect.orDie(found), ended)
    }
  }
})

interface Surroundings {
  readonly env?: Record<string, string>
  /** The files of the working directory, which is otherwise empty. */
  readonly files?: Record<string, string | Uint8Array>
}

/** The command line in a process of its own, with nothing of our environment; killed with the scope. */
const start = Effect.fnUntraced(function* (args: ReadonlyArray<string>, { env = {}, files = {} }: Surroundings = {}) {
  const fs = yield* FileSystem.FileSystem
  const cwd = yield* fs.makeTempDirectoryScoped()
  yield* Effect.forEach(Object.entries(files), ([name, text]) => fs.writeFile(`${cwd}/${name}`, Buffer.from(text)))
  const child = yield* ChildProcess.make(process.execPath, [main, ...args], {
    cwd,
    env: { ...compileCache, ...env },
    stdin: "ignore",
    detached: false,
    forceKillAfter: "5 seconds"
  })
  const stdout = yield* watch(child.stdout)
  const stderr = yield* watch(child.stderr)
  return {
    stdout,
    stderr,
    /** Waits for the end. */
    result: Effect.all({ code: child.exitCode, stdout: stdout.whole, stderr: stderr.whole }),
    /** Writes a file of the working directory. */
    write: (name: string, text: string) => fs.writeFileString(`${cwd}/${name}`, text),
    /** Sends a signal, and waits for the end. */
    end: (killSignal: "SIGTERM" | "SIGINT") => child.kill({ killSignal }),
    /** Sends signals, all at once. */
    signal: (...signals: ReadonlyArray<NodeJS.Signals>) =>
      Effect.sync(() => {
        for (const signal of signals) process.kill(child.pid, signal)
      })
  }
})

const run = (args: ReadonlyArray<string>, surroundings?: Surroundings) =>
  Effect.scoped(Effect.flatMap(start(args, surroundings), ({ result }) => result))

/** What happened is told in words, not by where in the code. */
const assertNoStack = (text: string) => assert.notMatch(text, /^\s+at |node_modules|\.ts:\d/m)

const Answer = Schema.Struct({
  status: Schema.Union([Schema.String, Schema.Int]),
  error: Schema.optionalKey(Schema.String),
  conversationId: Schema.optionalKey(Schema.String),
  target: Schema.optionalKey(Schema.Struct({ type: Schema.String, id: Schema.String })),
  rule: Schema.optionalKey(Schema.String),
  reused: Schema.optionalKey(Schema.Boolean)
})

const post = Effect.fnUntraced(function* (url: string, body: string, headers: Record<string, string> = {}) {
  const response = yield* HttpClientRequest.post(url).pipe(
    HttpClientRequest.bodyText(body, "application/json"),
    HttpClientRequest.setHeaders(headers),
    HttpClient.execute
  )
  const answer = yield* Schema.decodeUnknownEffect(Schema.fromJsonString(Answer))(yield* response.text)
  return { code: response.status, answer }
})

/** The settings of `serve` in front of a simulator. */
const settingsFor = ({ baseUrl }: CXoneSimulator["Service"]) => ({
  HOST: "127.0.0.1",
  PORT: "0",
  CXONE_BASE_URL: baseUrl,
  CXONE_CLIENT_ID: simulatorClientId,
  CXONE_CLIENT_SECRET: simulatorClientSecret,
  SALES_QUEUE_ID: salesQueueId,
  SUPPORT_QUEUE_ID: supportQueueId,
  WEBHOOK_AUTH: "none"
})

const platform = Layer.merge(NodeServices.layer, NodeHttpClient.layerUndici)

describe("serve", () => {
  it.live("without settings does not start: it lists all that is missing, and no stack", () =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* run(["serve"])
      assert.strictEqual(code, 1)
      for (const name of [
        "CXONE_CLIENT_ID",
        "CXONE_CLIENT_SECRET",
        "SALES_QUEUE_ID",
        "SUPPORT_QUEUE_ID",
        "WEBHOOK_AUTH"
      ]) {
        assert.include(stderr, `${name} is missing`)
      }
      assertNoStack(stderr)
      assert.strictEqual(stdout, "")
    }).pipe(Effect.provide(platform))
  )

  it.live(
    "reads .env below the environment, hands over, finishes handovers in progress on SIGTERM, and ends with 0",
    () =>
      Effect.gen(function* () {
        const cxone = yield* CXoneSimulator
        const settings = { ...settingsFor(cxone), CXONE_CLIENT_SECRET: `"${simulatorClientSecret}" # quoted` }
        const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
        const service = yield* start(["serve"], {
          env: { WEBHOOK_AUTH: "api-key", WEBHOOK_API_KEYS: "k3y-0ne, k3y-tw0" },
          files: { ".env": `# settings\n\n${lines.join("\n")}\n` }
        })
        const [, url] = yield* service.stdout.until(/listening on (http:\/\/127\.0\.0\.1:\d+)[^"]*"/)
        yield* service.stdout.until(/ready: CXone gave an access token/)

        const webhook = `${url}/webhook/cognigy`
        const body = JSON.stringify({ intent: "transfer_to_sales", userId: "anna" })
        assert.strictEqual((yield* post(webhook, body)).code, 401)

        yield* cxone.order({ operation: "open", kind: "delay", millis: 300 })
        const underWay = yield* Effect.forkChild(post(webhook, body, { "x-api-key": "k3y-tw0" }))
        yield* cxone.awaitState(({ counts }) => counts.open === 1)
        yield* service.end("SIGTERM")

        const { answer, code } = yield* Fiber.join(underWay)
        assert.strictEqual(code, 200)
        const result = yield* service.result
        assert.strictEqual(result.code, 0)
        const { conversations } = yield* cxone.state
        assert.deepStrictEqual(
          conversations.map(({ id, labels, target, userId }) => ({ id, labels, target, userId })),
          [
            {
              id: answer.conversationId ?? "none",
              userId: "cognigy_anna",
              target: { type: "queue", id: salesQueueId },
              labels: { source: "cognigy", cognigy_intent: "transfer_to_sales" }
            }
          ]
        )

        assert.strictEqual(result.stderr, "")
        assert.include(result.stdout, "webhook credentials: api-key (2)")
        assert.include(result.stdout, `CXone: ${cxone.baseUrl}`)
        for (const secret of ["k3y-0ne", "k3y-tw0", simulatorClientSecret]) assert.notInclude(result.stdout, secret)
        for (const line of result.stdout.trimEnd().split("\n")) assert.isObject(JSON.parse(line))
      }).pipe(Effect.provide([CXoneSimulator.layer(), platform]))
  )
})

describe("serve with CXONE_DIALECT=digital", () => {
  it.live("says where it gets tokens and opens contacts, and hands over", () =>
    Effect.gen(function* () {
      const { baseUrl } = yield* DigitalSimulator
      const service = yield* start(["serve"], {
        env: {
          CXONE_DIALECT: "digital",
          CXONE_ISSUER: baseUrl,
          CXONE_CLIENT_ID: digitalClientId,
          CXONE_CLIENT_SECRET: digitalClientSecret,
          CXONE_ACCESS_KEY_ID: digitalAccessKeyId,
          CXONE_ACCESS_KEY_SECRET: digitalAccessKeySecret,
          CXONE_CHANNEL_ID: digitalChannelId,
          SALES_QUEUE_ID: salesSkillId,
          SUPPORT_QUEUE_ID: routingQueueId,
          WEBHOOK_AUTH: "none",
          PORT: "0"
        }
      })
      const [, url, place] = yield* service.stdout.until(/listening on (\S+), webhook.*CXone: ([^"]*)"/)
      assert.strictEqual(place, `digital, tokens from ${baseUrl}, opens contacts on channel ${digitalChannelId}`)
      const body = JSON.stringify({ intent: "transfer_to_support", userId: "anna" })
      assert.strictEqual((yield* post(`${url}/webhook/cognigy`, body, {})).code, 200)
      yield* service.end("SIGTERM")
      const { code, stdout } = yield* service.result
      assert.strictEqual(code, 0)
      assert.notInclude(stdout, digitalAccessKeySecret)
    }).pipe(Effect.provide([DigitalSimulator.layer(), platform]))
  )
})

describe("settings that look wrong", () => {
  it.live("are logged at the start, one line each, and no secret shows", () =>
    Effect.gen(function* () {
      const cxone = yield* CXoneSimulator
      const settings = { ...settingsFor(cxone), WEBHOOK_AUTH: "API-Key", WEBHOOK_API_KEYS: "k3y#0ne" }
      const lines = Object.entries({ ...settings, WEBHOOK_KEY: "k3y" }).map(([name, value]) => `${name}=${value}`)
      const utf16 = Buffer.from(`\ufeff${lines.join("\r\n")}\r\n`, "utf16le")
      const service = yield* start(["serve"], {
        env: { HANDOVER_DEADLNE: "7s", OTEL_SDK_DISABLED: "yes" },
        files: { ".env": utf16 }
      })
      const [, url] = yield* service.stdout.until(/listening on (\S+), webhook credentials: api-key \(1\)/)
      const body = JSON.stringify({ intent: "transfer_to_sales", userId: "anna" })
      const send = (key: string) => post(`${url}/webhook/cognigy`, body, { "x-api-key": key })
      assert.deepStrictEqual([(yield* send("k3y")).code, (yield* send("k3y#0ne")).code], [401, 200])
      yield* service.end("SIGTERM")
      const { code, stdout } = yield* service.result
      assert.strictEqual(code, 0)
      const warnings = stdout.split("\n").filter((line) => line.includes('"level":"WARN"'))
      for (const [index, text] of [
        "HANDOVER_DEADLNE is not a setting of the router (from the environment)",
        "WEBHOOK_KEY is not a setting of the router (.env, line 10)",
        "WEBHOOK_API_KEYS may be wrong: has fewer than 16 characters",
        "OTEL_SDK_DISABLED is wrong"
      ].entries()) {
        assert.include(warnings[index] ?? "", text)
      }
      assert.notInclude(stdout, "k3y")
    }).pipe(Effect.provide([CXoneSimulator.layer(), platform]))
  )
})

describe("a router behind a proxy", () => {
  /** The environment of a machine that reaches CXone by a proxy with a user and a password alone; `seen` is what went through. */
  const behindProxy = Effect.gen(function* () {
    const cxone = yield* CXoneSimulator
    const target = yield* tlsFront(Number(new URL(cxone.baseUrl).port))
    const { port, seen } = yield* startProxy({ target, credentials: "us3r:p@ss" })
    const env = {
      ...settingsFor(cxone),
      CXONE_BASE_URL: "https://cxone.test",
      NODE_EXTRA_CA_CERTS: certificate
    }
    const files = { ".env": `HTTPS_PROXY=http://us3r:p%40ss@127.0.0.1:${port}\nNO_PROXY=.internal\n` }
    return { cxone, env, files, seen, way: `through http://127.0.0.1:${port} (HTTPS_PROXY)` }
  })

  const assertNoSecret = (...texts: ReadonlyArray<string>) => {
    for (const text of texts) assert.notMatch(text, /us3r|p@ss|p%40ss|dXMzcjpwQHNz/)
  }

  it.live("hands over through it, says so at the start, and shows neither its user nor its password", () =>
    Effect.gen(function* () {
      const { cxone, env, files, seen, way } = yield* behindProxy
      const service = yield* start(["serve"], { env, files })
      const [, url] = yield* service.stdout.until(/listening on (http:\/\/127\.0\.0\.1:\d+)[^"]*"/)
      yield* service.stdout.until(/ready: CXone gave an access token/)
      const body = JSON.stringify({ intent: "transfer_to_sales", userId: "anna" })
      assert.strictEqual((yield* post(`${url}/webhook/cognigy`, body)).code, 200)
      yield* service.end("SIGTERM")
      const { code, stderr, stdout } = yield* service.result
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.include(stdout, `CXone: https://cxone.test (${way})`)
      assertNoSecret(stdout)
      assert.lengthOf((yield* cxone.state).conversations, 1)
      assert.deepStrictEqual([...new Set(seen)], ["CONNECT cxone.test:443"])
    }).pipe(Effect.provide([CXoneSimulator.layer(), platform]))
  )

  it.live("is checked by doctor in the same way, and doctor reaches the router of this machine directly", () =>
    Effect.gen(function* () {
      const { env, files, seen, way } = yield* behindProxy
      const service = yield* start(["serve"], { env, files })
      const [, port = ""] = yield* service.stdout.until(/listening on http:\/\/127\.0\.0\.1:(\d+)/)
      const nowhere = { HTTP_PROXY: "http://127.0.0.1:1" }
      const { code, stdout } = yield* run(["doctor"], { env: { ...env, ...nowhere, PORT: port }, files })
      assert.match(stdout, /✓ reachability +https:\/\/cxone\.test answered 401/)
      assert.include(stdout, `, ${way}\n`)
      assert.match(stdout, /✓ webhook +http:\/\/127\.0\.0\.1:\d+\/webhook\/cognigy answers/)
      assertNoSecret(stdout)
      assert.strictEqual(code, 0)
      assert.deepStrictEqual([...new Set(seen)], ["CONNECT cxone.test:443"])
    }).pipe(Effect.provide([CXoneSimulator.layer(), platform]))
  )

  it.live("that refuses says why no handover is possible, and which proxy it is", () =>
    Effect.gen(function* () {
      const { env, files, way } = yield* behindProxy
      const wrong = { ".env": files[".env"].replace("p%40ss", "s3cr3t") }
      const service = yield* start(["serve"], { env, files: wrong })
      yield* service.stdout.until(/not ready: [^"]*/)
      yield* service.end("SIGTERM")
      const { stdout } = yield* service.result
      assert.include(stdout, "connection failed (PROXY_ANSWERED_407), through the proxy of HTTPS_PROXY")
      assert.include(stdout, `(${way})`)
      assert.notMatch(stdout, /us3r|s3cr3t/)
    }).pipe(Effect.provide([CXoneSimulator.layer(), platform]))
  )

  it.live("does not use it for the simulator of the demo", () =>
    Effect.gen(function* () {
      const nowhere = { HTTP_PROXY: "http://127.0.0.1:1", ALL_PROXY: "http://127.0.0.1:1" }
      const demo = yield* start(["serve", "--simulate"], { env: { PORT: "0", ...nowhere } })
      const [, url] = yield* demo.stdout.until(/listens on (http:\/\/127\.0\.0\.1:[1-9]\d*)\n/)
      const body = JSON.stringify({ intent: "transfer_to_sales", userId: "anna" })
      assert.strictEqual((yield* post(`${url}/webhook/cognigy`, body)).code, 200)
    }).pipe(Effect.provide(platform))
  )

  it.live("says that Node does not read its own variables from .env", () =>
    Effect.gen(function* () {
      const { NODE_EXTRA_CA_CERTS: path, ...env } = (yield* behindProxy).env
      const surroundings = { env, files: { ".env": `NODE_EXTRA_CA_CERTS=${path}\n` } }
      const service = yield* start(["serve"], surroundings)
      yield* service.stdout.until(/NODE_EXTRA_CA_CERTS has no effect in \.env \(line 1\): Node reads it when it starts/)
      const { stdout } = yield* run(["doctor"], surroundings)
      assert.match(stdout, /⚠ NODE_EXTRA_CA_CERTS +has no effect in \.env/)
    }).pipe(Effect.provide([CXoneSimulator.layer(), platform]))
  )
})

describe("serve with signatures", () => {
  it.live("logs the number of secrets, accepts a signature by one of them, and shows none", () =>
    Effect.gen(function* () {
      const cxone = yield* CXoneSimulator
      const [former, current] = [Buffer.alloc(32, 1).toString("base64"), Buffer.alloc(32, 2).toString("base64")]
      const service = yield* start(["serve"], {
        env: {
          PORT: "0",
          CXONE_BASE_URL: cxone.baseUrl,
          CXONE_CLIENT_ID: simulatorClientId,
          CXONE_CLIENT_SECRET: simulatorClientSecret,
          SALES_QUEUE_ID: salesQueueId,
          SUPPORT_QUEUE_ID: supportQueueId,
          WEBHOOK_AUTH: "signature",
          WEBHOOK_SIGNING_SECRETS: `whsec_${former}, whsec_${current}`
        }
      })
      const [, url] = yield* service.stdout.until(/listening on (\S+), webhook credentials: signature \(2\)/)
      const body = JSON.stringify({ intent: "transfer_to_sales", userId: "anna" })
      const timestamp = Math.floor((yield* Clock.currentTimeMillis) / 1000)
      const sign = (secret: string) =>
        createHmac("sha256", Buffer.from(secret, "base64")).update(`msg_1.${timestamp}.${body}`).digest("base64")
      const headers = { "webhook-id": "msg_1", "webhook-timestamp": String(timestamp) }
      const send = (signature: string) =>
        post(`${url}/webhook/cognigy`, body, { ...headers, "webhook-signature": `v1,${signature}` })
      assert.strictEqual((yield* send(sign(current))).code, 200)
      assert.strictEqual((yield* send(sign(Buffer.alloc(32, 3).toString("base64")))).code, 401)
      yield* service.end("SIGTERM")
      const { code, stdout } = yield* service.result
      assert.strictEqual(code, 0)
      for (const secret of [former, current, sign(current)]) assert.notInclude(stdout, secret)
    }).pipe(Effect.provide([CXoneSimulator.layer(), platform]))
  )
})

describe("SIGHUP", () => {
  it.live("never ends the router, and has a new key read from .env", () =>
    Effect.gen(function* () {
      const cxone = yield* CXoneSimulator
      const { WEBHOOK_AUTH: _, ...settings } = settingsFor(cxone)
      const env = (keys: string) => `WEBHOOK_AUTH=api-key\nWEBHOOK_API_KEYS=${keys}\n`
      const service = yield* start(["serve"], { env: settings, files: { ".env": env("former-0123456789") } })
      const [, url] = yield* service.stdout.until(/listening on (http:\/\/127\.0\.0\.1:\d+)/)
      yield* service.write(".env", env("former-0123456789,latter-0123456789"))
      yield* service.signal("SIGHUP")
      yield* service.stdout.until(/the webhook's credentials: changed \(api-key \(2\)\)/)
      const body = JSON.stringify({ intent: "transfer_to_sales", userId: "anna" })
      for (const key of ["former-0123456789", "latter-0123456789"]) {
        assert.strictEqual((yield* post(`${url}/webhook/cognigy`, body, { "x-api-key": key })).code, 200)
      }
      yield* service.end("SIGTERM")
      assert.strictEqual((yield* service.result).code, 0)
    }).pipe(Effect.provide([CXoneSimulator.layer(), platform]))
  )
})

describe("a signal", () => {
  /** A router with a webhook that waits for CXone, in a process of its own. */
  const busy = Effect.gen(function* () {
    const cxone = yield* CXoneSimulator
    const service = yield* start(["serve"], { env: settingsFor(cxone) })
    const [, url] = yield* service.stdout.until(/listening on (http:\/\/127\.0\.0\.1:\d+)[^"]*"/)
    const body = JSON.stringify({ intent: "transfer_to_sales", userId: "anna" })
    const posting = yield* Effect.forkChild(Effect.result(post(`${url}/webhook/cognigy`, body)))
    yield* cxone.awaitState(({ counts }) => counts.open === 1)
    return { ...service, posting }
  })

  it.live("that comes again ends the process at once, which says so", () =>
    Effect.gen(function* () {
      yield* (yield* CXoneSimulator).order({ operation: "open", kind: "hang", share: 1 })
      const { posting, result, signal } = yield* busy
      // Those of the first 100 ms count as one with the first.
      const again = yield* Effect.forkChild(Effect.repeat(signal("SIGTERM"), Schedule.spaced("20 millis")))
      const { code, stderr } = yield* result
      yield* Fiber.interrupt(again)
      assert.strictEqual(code, 143)
      assert.strictEqual(stderr, "ended at once by a second SIGTERM: handovers and labels in progress were cut off\n")
      // Cut off, and not answered by its deadline.
      assert.isTrue(Result.isFailure(yield* Fiber.join(posting)))
    }).pipe(Effect.provide([CXoneSimulator.layer(), platform]))
  )

  it.live("that comes twice at the same moment is one: handovers in progress are finished", () =>
    Effect.gen(function* () {
      const cxone = yield* CXoneSimulator
      yield* cxone.order({ operation: "open", kind: "delay", millis: 300 })
      const { posting, result, signal } = yield* busy
      // Stopped meanwhile, the process gets both at the same moment, however busy the machine is.
      yield* signal("SIGSTOP", "SIGINT", "SIGTERM", "SIGCONT")
      const { code, stderr } = yield* result
      assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
      const answered = yield* Fiber.join(posting)
      assert.strictEqual(Result.isSuccess(answered) ? answered.success.code : answered.failure, 200)
      assert.strictEqual((yield* cxone.state).conversations[0]?.labels.cognigy_intent, "transfer_to_sales")
    }).pipe(Effect.provide([CXoneSimulator.layer(), platform]))
  )
})

describe("serve --simulate", () => {
  it.live(
    "prints five commands to try, which do what they say, logs one line for each, and ends with 0 on SIGINT",
    () =>
      Effect.gen(function* () {
        const demo = yield* start(["serve", "--simulate"], { env: { PORT: "0" } })
        const [, url] = yield* demo.stdout.until(/listens on (http:\/\/127\.0\.0\.1:[1-9]\d*)\n/)
        const [banner] = yield* demo.stdout.until(/^[\s\S]*Stop with Ctrl\+C\.\n/)
        const commands = Array.from(
          banner.matchAll(/^ {2}curl -s (\S+) -H 'content-type: application\/json' \\\n {4}-d '([^']*)'$/gm),
          ([, address = "", body = ""]) => ({ address, body })
        )
        assert.deepStrictEqual(
          commands.map(({ address }) => address),
          [...Array.from({ length: 4 }, () => `${url}/webhook/cognigy`), `${url}/routing/decide`]
        )
        const again = { address: `${url}/webhook/cognigy`, body: commands[0]?.body ?? "" }

        const answers = yield* Effect.forEach([...commands, again], ({ address, body }) => post(address, body))
        assert.deepStrictEqual(
          answers.map(({ answer: { error, reused, rule, target }, code }) => ({ code, error, reused, rule, target })),
          [
            ...[
              { rule: "transfer_to_sales", target: { type: "queue", id: salesQueueId }, reused: false },
              { rule: "transfer_to_support", target: { type: "queue", id: supportQueueId }, reused: false },
              { rule: "transfer_to_agent", target: { type: "agent", id: agentId }, reused: false }
            ].map((answer) => ({ ...answer, code: 200, error: undefined })),
            { code: 400, error: "Unsupported intent", reused: undefined, rule: undefined, target: undefined },
            {
              rule: "transfer_to_sales",
              target: { type: "queue", id: salesQueueId },
              reused: undefined,
              code: 200,
              error: undefined
            },
            {
              rule: "transfer_to_sales",
              target: { type: "queue", id: salesQueueId },
              reused: true,
              code: 200,
              error: undefined
            }
          ]
        )
        const [sales, support, agent, , , salesAgain] = answers.map(({ answer }) => answer.conversationId ?? "none")
        assert.strictEqual(salesAgain, sales)

        yield* demo.end("SIGINT")
        const { code, stderr, stdout } = yield* demo.result
        assert.strictEqual(code, 0)
        assert.strictEqual(stderr, "")
        const logged = stdout.slice(banner.length).trim().split("\n")
        const expected = [
          `handed over: transfer_to_sales → queue ${salesQueueId} (rule transfer_to_sales), conversation ${sales}, new, N ms`,
          `handed over: transfer_to_support → queue ${supportQueueId} (rule transfer_to_support), conversation ${support}, new, N ms`,
          `handed over: transfer_to_agent → agent ${agentId} (rule transfer_to_agent), conversation ${agent}, new, N ms`,
          /^not handed over: order_pizza → 400 Unsupported intent: .*, N ms$/,
          `decided: transfer_to_sales → queue ${salesQueueId} (rule transfer_to_sales), N ms`,
          `handed over: transfer_to_sales → queue ${salesQueueId} (rule transfer_to_sales), conversation ${sales}, reused, N ms`
        ]
        assert.lengthOf(logged, expected.length)
        for (const [index, line] of logged.entries()) {
          const said = line
            .replace(/^.*?(?=(not )?handed over|decided)/, "")
            .replace(/\d+ ms correlationId=[0-9a-f]{32}(?: handoverId=[0-9a-f-]{36})?$/, "N ms")
          const expectation = expected[index] ?? ""
          if (typeof expectation === "string") assert.strictEqual(said, expectation)
          else assert.match(said, expectation)
        }
      }).pipe(Effect.provide(platform))
  )
})

describe("simulate", () => {
  it.live("on port 0 prints where it listens, is CXone there, and ends with 0 on SIGTERM", () =>
    Effect.gen(function* () {
      const simulator = yield* start(["simulate", "--port", "0"])
      const [, url] = yield* simulator.stdout.until(
        /listens on (http:\/\/127\.0\.0\.1:[1-9]\d*)\n[\s\S]*Stop with Ctrl\+C\.\n/
      )
      const response = yield* HttpClientRequest.post(`${url}/oauth/token`).pipe(
        HttpClientRequest.bodyUrlParams({
          grant_type: "client_credentials",
          client_id: simulatorClientId,
          client_secret: simulatorClientSecret
        }),
        HttpClient.execute
      )
      assert.strictEqual(response.status, 200)
      const printed = yield* simulator.stdout.until(/state +curl -s (\S+)/)
      assert.strictEqual((yield* HttpClient.get(printed[1] ?? "")).status, 200)

      yield* simulator.end("SIGTERM")
      const { code, stderr, stdout } = yield* simulator.result
      assert.strictEqual(code, 0)
      assert.strictEqual(stderr, "")
      for (const known of [simulatorClientId, simulatorClientSecret, salesQueueId, supportQueueId, agentId]) {
        assert.include(stdout, known)
      }
    }).pipe(Effect.provide(platform))
  )
})

describe("a port that is taken", () => {
  const takenPort = Effect.acquireRelease(
    Effect.callback<{ readonly port: number; readonly close: Effect.Effect<void> }>((resume) => {
      const server = createServer().listen(0, "127.0.0.1", () => {
        const address = server.address()
        const port = address !== null && typeof address === "object" ? address.port : 0
        resume(Effect.succeed({ port, close: Effect.sync(() => server.close()) }))
      })
    }),
    ({ close }) => close
  )

  it.live("is told by its number, and ends with 1", () =>
    Effect.gen(function* () {
      const { port } = yield* takenPort
      const results = yield* Effect.all(
        [run(["serve", "--simulate"], { env: { PORT: `${port}` } }), run(["simulate", "--port", `${port}`])],
        { concurrency: "unbounded" }
      )
      for (const { code, stderr, stdout } of results) {
        assert.strictEqual(code, 1)
        assert.match(stderr, new RegExp(`\\b${port}\\b`))
        assert.match(stderr, /EADDRINUSE|in use|taken/)
        assertNoStack(stderr)
        assert.notInclude(stdout, "listen")
      }
    }).pipe(Effect.provide(platform))
  )
})

describe("a command line that cannot be understood", () => {
  it.live("is answered with the problem and the usage, and ends with 1", () =>
    Effect.gen(function* () {
      const [command, flag, value] = yield* Effect.all(
        [run(["frobnicate"]), run(["serve", "--frobnicate"]), run(["simulate", "--port", "70000"])],
        { concurrency: "unbounded" }
      )
      for (const { code, stderr, stdout } of [command, flag, value]) {
        assert.strictEqual(code, 1)
        assert.include(stdout + stderr, "USAGE")
        assertNoStack(stdout + stderr)
      }
      assert.include(command.stderr, "frobnicate")
      for (const name of ["serve", "simulate"]) assert.include(command.stdout, name)
      assert.include(flag.stderr, "--frobnicate")
      assert.include(value.stderr, "--port")
      assert.include(value.stderr, "65535")
    }).pipe(Effect.provide(platform))
  )

  it.live("is not needed for the version", () =>
    Effect.gen(function* () {
      const { code, stdout } = yield* run(["--version"])
      assert.strictEqual(code, 0)
      assert.include(stdout, packageJson.version)
    }).pipe(Effect.provide(platform))
  )
})
