import { createHash } from "node:crypto"
import { NodeFileSystem } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, FileSystem, Inspectable, Layer, Logger, Result, Schedule, Scope } from "effect"
import { TestClock } from "effect/testing"
import { webchatIds } from "../../../src/cxone/webchat/ids.ts"
import { loadRoutes } from "../../../src/routing/file/LoadedRoutes.ts"
import { liveRoutes } from "../../../src/routing/file/liveRoutes.ts"
import { readResponsively, workerBeside } from "../../../src/routing/file/readInThread.ts"
import { readRoutes } from "../../../src/routing/file/readRoutes.ts"
import type { TableStatus } from "../../../src/routing/TableStatus.ts"
import { memoryFile } from "../../support/memoryFile.ts"
import { request } from "../../support/request.ts"
import { patient, until } from "../../support/time.ts"

const QUEUE = "5a1e0000-1111-4222-8333-444444444444"
const PATH = "routes.yaml"

/** A table of one rule with this name, and of as many as are asked for. */
const table = (name: string, more = 0) =>
  [
    `queues: { sales: ${QUEUE} }`,
    "rules:",
    ...Array.from(
      { length: more },
      (_, i) => `  - { name: more ${i}, when: { intent: more_${i} }, to: { queue: sales } }`
    ),
    `  - { name: ${name}, to: { queue: sales } }`,
    ""
  ].join("\n")

/** The table of this name with a queue that nobody has defined, on line 3 from column 29. */
const broken = (name = "a") => table(name).replace("queue: sales", "queue: slaes")

const versionOf = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex").slice(0, 12)

/** A log, by level. */
const logs = () => {
  const lines: Array<readonly [level: string, text: string]> = []
  const logger = Logger.make<unknown, void>(({ logLevel, message }) => {
    lines.push([
      logLevel,
      [message]
        .flat()
        .map((part) => Inspectable.toStringUnknown(part))
        .join(" ")
    ])
  })
  return { lines, layer: Logger.layer([logger]) }
}

/** Follows a file in memory; what is logged, and what decides. */
const following = Effect.fnUntraced(function* (path = PATH) {
  const { current, status } = yield* Effect.flatMap(loadRoutes(path, webchatIds), liveRoutes)
  const decider = Effect.map(current, ({ table, version }) => {
    const { rule } = Result.getOrThrow(table.decide({ request: request("sales"), now: 0 }))
    return { rule, version }
  })
  return { current, status, decider }
})

/** A test of a file in memory, in the clock's time. */
const inMemory = <E>(
  content: string | Uint8Array,
  test: (
    file: ReturnType<typeof memoryFile>,
    lines: ReturnType<typeof logs>["lines"]
  ) => Effect.Effect<void, E, FileSystem.FileSystem | Scope.Scope>
) =>
  Effect.suspend(() => {
    const file = memoryFile(PATH, content)
    const { layer, lines } = logs()
    return test(file, lines).pipe(Effect.scoped, Effect.provide([file.layer, layer]), patient)
  })

const aWhile = TestClock.adjust("2 seconds")

const START = "1970-01-01T00:00:00.000Z"

