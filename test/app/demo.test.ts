import { fileURLToPath } from "node:url"
import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Console, Deferred, Effect, FileSystem, Layer, References, Schema, Stream } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { ChildProcess } from "effect/process"
import { serveSimulated } from "../../src/app/demo.ts"

const platform = Layer.merge(NodeServices.layer, NodeHttpClient.layerUndici)

const example = fileURLToPath(new URL("../../src/routing/example/routes.yaml", import.meta.url))

/** Starts the demo, for as long as the scope is open, and gives what it prints. */
const bannerWith = Effect.fnUntraced(function* (env: Record<string, string>) {
  const printed = yield* Deferred.make<string, Effect.Error<typeof serveSimulated>>()
  const log = (text: unknown) => void Deferred.doneUnsafe(printed, Effect.succeed(String(text)))
  const demo = serveSimulated.pipe(
    Effect.provideService(Console.Console, { ...globalThis.console, log }),
    Effect.provideService(References.MinimumLogLevel, "None"),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env: { PORT: "0", ...env } })),
    Effect.tapCause((cause) => Deferred.failCause(printed, cause))
  )
  yield* Effect.forkScoped(demo)
  return yield* Deferred.await(printed)
})

/** The commands of a banner: what a comment says about each, and the arguments that a shell would give it. */
const commandsOf = Effect.fnUntraced(function* (banner: string) {
  const commands = [...banner.matchAll(/^ {2}# (.*)\n((?: {2}curl .*\\\n.*)|(?: {2}curl .*))$/gm)]
  return yield* Effect.forEach(commands, ([, says = "", command = ""]) =>
    ChildProcess.make("sh", ["-c", `curl() { printf '%s\\n' "$@"; }\n${command}`]).pipe(
      Effect.flatMap(({ stdout }) => Stream.mkString(Stream.decodeText(stdout))),
      Effect.scoped,
      Effect.map((output) => ({ says, args: output.trimEnd().split("\n") }))
    )
  )
})

const Answer = Schema.Struct({
  rule: Schema.optionalKey(Schema.String),
  target: Schema.optionalKey(Schema.Struct({ type: Schema.String, id: Schema.String })),
  error: Schema.optionalKey(Schema.String),
  text: Schema.optionalKey(Schema.String)
})

/** What the answer says, in the words of the banner, without a target's name. */
const toldBy = ({ error, rule = "no rule", target, text }: typeof Answer.Type, status: number) => {
  if (target !== undefined) return `${rule}: ${target.type} ${target.id}`
  return `${rule}: ${status} ${text === undefined ? error : `"${text}"`}`
}

const inWords = (says: string) =>
  says.replace(/: (queue|agent) .* \((.*)\)$/, ": $1 $2").replace(/403, the bot says /, "403 ")

/** Runs the commands, and holds each answer to what the banner says. */
const assertTrue = Effect.fnUntraced(function* (banner: string) {
  const commands = yield* commandsOf(banner)
  const shown: Array<string> = []
  for (const { args, says } of commands) {
    const [silent, url = "", header, type, data, body = "", ...others] = args
    assert.deepStrictEqual(
      { silent, header, type, data, others },
      { silent: "-s", header: "-H", type: "content-type: application/json", data: "-d", others: [] }
    )
    const response = yield* HttpClientRequest.post(url).pipe(
      HttpClientRequest.bodyText(body, "application/json"),
      HttpClient.execute
    )
    const answer = yield* Schema.decodeUnknownEffect(Answer)(yield* response.json)
    assert.strictEqual(toldBy(answer, response.status), inWords(says))
    shown.push(says)
  }
  return shown
})

/** A routing table in a file of its own, with examples beside it or without. */
const tableOf = Effect.fnUntraced(function* (yaml: string, tests?: string) {
  const fs = yield* FileSystem.FileSystem
  const directory = yield* fs.makeTempDirectoryScoped()
  yield* fs.writeFileString(`${directory}/routes.yaml`, yaml)
  if (tests !== undefined) yield* fs.writeFileString(`${directory}/routes.tests.yaml`, tests)
  return `${directory}/routes.yaml`
})

const queues = "queues: { a: 5a1e5000-0000-4000-8000-00000000000a, b: 5a1e5000-0000-4000-8000-00000000000b }\n"

const tables = [
  {
    name: "with conditions on data, language, channel and entities alone",
    yaml: `${queues}rules:
  - { name: gold, when: { data: { customer.tier: [gold, platinum], orders.0.total: { above: 100 } } }, to: { queue: a } }
  - { name: german, when: { language: de, not: { channel: voice } }, to: { queue: b } }
  - { name: big, when: { entities: { amount: { atLeast: 1000, below: 2000 } }, confidence: { below: 0.4 } }, to: { queue: a } }
`,
    shows: ["gold: queue a", "german: queue b", "big: queue a", "no rule: 400 Unsupported intent"]
  },
  {
    name: "with opening hours that are never open",
    yaml: `${queues}hours: { never: { zone: UTC, weekly: { monday: closed } } }
rules:
  - { name: open, when: { intent: sales, open: never }, to: { queue: a } }
  - { name: closed, when: { intent: sales }, to: { queue: b } }
`,
    shows: ["closed: queue b", "no rule: 400 Unsupported intent"]
  },
  {
    name: "with a catch-all alone, and the default agent",
    yaml: "agents: { kim: kim-1 }\nrules:\n  - { name: all, to: { agent: kim } }\n",
    shows: ["all: agent kim"]
  },
  {
    name: "whose every rule rejects, with quotes",
    yaml: `rules:\n  - { name: "it's no", when: { intent: "it's \\"odd\\" $HOME*" }, to: { reject: "No, it's 'closed'." } }
  - { name: never, to: { reject: Never. } }\n`,
    shows: ["it's no: 403, the bot says \"No, it's 'closed'.\"", 'never: 403, the bot says "Never."']
  },
  {
    name: "with patterns, shares, an agent by entity, and a fallback",
    yaml: `${queues}rules:
  - { name: glob, when: { intent: ["billing_*"] }, to: { queue: a } }
  - { name: regex, when: { entities: { code: { matches: "^[A-Z]{3}$" } } }, to: { queue: a } }
  - { name: agent, when: { any: [{ intent: transfer_to_agent }, { channel: voice }] }, to: { agent: { entity: agentId } } }
  - { name: pilot, when: { all: [{ intent: sales }, { percentage: 10 }] }, to: { queue: b } }
fallback: { to: { queue: b } }
`,
    shows: ["glob: queue a", "agent: agent a6e27000", "pilot: queue b", "fallback: queue b"]
  },
  {
    name: "that has examples beside it, with keys that are the same",
    yaml: `${queues}rules:
  - { name: one, when: { entities: { code: { matches: "^[A-Z]{3}$" } } }, to: { queue: a } }
  - { name: two, to: { queue: b } }
`,
    tests: `tests:
  - { name: first, payload: { intent: hi, userId: "Zoë O'Neil", inputId: i, slots: { code: [ABC] } }, expect: { rule: one } }
  - { name: second, payload: { intent: hi, userId: "Zoë O'Neil", inputId: i }, expect: { rule: two } }
`,
    shows: ["one: queue a", "two: queue b"]
  },
  {
    name: "whose examples are broken",
    yaml: `${queues}rules: [{ name: one, when: { intent: hi }, to: { queue: a } }]\n`,
    tests: "tests: nonsense",
    shows: ["one: queue a", "no rule: 400 Unsupported intent"]
  }
]

describe("the demo", () => {
  it.live.each(tables)("prints commands for a table $name, which do what it says", ({ shows, tests, yaml }) =>
    Effect.gen(function* () {
      const banner = yield* bannerWith({ ROUTES_FILE: yield* tableOf(yaml, tests) })
      const shown = yield* assertTrue(banner)
      assert.strictEqual(shown.length, shows.length)
      for (const [index, says] of shown.entries()) assert.include(says, shows[index] ?? "nothing")
      assert.strictEqual(banner.includes("at this hour"), yaml.includes("hours:"))
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.live("does so for the example table, with its examples", () =>
    Effect.gen(function* () {
      const banner = yield* bannerWith({ ROUTES_FILE: example })
      assert.isAtLeast((yield* assertTrue(banner)).length, 3)
      assert.include(banner, '"userId":"ben"')
    }).pipe(Effect.scoped, Effect.provide(platform))
  )
})
