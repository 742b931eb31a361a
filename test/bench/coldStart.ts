/** Cold starts: from the start of a process to its first 200, beside a bare server that loads the same dependencies. */
import { once } from "node:events"
import { cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises"
import { connect, createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { type Program, run, startAsked, startSilent } from "./Child.ts"
import { fileOf, settings } from "./contenders.ts"
import { load } from "./load.ts"
import type { StandIn } from "./standInClient.ts"
import { median, medianRatio } from "./statistics.ts"
import { millis, ratio, table } from "./table.ts"

/** How long a kind of start took, each time, in milliseconds. */
export interface Started {
  readonly kind: Kind
  readonly took: ReadonlyArray<number>
  /** The middle one of them. */
  readonly median: number
}

/** What is started. With a cache, Node finds what it compiled before (`NODE_COMPILE_CACHE`). */
export type Kind = "bare" | "source" | "packed" | "bare, cache" | "source, cache" | "packed, cache"

/** How a router starts. */
export interface ColdStarts {
  readonly name: string
  /** How many modules of other packages it loads, which `bare` loads, too. */
  readonly modules: number
  readonly starts: ReadonlyArray<Started>
}

/** A port that nobody listens on. */
const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  server.close()
  await once(server, "close")
  if (address === null || typeof address === "string") throw new Error("no port")
  return address.port
}

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" })
    const end = (is: boolean) => {
      socket.destroy()
      resolve(is)
    }
    socket.once("connect", () => end(true)).once("error", () => end(false))
  })

/** From the start of the process to its first 200, in milliseconds. */
const firstAnswer = async (program: Program, port: number): Promise<number> => {
  const start = performance.now()
  const server = startSilent({ ...program, env: { ...program.env, PORT: String(port) } })
  while (!(await isListening(port))) {
    if (server.hasEnded()) throw new Error(`${program.args.join(" ")} ended before it listened`)
    await sleep(1)
  }
  await load({ port, users: "new", atOnce: 1, length: { webhooks: 1 } })
  const took = performance.now() - start
  await server.stop()
  return took
}

/** The package as it is packed, less what nothing of it runs: `dist` and `package.json`, and the repository's dependencies. */
const pack = async (repository: string, directory: string): Promise<void> => {
  await run({
    command: process.execPath,
    args: [
      join(repository, "node_modules/typescript/bin/tsc"),
      "-p",
      join(repository, "src"),
      "--outDir",
      join(directory, "dist")
    ],
    env: {}
  })
  await cp(join(repository, "package.json"), join(directory, "package.json"))
  await symlink(join(repository, "node_modules"), join(directory, "node_modules"), "dir")
}

/** The modules of other packages that a router has loaded by its first 200. */
const importsOf = async (program: Program): Promise<ReadonlyArray<string>> => {
  const child = await startAsked({
    ...program,
    args: ["--import", fileOf("importsProbe.ts"), ...program.args]
  })
  await load({ port: child.port, users: "new", atOnce: 1, length: { webhooks: 1 } })
  const imports = await child.ask<ReadonlyArray<string>>({ ask: "imports" })
  await child.stop()
  return imports
}

/** A server that loads these modules and does nothing with them. */
const bareServer = (
  imports: ReadonlyArray<string>
) => `${imports.map((url) => `import ${JSON.stringify(url)}\n`).join("")}
import { createServer } from "node:http"

createServer((request, response) => {
  request.resume().on("end", () => response.end("{}"))
}).listen(Number(process.env.PORT), "127.0.0.1")
`

/** Measures all kinds of start in turn. */
export const measureColdStart = async (
  name: string,
  repository: string,
  standIn: StandIn,
  times: number,
  progress: (text: string) => void
): Promise<ColdStarts> => {
  const directory = await mkdtemp(join(tmpdir(), "bench-"))
  try {
    progress(`cold start: ${name} is built`)
    await pack(repository, directory)
    await standIn.begin(0)
    const program = (...args: ReadonlyArray<string>): Program => ({
      command: process.execPath,
      args,
      env: settings(standIn.baseUrl),
      cwd: directory
    })
    const packed = program(join(directory, "dist/bin.js"), "serve")
    const imports = await importsOf(packed)
    await writeFile(join(directory, "bare.mjs"), bareServer(imports))
    const programs = {
      bare: program(join(directory, "bare.mjs")),
      source: program(join(repository, "src/main.ts"), "serve"),
      packed
    }
    const kinds = Object.entries(programs).flatMap(([kind, program]) => [
      { kind, program },
      {
        kind: `${kind}, cache`,
        program: { ...program, env: { ...program.env, NODE_COMPILE_CACHE: join(directory, "cache") } }
      }
    ])
    const starts = kinds.map(({ kind, program }) => ({ kind: kind as Kind, program, took: [] as number[] }))
    // The first round fills the caches, of files as of code, and does not count.
    for (let round = 0; round <= times; round++) {
      progress(`cold start: ${name}, round ${round} of ${times}`)
      for (const { program, took } of starts) {
        const first = await firstAnswer(program, await freePort())
        if (round > 0) took.push(first)
      }
    }
    return {
      name,
      modules: imports.length,
      starts: starts.map(({ kind, took }) => ({ kind, took, median: median(took) }))
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** How a kind of start compares with another, start by start. */
export const ratioOfStarts = ({ starts }: ColdStarts, kind: Kind, other: Kind): number => {
  const of = (wanted: Kind) => starts.find(({ kind }) => kind === wanted)?.took ?? []
  return medianRatio(of(kind), of(other))
}

/** The kinds as a table. */
export const showColdStart = (all: ColdStarts): string =>
  table(
    [all.name, "ms to first 200", "to bare", "to bare, cache"],
    all.starts.map(({ kind, median }) => [
      kind,
      millis(median),
      ratio(ratioOfStarts(all, kind, "bare")),
      ratio(ratioOfStarts(all, kind, "bare, cache"))
    ])
  )