describe("a table that follows its file", () => {
  it.effect("is at first the one that was loaded, and stays it while the file does", () =>
    inMemory(table("a", 2), (_, lines) =>
      Effect.gen(function* () {
        const { decider, status } = yield* following()
        const version = versionOf(table("a", 2))
        const expected = { version, since: START, rules: 3 }
        assert.deepStrictEqual(yield* status, expected)
        yield* TestClock.adjust("5 minutes")
        assert.deepStrictEqual(yield* status, expected)
        assert.deepStrictEqual(yield* decider, { rule: "a", version })
        assert.deepStrictEqual(lines, [])
      })
    )
  )

  it.effect("is the new one soon after the file has changed, and says so once", () =>
    inMemory(table("a"), (file, lines) =>
      Effect.gen(function* () {
        const { decider, status } = yield* following()
        yield* TestClock.adjust("10 seconds")
        file.put(table("b", 1))
        // Looked at four times a second, and read once it has stayed as it is for a moment.
        yield* TestClock.adjust("600 millis")
        const version = versionOf(table("b", 1))
        assert.deepStrictEqual(yield* decider, { rule: "b", version })
        const { since, ...others } = yield* status
        assert.deepStrictEqual<object>(others, { version, rules: 2 })
        assert.match(since, /^1970-01-01T00:00:10\.[1-6]/)
        yield* TestClock.adjust("5 minutes")
        assert.deepStrictEqual(lines, [
          ["Info", `routing table ${version} is live (2 rules), in place of ${versionOf(table("a"))}`]
        ])
      })
    )
  )

  it.effect("has the problems of a file that is not used, until it is used or as it was", () =>
    inMemory(table("a"), (file) =>
      Effect.gen(function* () {
        const { problems } = yield* Effect.flatMap(loadRoutes(PATH, webchatIds), liveRoutes)
        assert.isUndefined(yield* problems)
        for (const next of [table("b"), table("b")]) {
          file.put(broken())
          yield* aWhile
          const [problem, ...others] = (yield* problems) ?? []
          assert.deepInclude(problem, { line: 3, column: 29, path: "rules[0].to.queue" })
          assert.deepStrictEqual(others, [])
          file.put(next)
          yield* aWhile
          assert.isUndefined(yield* problems)
        }
        file.put(
          ["rules:", ...Array.from({ length: 150 }, (_, i) => `  - { name: r${i}, to: { queue: none } }`)].join("\n")
        )
        yield* aWhile
        assert.lengthOf((yield* problems) ?? [], 100)
      })
    )
  )

  it.effect("stays the same for its users, and is replaced whole", () =>
    inMemory(table("a"), (file) =>
      Effect.gen(function* () {
        const { current } = yield* following()
        const before = yield* current
        file.put(table("b"))
        yield* aWhile
        const ruleOf = ({ table }: typeof before) =>
          Result.getOrThrow(table.decide({ request: request("sales"), now: 0 })).rule
        assert.deepStrictEqual([before.version, ruleOf(before)], [versionOf(table("a")), "a"])
        const after = yield* current
        assert.deepStrictEqual([after.version, ruleOf(after)], [versionOf(table("b")), "b"])
      })
    )
  )

  it.effect("is the new one too where the file changed between being loaded and being followed", () =>
    inMemory(table("a"), (file) =>
      Effect.gen(function* () {
        const loaded = yield* loadRoutes(PATH, webchatIds)
        file.put(table("b"))
        const { status } = yield* liveRoutes(loaded)
        assert.strictEqual((yield* status).version, versionOf(table("a")))
        yield* aWhile
        assert.strictEqual((yield* status).version, versionOf(table("b")))
      })
    )
  )

  it.effect("follows one change after the other", () =>
    inMemory(table("a"), (file, lines) =>
      Effect.gen(function* () {
        const { decider } = yield* following()
        for (let i = 0; i < 20; i++) {
          file.put(table(`n${i}`), { ino: i })
          yield* aWhile
          assert.deepStrictEqual(yield* decider, { rule: `n${i}`, version: versionOf(table(`n${i}`)) })
        }
        assert.lengthOf(lines, 20)
      })
    )
  )

  it.effect("notices another file of the same size and time", () =>
    inMemory(table("a"), (file) =>
      Effect.gen(function* () {
        const { decider } = yield* following()
        yield* aWhile
        file.put(table("b"), { mtime: 1, ino: 2 })
        yield* aWhile
        assert.deepInclude(yield* decider, { rule: "b" })
      })
    )
  )

  it.effect("does not begin anew where the same content is written again", () =>
    inMemory(table("a"), (file, lines) =>
      Effect.gen(function* () {
        const { current, status } = yield* following()
        yield* aWhile
        const [before, reads] = [yield* current, file.reads()]
        file.put(table("a"))
        yield* aWhile
        file.put(table("a"), { ino: 9 })
        yield* aWhile
        assert.isAbove(file.reads(), reads)
        assert.strictEqual((yield* current).table, before.table)
        assert.strictEqual((yield* status).since, START)
        assert.deepStrictEqual(lines, [])
      })
    )
  )

  it.effect("is the new one within a minute where its size, inode and time are those of the old one", () =>
    inMemory(table("a"), (file, lines) =>
      Effect.gen(function* () {
        const { decider } = yield* following()
        for (const name of ["b", "c", "a"]) {
          // At another moment of the minute each time.
          yield* TestClock.adjust("83 seconds")
          file.put(table(name), { mtime: 1 })
          yield* TestClock.adjust("1 minute")
          assert.deepStrictEqual(yield* decider, { rule: name, version: versionOf(table(name)) })
        }
        assert.lengthOf(lines, 3)
      })
    )
  )

  it.effect("stays where such a file is broken, which is reported once, and mended in the same way", () =>
    inMemory(table("a"), (file, lines) =>
      Effect.gen(function* () {
        const { status } = yield* following()
        yield* aWhile
        file.put(broken(), { mtime: 1 })
        yield* TestClock.adjust("10 minutes")
        const { rejected, version } = yield* status
        assert.strictEqual(version, versionOf(table("a")))
        assert.strictEqual(rejected?.version, versionOf(broken()))
        assert.lengthOf(lines, 1)
        file.put(table("a"), { mtime: 1 })
        yield* TestClock.adjust("10 minutes")
        assert.isUndefined((yield* status).rejected)
        assert.deepStrictEqual(lines.slice(1), [
          ["Info", `the routing table's file is as it was: ${versionOf(table("a"))} is live`]
        ])
      })
    )
  )

  it.effect("reads a file that has not changed about once in a minute, and says nothing", () =>
    inMemory(table("a"), (file, lines) =>
      Effect.gen(function* () {
        const { current, status } = yield* following()
        yield* aWhile
        const [before, reads] = [yield* current, file.reads()]
        yield* TestClock.adjust("10 minutes")
        assert.isAtLeast(file.reads() - reads, 10)
        assert.isAtMost(file.reads() - reads, 12)
        assert.strictEqual((yield* current).table, before.table)
        assert.deepStrictEqual(yield* status, { version: before.version, since: START, rules: 1 })
        assert.deepStrictEqual(lines, [])
      })
    )
  )

  it.effect("stays where the file cannot be read for a while, though it looks as before", () =>
    inMemory(table("a"), (file, lines) =>
      Effect.gen(function* () {
        const { decider, status } = yield* following()
        yield* aWhile
        file.failReads("PermissionDenied")
        yield* TestClock.adjust("1 minute")
        assert.deepInclude(yield* decider, { rule: "a" })
        assert.strictEqual((yield* status).rejected?.problems, 1)
        file.failReads(undefined)
        yield* aWhile
        assert.isUndefined((yield* status).rejected)
        yield* TestClock.adjust("10 minutes")
        assert.deepStrictEqual(
          lines.map(([level]) => level),
          ["Error", "Info"]
        )
      })
    )
  )

  it.effect("does not read a file that is written in two halves before the second one", () =>
    inMemory(table("a"), (file, lines) =>
      Effect.gen(function* () {
        const { decider } = yield* following()
        yield* aWhile
        // Whenever the first half comes between two looks at the file.
        for (let i = 0; i < 13; i++) {
          const whole = table(`n${i}`)
          yield* TestClock.adjust(`${i * 20} millis`)
          file.put(whole.slice(0, whole.length / 2))
          yield* TestClock.adjust("90 millis")
          file.put(whole)
          yield* aWhile
          assert.deepInclude(yield* decider, { rule: `n${i}` })
        }
        assert.deepStrictEqual(
          lines.filter(([level]) => level !== "Info"),
          []
        )
      })
    )
  )

  it.effect("reads a file all the same that is written without end", () =>
    inMemory(table("a"), (file) =>
      Effect.gen(function* () {
        const { decider } = yield* following()
        for (let i = 0; i < 60; i++) {
          file.put(table("b"))
          yield* TestClock.adjust("50 millis")
        }
        assert.deepInclude(yield* decider, { rule: "b" })
        file.put(table("c"))
        yield* aWhile
        assert.deepInclude(yield* decider, { rule: "c" })
      })
    )
  )

  it.effect("is followed until the scope closes", () =>
    inMemory(table("a"), (file) =>
      Effect.gen(function* () {
        const scope = yield* Scope.make()
        const { status } = yield* Effect.provideService(following(), Scope.Scope, scope)
        yield* aWhile
        const reads = file.reads()
        yield* Scope.close(scope, Exit.void)
        file.put(table("b"))
        yield* aWhile
        assert.strictEqual(file.reads(), reads)
        assert.strictEqual((yield* status).version, versionOf(table("a")))
      })
    )
  )
})

