/** An empty project that the packed file is installed into, and what runs in it. */
import { fileURLToPath } from "node:url"
import { NodeServices } from "@effect/platform-node"
import platform from "@effect/platform-node/package.json" with { type: "json" }
import { Context, Deferred, Effect, Fiber, FileSystem, Layer, Schema, type Scope, Stream } from "effect"
import effect from "effect/package.json" with { type: "json" }
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import packageJson from "../../../package.json" with { type: "json" }

/** What `npm pack` says of a packed file. Sizes are in bytes. */
const Packed = Schema.Struct({
  filename: Schema.String,
  size: Schema.Int,
  unpackedSize: Schema.Int,
  files: Schema.Array(Schema.Struct({ path: Schema.String, mode: Schema.Int }))
})

/** How a process ended, and what it wrote. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A process that has written what was waited for. */
export interface Started {
  /** The part of its output that was waited for. */
  readonly found: string
  /** Sends SIGTERM to it and to what it has started, and waits until all of them have ended. */
  readonly terminate: Effect.Effect<Ended>
}

/** Settings by their names in the environment. */
export type Env = Readonly<Record<string, string>>

/** A process ended, or has not begun as it should. */
export class ProcessError extends Schema.TaggedError<ProcessError>()("ProcessError", {
  command: Schema.String,
  output: Schema.String
}) {
  override get message() {
    return `${this.command}:\n${this.output}`
  }
}

/** The project, with the packed file, its peers and TypeScript installed, and the examples in it. */
export class Project extends Context.Service<
  Project,
  {
    readonly packed: typeof Packed.Type
    /** Runs a command to its end. */
    readonly run: (command: ReadonlyArray<string>, env?: Env) => Effect.Effect<Ended, ProcessError>
    /** Starts a command, and waits until its output has something (the group of `until`, where it has one); at the end of the scope it is ended. */
    readonly start: (
      command: ReadonlyArray<string>,
      until: RegExp,
      env?: Env
    ) => Effect.Effect<Started, ProcessError, Scope.Scope>
    readonly write: (name: string, text: string) => Effect.Effect<void>
    readonly remove: (name: string) => Effect.Effect<void>
    readonly read: (name: string) => Effect.Effect<string>
    readonly exists: (name: string) => Effect.Effect<boolean>
  }
>()("test/package/Project") {
  static get layer() {
    return Layer.effect(Project, make).pipe(Layer.provide(NodeServices.layer))
  }
}

const root = fileURLToPath(new URL("../../../", import.meta.url))

/** The folders whose files the project has: what the docs show, and what the tests need beside it. */
const folders = ["../examples/", "./in/"].map((folder) => fileURLToPath(new URL(folder, import.meta.url)))

/** What a shell outside of this repository has: nothing that npm tells its scripts of it, and no settings of the router. */
const surroundings = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) =>
      !/^(?:npm_(?!config_)|npm_config_local_prefix$|INIT_CWD$|VITEST|NODE_ENV$)/.test(name) &&
      !/^(?:CXONE_|WEBHOOK_|OTEL_|LOG_|METRICS_|ROUTES_FILE$|(?:SALES|SUPPORT)_QUEUE_ID$|HOST$|PORT$)/.test(name)
  )
)

const { devDependencies } = packageJson

/** The peers, and what a project in TypeScript has: all as they are here. */
const installed = [
  `effect@${effect.version}`,
  `@effect/platform-node@${platform.version}`,
  `typescript@${devDependencies.typescript}`,
  `@types/node@${devDependencies["@types/node"]}`
]

const projectFiles: Readonly<Record<string, unknown>> = {
  "package.json": { name: "embedding", private: true, type: "module" },
  "tsconfig.json": {
    compilerOptions: {
      target: "es2024",
      module: "nodenext",
      types: ["node"],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noImplicitOverride: true,
      noUnusedLocals: true,
      // So that what the application exports may have types that come from the package.
      declaration: true,
      noEmit: true
    },
    include: ["*.ts"]
  }
}