const notUtf8 = Buffer.from("rules: [{ name: ü }]", "latin1")
const tooLarge = `#${" ".repeat(4 * 1024 * 1024)}\n${table("b")}`

/** Contents that are no table, and how the log says so. */
const wrong: ReadonlyArray<{
  readonly what: string
  readonly content: string | Uint8Array
  readonly version?: string
  readonly problems?: number
  readonly told: ReadonlyArray<string>
}> = [
  {
    what: "an unknown queue",
    content: broken(),
    told: [`  ${PATH}:3:29 no queue is named "slaes"\n    → did you mean sales?`]
  },
  {
    what: "several problems",
    content: `${broken()}fallbak: {}\n`,
    told: [`${PATH}:4:1 unknown member "fallbak"`]
  },
  {
    what: "two unknown queues",
    content: `${broken()}fallback: { to: { queue: nowhere } }\n`,
    problems: 3,
    told: [
      `${PATH}:3:29 no queue is named "slaes"`,
      `${PATH}:4:26 no queue is named "nowhere"`,
      `${PATH}:4:1 the fallback`
    ]
  },
  { what: "bad syntax", content: `${table("b")}  : :\n- [`, told: [`${PATH}:4:`, "cannot be read"] },
  { what: "nothing", content: "", told: [`${PATH}:1:1 is empty`] },
  { what: "bytes that are no UTF-8", content: notUtf8, told: [`${PATH}:1:1 is not UTF-8\n    → a file in UTF-8`] },
  {
    what: "too much",
    content: tooLarge,
    version: "none",
    told: [`${PATH}:1:1 is larger than 4 MiB\n    → a smaller file`]
  }
]

describe("a file that is broken", () => {
  it.effect.each(wrong)("by $what is reported once, with line and column, and the table stays", (row) =>
    inMemory(table("a"), (file, lines) =>
      Effect.gen(function* () {
        const { decider, status } = yield* following()
        yield* TestClock.adjust("10 seconds")
        const before = yield* decider
        file.put(row.content)
        yield* TestClock.adjust("5 minutes")
        assert.deepStrictEqual(yield* decider, before)

        const { rejected, ...others } = yield* status
        assert.deepStrictEqual<object>(others, { version: before.version, since: START, rules: 1 })
        // What was not read has no version.
        assert.strictEqual(rejected?.version, row.version === undefined ? versionOf(row.content) : undefined)
        assert.match(`${rejected?.at}`, /^1970-01-01T00:00:10\.[1-6]/)
        if (row.problems !== undefined) assert.strictEqual(rejected?.problems, row.problems)

        assert.lengthOf(lines, 1)
        const [[level, text] = ["", ""]] = lines
        assert.strictEqual(level, "Error")
        assert.include(text, `${before.version} stays: ${rejected?.problems} problem`)
        for (const part of row.told) assert.include(text, part)
        assert.isAtMost(text.length, 2000)
      })
    )
  )

  it.effect("and then mended is taken over, and no longer said to be wrong", () =>
    inMemory(table("a"), (file, lines) =>
      Effect.gen(function* () {
        const { decider, status } = yield* following()
        file.put(broken())
        yield* aWhile
        assert.property(yield* status, "rejected")
        file.put(table("b"))
        yield* aWhile
        assert.deepInclude(yield* decider, { rule: "b" })
        assert.notProperty(yield* status, "rejected")
        assert.deepStrictEqual(
          lines.map(([level]) => level),
          ["Error", "Info"]
        )
      })
    )
  )

  it.effect("and then put back as it was is no longer said to be wrong, and the table has been live all along", () =>
    inMemory(table("a"), (file) =>
      Effect.gen(function* () {
        const { current, status } = yield* following()
        const before: TableStatus = yield* status
        const { table: first } = yield* current
        file.put(broken())
        yield* aWhile
        file.put(table("a"))
        yield* aWhile
        assert.deepStrictEqual(yield* status, before)
        assert.strictEqual((yield* current).table, first)
      })
    )
  )

  it.effect("in the same way again is not reported again; in another way it is", () =>
    inMemory(table("a"), (file, lines) =>
      Effect.gen(function* () {
        const { status } = yield* following()
        for (const content of [broken(), broken(), broken(), broken("b")]) {
          file.put(content)
          yield* aWhile
        }
        assert.deepStrictEqual(
          lines.map(([level]) => level),
          ["Error", "Error"]
        )
        assert.strictEqual((yield* status).rejected?.version, versionOf(broken("b")))
      })
    )
  )

  it.effect("in the same way after it was mended is reported again", () =>
    inMemory(table("a"), (file, lines) =>
      Effect.gen(function* () {
        yield* following()
        for (const content of [broken(), table("b"), broken()]) {
          file.put(content)
          yield* aWhile
        }
        assert.deepStrictEqual(
          lines.map(([level]) => level),
          ["Error", "Info", "Error"]
        )
        assert.include(lines[2]?.[1], `${versionOf(table("b"))} stays`)
      })
    )
  )
})