const make = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const folder = yield* fs.makeTempDirectoryScoped({ prefix: "embedding-" })

  const spawn = Effect.fnUntraced(function* (
    cwd: string,
    [program = "", ...args]: ReadonlyArray<string>,
    env: Env = {},
    until?: RegExp
  ) {
    const child = yield* spawner.spawn(
      ChildProcess.make(program, args, {
        cwd,
        // The processes of the project load the same code: it is compiled once.
        env: { ...surroundings, NODE_COMPILE_CACHE: `${folder}/.cache`, ...env },
        stdin: "ignore",
        forceKillAfter: "5 seconds"
      })
    )
    const found = yield* Deferred.make<string>()
    const output = { stdout: "", stderr: "" }
    const read = (name: keyof typeof output) =>
      child[name].pipe(
        Stream.decodeText(),
        Stream.runForEach((text) => {
          output[name] += text
          const match = until?.exec(output[name])
          return match ? Deferred.succeed(found, match[1] ?? match[0]) : Effect.void
        })
      )
    // None where a signal ended it.
    const exitCode = child.exitCode.pipe(
      Effect.map(Number),
      Effect.orElseSucceed(() => null)
    )
    const ended = yield* Effect.all([exitCode, read("stdout"), read("stderr")], { concurrency: 3 }).pipe(
      Effect.map(([code]): Ended => ({ code, ...output })),
      Effect.forkScoped
    )
    return { child, found: Deferred.await(found), ended: Effect.orDie(Fiber.join(ended)) }
  })

  const failed = (command: ReadonlyArray<string>, output: string) =>
    new ProcessError({ command: command.join(" "), output })

  const runIn = (cwd: string, command: ReadonlyArray<string>, env?: Env) =>
    spawn(cwd, command, env).pipe(
      Effect.flatMap(({ ended }) => ended),
      Effect.scoped,
      Effect.mapError((error) => failed(command, String(error)))
    )

  const succeedIn = (cwd: string, command: ReadonlyArray<string>) =>
    Effect.flatMap(runIn(cwd, command), (ended) =>
      ended.code === 0 ? Effect.succeed(ended.stdout) : Effect.fail(failed(command, ended.stdout + ended.stderr))
    )

  const write = (name: string, text: string) => Effect.orDie(fs.writeFileString(`${folder}/${name}`, text))

  const output = yield* succeedIn(root, ["npm", "pack", "--json", "--pack-destination", folder])
  const packs: unknown = JSON.parse(output)
  const packed = yield* Schema.decodeUnknownEffect(Packed)(Object.values(packs as object)[0])

  yield* Effect.forEach(Object.entries(projectFiles), ([name, value]) => write(name, JSON.stringify(value)))
  for (const from of folders) {
    for (const name of yield* fs.readDirectory(from)) yield* fs.copyFile(from + name, `${folder}/${name}`)
  }
  yield* succeedIn(folder, [
    "npm",
    "install",
    `./${packed.filename}`,
    ...installed,
    "--prefer-offline",
    "--no-audit",
    "--no-fund"
  ])

  return Project.of({
    packed,
    run: (command, env) => runIn(folder, command, env),
    start: Effect.fnUntraced(function* (command, until, env) {
      const { child, ended, found } = yield* Effect.orDie(spawn(folder, command, env, until))
      const early = Effect.flatMap(ended, ({ stderr, stdout }) => Effect.fail(failed(command, stdout + stderr)))
      return {
        found: yield* Effect.raceFirst(found, early),
        terminate: Effect.andThen(
          Effect.sync(() => process.kill(-child.pid, "SIGTERM")),
          ended
        )
      }
    }),
    write,
    remove: (name) => Effect.orDie(fs.remove(`${folder}/${name}`)),
    read: (name) => Effect.orDie(fs.readFileString(`${folder}/${name}`)),
    exists: (name) => Effect.orDie(fs.exists(`${folder}/${name}`))
  })
}).pipe(Effect.orDie)