describe("a file that is gone", () => {
  it.effect("is reported once, and the table stays; when it is back it is used", () =>
    inMemory(table("a"), (file, lines) =>
      Effect.gen(function* () {
        const { decider, status } = yield* following()
        file.remove()
        yield* TestClock.adjust("5 minutes")
        assert.deepInclude(yield* decider, { rule: "a" })
        const { rejected } = yield* status
        assert.strictEqual(rejected?.problems, 1)
        assert.notProperty(rejected, "version")
        assert.lengthOf(lines, 1)
        assert.include(lines[0]?.[1], `${PATH}:1:1 is not there\n    → the path of a file`)
        file.put(table("b"))
        yield* aWhile
        assert.deepInclude(yield* decider, { rule: "b" })
        assert.notProperty(yield* status, "rejected")
      })
    )
  )

  it.effect("and back changes nothing", () =>
    inMemory(table("a"), (file) =>
      Effect.gen(function* () {
        const { status } = yield* following()
        const before = yield* status
        file.remove()
        yield* aWhile
        assert.property(yield* status, "rejected")
        file.put(table("a"))
        yield* aWhile
        assert.deepStrictEqual(yield* status, before)
      })
    )
  )

  it.effect("for less than a moment, as it is while some programs write, is not missed", () =>
    inMemory(table("a"), (file, lines) =>
      Effect.gen(function* () {
        const { decider } = yield* following()
        yield* aWhile
        for (let i = 0; i < 13; i++) {
          yield* TestClock.adjust(`${i * 20} millis`)
          file.remove()
          yield* TestClock.adjust("90 millis")
          file.put(table(`n${i}`))
          yield* aWhile
          assert.deepInclude(yield* decider, { rule: `n${i}` })
        }
        assert.isTrue(lines.every(([level]) => level === "Info"))
      })
    )
  )

  it.effect.each([
    ["Directory", "is a directory"],
    // To read one of these might never end.
    ["FIFO", "is no regular file"],
    ["CharacterDevice", "is no regular file"]
  ] as const)("and a %s in its place is reported and not read, and the table stays", ([type, told]) =>
    inMemory(table("a"), (file, lines) =>
      Effect.gen(function* () {
        const { decider } = yield* following()
        yield* aWhile
        const reads = file.reads()
        file.put("", { type })
        yield* aWhile
        assert.deepInclude(yield* decider, { rule: "a" })
        assert.include(lines[0]?.[1], `${PATH}:1:1 ${told}`)
        assert.strictEqual(file.reads(), reads)
      })
    )
  )
})

describe("a file that cannot be read", () => {
  // Rights that are given, descriptors that are free again, a share that answers again: none of them shows in the file's time or size.
  it.effect("is read as soon as it can be, although it has not changed since", () =>
    inMemory(table("a"), (file) =>
      Effect.gen(function* () {
        const { decider, status } = yield* following()
        yield* aWhile
        file.failReads("PermissionDenied")
        file.put(table("b"))
        yield* aWhile
        const { rejected } = yield* status
        assert.strictEqual(rejected?.problems, 1)
        assert.notProperty(rejected, "version")
        file.failReads(undefined)
        yield* TestClock.adjust("1 minute")
        assert.deepInclude(yield* decider, { rule: "b" })
        assert.notProperty(yield* status, "rejected")
      })
    )
  )

  it.effect("for an unforeseen reason is reported, and followed nevertheless", () =>
    inMemory(table("a"), (file, lines) =>
      Effect.gen(function* () {
        const { decider } = yield* following()
        yield* aWhile
        file.failReads("Defect")
        file.put(table("b"))
        yield* aWhile
        assert.deepInclude(yield* decider, { rule: "a" })
        assert.strictEqual(lines[0]?.[0], "Error")
        assert.include(lines[0]?.[1], "could not be followed")
        file.failReads(undefined)
        file.put(table("c"))
        yield* aWhile
        assert.deepInclude(yield* decider, { rule: "c" })
      })
    )
  )

  it.effect("for as long as that is so is reported once", () =>
    inMemory(table("a"), (file, lines) =>
      Effect.gen(function* () {
        yield* following()
        yield* aWhile
        file.failReads("Busy")
        for (const name of ["b", "c", "d"]) {
          file.put(table(name))
          yield* TestClock.adjust("1 minute")
        }
        assert.lengthOf(lines, 1)
      })
    )
  )
})

describe("a table that is loaded", () => {
  const load = (content: string | Uint8Array) =>
    Effect.provide(loadRoutes(PATH, webchatIds), memoryFile(PATH, content).layer)

  it.effect("has the path, the content, and the version of the bytes", () =>
    Effect.gen(function* () {
      const loaded = yield* load(table("a"))
      assert.deepStrictEqual(loaded, {
        path: PATH,
        version: versionOf(table("a")),
        file: {
          queues: { sales: QUEUE },
          rules: [{ name: "a", to: { queue: "sales" } }]
        },
        ids: webchatIds
      })
    })
  )

  it.effect("has another version for each change of its bytes, also for one that changes no rule", () =>
    Effect.gen(function* () {
      const texts = [table("a"), `${table("a")}# x\n`, `\ufeff${table("a")}`, table("a").replaceAll("\n", "\r\n")]
      const loaded = yield* Effect.forEach(texts, load)
      assert.strictEqual(new Set(loaded.map(({ version }) => version)).size, texts.length)
      for (const { file } of loaded) assert.deepStrictEqual(file, loaded[0]?.file)
    })
  )

  it.effect.each(wrong)("fails with all that is wrong with $what", ({ content, told, version }) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(load(content))
      assert.strictEqual(error._tag, "RoutesError")
      assert.strictEqual(error.version, version ?? versionOf(content))
      assert.strictEqual(error.isTable, version === undefined)
      for (const part of told) assert.include(error.message, part)
    })
  )

  it.effect("fails where there is no file, or no right to read it", () =>
    Effect.gen(function* () {
      const file = memoryFile(PATH, table("a"))
      file.failReads("PermissionDenied")
      const errors = [
        yield* Effect.flip(Effect.provide(loadRoutes(PATH, webchatIds), file.layer)),
        yield* Effect.flip(Effect.provide(loadRoutes("elsewhere.yaml", webchatIds), file.layer))
      ]
      assert.deepStrictEqual(
        errors.map(({ isTable, message }) => [isTable, message]),
        [
          [false, `  ${PATH}:1:1 cannot be read\n    → a file that the router may read`],
          [false, "  elsewhere.yaml:1:1 is not there\n    → the path of a file"]
        ]
      )
    })
  )
})

/** A comment that makes a table large. */
const fill = `# ${"x".repeat(100)}\n`.repeat(700)

const large = (name: string) => `${table(name)}${fill}`

describe("a table of more than 64 KiB", () => {
  const read = (text: string) =>
    Effect.result(Effect.provide(loadRoutes(PATH, webchatIds), memoryFile(PATH, text).layer))

  it.live.each([
    {
      what: "in JSON, with a bit of everything",
      text: JSON.stringify({
        queues: { sales: QUEUE, "__proto__ ": QUEUE },
        agents: { ann: "a-1" },
        hours: {
          office: { zone: "Europe/Berlin", weekly: { weekdays: ["08:00-12:00", "13:00-18:00"], saturday: "closed" } }
        },
        rules: Array.from({ length: 400 }, (_, i) => ({
          name: `rule ${i} 😀`,
          when: {
            intent: [`i_${i}`, `i_${i}_*`],
            confidence: { atLeast: 0.5, below: 0.9 },
            entities: { tier: { oneOf: ["gold", 7, true], matches: "^g" }, age: { above: -1.5e-7 } },
            data: { "/a~1b/0": "x" },
            not: { any: [{ closed: "office" }, { percentage: { of: 12.5, seed: "s" } }] }
          },
          to: { agent: { entity: "agentId" }, fallback: { queue: "sales" } },
          labels: { tier: "{{tier}}" }
        })),
        fallback: { to: { reject: "Nein.\nWirklich nicht." } }
      })
    }
  ])("$what is read as a small one is", ({ text }) =>
    Effect.gen(function* () {
      assert.isAbove(text.length, 64 * 1024)
      const { file, version } = Result.getOrThrow(yield* read(text))
      assert.deepStrictEqual(file, Result.getOrThrow(readRoutes(text, webchatIds)))
      assert.strictEqual(version, versionOf(text))
    })
  )

  it.live.each([
    { what: "bad syntax after a long comment", text: `${fill}${table("a")}  : :\n- [` },
    {
      what: "unknown members, unknown queues, and rules that never decide",
      text: `${fill}${broken()}  - { name: b, to: { queue: sales } }\n  - { name: c, too: x }\n`
    },
    { what: "nothing but blanks", text: " ".repeat(70_000) }
  ])("with $what has the problems that a small one has", ({ text }) =>
    Effect.gen(function* () {
      assert.isAbove(text.length, 64 * 1024)
      const { problems } = Result.getOrThrow(Result.flip(yield* read(text)))
      assert.deepStrictEqual(problems, Result.getOrThrow(Result.flip(readRoutes(text, webchatIds))))
      assert.isNotEmpty(problems)
    })
  )

  it.effect("is taken over although the file changes while it is parsed, and the next one after it", () =>
    inMemory(table("a"), (file, lines) =>
      Effect.gen(function* () {
        const { decider, status } = yield* following()
        yield* aWhile
        file.put(large("b"))
        for (const [before, name, next] of [
          ["a", "b", "c"],
          ["b", "c", "d"]
        ] as const) {
          const reads = file.reads()
          yield* until(() => file.reads() > reads)
          // It has been read, and is being parsed in a thread of its own.
          assert.deepInclude(yield* decider, { rule: before })
          file.put(large(next))
          yield* TestClock.withLive(becomes(status, large(name)))
          assert.deepInclude(yield* decider, { rule: name })
        }
        assert.deepStrictEqual(
          lines.map(([level]) => level),
          ["Info", "Info"]
        )
      })
    )
  )

  it.live("delays no request while it is read", () =>
    Effect.gen(function* () {
      let ticks = 0
      yield* Effect.forkChild(
        Effect.repeat(
          Effect.sync(() => ticks++),
          Schedule.spaced("1 millis")
        )
      )
      const { file } = Result.getOrThrow(yield* read(table("a", 1000)))
      assert.lengthOf(file.rules, 1001)
      // While it is read here, no timer goes off.
      assert.isAbove(ticks, 20)
    })
  )
})

describe("a large table where the thread's module is missing", () => {
  it.live.each([
    // A bundle in CommonJS has no import.meta.url; other bundles have one that is not a file's.
    ["no URL", undefined],
    ["the URL of a page", "https://example.com/assets/index.js"],
    ["the URL of a bundle that the module is not beside", "file:///nowhere/bundle.js"]
  ] as const)("is read in this thread: %s", ([, base]) =>
    Effect.gen(function* () {
      const module = workerBeside(base)
      assert.strictEqual(module?.href, base?.startsWith("file:") ? "file:///nowhere/readRoutesWorker.js" : undefined)
      const read = (text: string) => Effect.result(readResponsively(text, webchatIds, module))
      assert.deepStrictEqual(yield* read(large("a")), readRoutes(large("a"), webchatIds))
      assert.deepStrictEqual(yield* read(`${broken()}${fill}`), readRoutes(`${broken()}${fill}`, webchatIds))
    })
  )
})

/** Waits until the live table is the one of this text. */
const becomes = (status: Effect.Effect<TableStatus>, text: string) =>
  status.pipe(
    Effect.filterOrFail(({ version }) => version === versionOf(text)),
    Effect.retry(Schedule.spaced("10 millis"))
  )

/** Waits until the table says that its file is not used. */
const isRejected = (status: Effect.Effect<TableStatus>) =>
  status.pipe(
    Effect.filterOrFail(({ rejected }) => rejected !== undefined),
    Effect.retry(Schedule.spaced("10 millis"))
  )

/** A test in a directory of its own, on the machine's file system. */
const onDisk = <A, E>(
  test: (directory: string, fs: FileSystem.FileSystem) => Effect.Effect<A, E, FileSystem.FileSystem | Scope.Scope>
) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    return yield* test(yield* fs.makeTempDirectoryScoped(), fs)
  }).pipe(Effect.scoped, Effect.provide(Layer.merge(NodeFileSystem.layer, Logger.layer([]))))

describe.concurrent("a table that follows a file on disk", () => {
  it.live("notices a file that is written in place, of whatever size", () =>
    onDisk((directory, fs) =>
      Effect.gen(function* () {
        const path = `${directory}/${PATH}`
        yield* fs.writeFileString(path, table("a"))
        const { decider, status } = yield* following(path)
        for (const [name, text] of [
          ["b", table("b")],
          ["cc", table("cc", 5)],
          ["d", table("d")]
        ] as const) {
          yield* fs.writeFileString(path, text)
          yield* becomes(status, text)
          assert.deepInclude(yield* decider, { rule: name })
        }
      })
    )
  )

  it.live("notices a file that takes its place", () =>
    onDisk((directory, fs) =>
      Effect.gen(function* () {
        const path = `${directory}/${PATH}`
        yield* fs.writeFileString(path, table("a"))
        const { status } = yield* following(path)
        for (const name of ["b", "c"]) {
          yield* fs.writeFileString(`${path}.new`, table(name))
          yield* fs.rename(`${path}.new`, path)
          yield* becomes(status, table(name))
        }
      })
    )
  )

  it.live("notices a link that is moved, and a link to a directory, as Kubernetes moves them", () =>
    onDisk((directory, fs) =>
      Effect.gen(function* () {
        // routes.yaml → ..data/routes.yaml, ..data → ..2026_1, and a new ..data takes the place of the old one.
        const publish = Effect.fnUntraced(function* (name: string, text: string) {
          yield* fs.makeDirectory(`${directory}/..${name}`)
          yield* fs.writeFileString(`${directory}/..${name}/${PATH}`, text)
          yield* fs.symlink(`..${name}`, `${directory}/..data_tmp`)
          yield* fs.rename(`${directory}/..data_tmp`, `${directory}/..data`)
        })
        yield* publish("2026_1", table("a"))
        yield* fs.symlink(`..data/${PATH}`, `${directory}/${PATH}`)
        const { status } = yield* following(`${directory}/${PATH}`)
        for (const [index, name] of ["b", "c", "d"].entries()) {
          yield* publish(`2026_${index + 2}`, table(name))
          yield* fs.remove(`${directory}/..2026_${index + 1}`, { recursive: true })
          yield* becomes(status, table(name))
        }
      })
    )
  )

  it.live("notices a file that is gone and back", () =>
    onDisk((directory, fs) =>
      Effect.gen(function* () {
        const path = `${directory}/${PATH}`
        yield* fs.writeFileString(path, table("a"))
        const { decider, status } = yield* following(path)
        yield* fs.remove(path)
        yield* isRejected(status)
        assert.deepInclude(yield* decider, { rule: "a" })
        yield* fs.writeFileString(path, table("b"))
        assert.notProperty(yield* becomes(status, table("b")), "rejected")
      })
    )
  )

  it.live("notices a link that leads nowhere, or to itself, and then somewhere", () =>
    onDisk((directory, fs) =>
      Effect.gen(function* () {
        const path = `${directory}/${PATH}`
        const move = (target: string) =>
          Effect.andThen(fs.symlink(target, `${path}.new`), fs.rename(`${path}.new`, path))
        yield* fs.writeFileString(`${directory}/a`, table("a"))
        yield* fs.writeFileString(`${directory}/b`, table("b"))
        yield* move("a")
        const { decider, status } = yield* following(path)
        for (const nowhere of ["nowhere", PATH]) {
          yield* move(nowhere)
          yield* isRejected(status)
          assert.deepInclude(yield* decider, { rule: "a" })
        }
        yield* move("b")
        yield* becomes(status, table("b"))
      })
    )
  )
})
