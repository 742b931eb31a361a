/** What is measured: our router, and what it is compared with. */
import { readFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { basename, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { type Program, run, startAsked, startSaying } from "./Child.ts"
import { API_KEY } from "./load.ts"
import type { Memory, ProbeAsk, Usage } from "./probe.ts"

/** A server that runs and can be measured. */
export interface Server {
  readonly port: number
  /** From here on, what it uses is measured. */
  readonly begin: () => Promise<void>
  /** What it has used since; of a server that is not Node, not its event loop. */
  readonly end: () => Promise<Pick<Usage, "cpu"> & Partial<Usage>>
  /** What it holds; `undefined` of a server that is not Node. */
  readonly memory: () => Promise<Memory | undefined>
  readonly stop: () => Promise<void>
}

/** A server that can be started. */
export interface Contender {
  readonly name: string
  /** Where its repository is, if it is ours. */
  readonly repository: string | undefined
  /** Whether a webhook that comes again is known. */
  readonly knowsDuplicates: boolean
  readonly start: (baseUrl: string, options?: StartOptions) => Promise<Server>
}

/** How a server is started. */
export interface StartOptions {
  /** More settings. */
  readonly env?: Program["env"]
  /** More arguments of Node. */
  readonly nodeArgs?: ReadonlyArray<string>
}

/** The file of the benchmark with this name. */
export const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** The repository. */
export const REPOSITORY = fileOf("../..")

/** Settings that all servers have: the router's, as it runs in production. */
export const settings = (baseUrl: string) => ({
  PORT: "0",
  CXONE_BASE_URL: baseUrl,
  CXONE_CLIENT_ID: "bench-client",
  CXONE_CLIENT_SECRET: "bench-secret",
  SALES_QUEUE_ID: "5a1e0000-0000-4000-8000-000000000001",
  SUPPORT_QUEUE_ID: "5a1e0000-0000-4000-8000-000000000002",
  WEBHOOK_AUTH: "api-key",
  WEBHOOK_API_KEYS: API_KEY,
  METRICS: "on",
  LOG_FORMAT: "json"
})

/** A server that runs on Node. */
const onNode = (
  name: string,
  args: ReadonlyArray<string>,
  is: Pick<Contender, "repository" | "knowsDuplicates">
): Contender => {
  // No .env is read there.
  const program = (baseUrl: string): Program => ({
    command: process.execPath,
    args,
    env: settings(baseUrl),
    cwd: tmpdir()
  })
  return {
    name,
    ...is,
    start: async (baseUrl, { env = {}, nodeArgs = [] } = {}) => {
      const plain = program(baseUrl)
      const child = await startAsked({
        ...plain,
        args: [...nodeArgs, "--import", fileOf("probe.ts"), ...args],
        env: { ...plain.env, ...env }
      })
      const ask = <A>(question: ProbeAsk) => child.ask<A>(question)
      return {
        port: child.port,
        begin: () => ask({ ask: "begin" }),
        end: () => ask({ ask: "end" }),
        memory: () => ask({ ask: "memory" }),
        stop: child.stop
      }
    }
  }
}

const other = (name: string, knowsDuplicates: boolean): Contender =>
  onNode(name, [fileOf(`servers/${name}.ts`)], { repository: undefined, knowsDuplicates })

const floor = other("floor", false)
const fastify = other("fastify", true)

/** The router of a directory that holds its repository. */
const router = (name: string, directory: string): Contender =>
  onNode(name, [join(directory, "src/main.ts"), "serve"], { repository: directory, knowsDuplicates: true })

/** The processor time of a process and its children so far, in microseconds, as Linux tells it; other systems do not. */
const cpuOf = async (pid: number): Promise<number> => {
  if (process.platform !== "linux") return Number.NaN
  // Not every kernel is built with it.
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => undefined)
  if (children === undefined) return Number.NaN
  const ticks = await Promise.all(
    [pid, ...children.split(" ").filter(Boolean)].map(async (one) => {
      const stat = await readFile(`/proc/${one}/stat`, "utf8")
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
      return Number(fields[11]) + Number(fields[12])
    })
  )
  return ticks.reduce((a, b) => a + b, 0) * 10_000
}

/** A Python that has what the tutorial's service needs. */
const python = async (): Promise<string | undefined> => {
  for (const command of ["python3", "/usr/bin/python3"]) {
    const test = { command, args: ["-c", "import flask, gunicorn, requests"], env: {} }
    if (
      await run(test).then(
        () => true,
        () => false
      )
    )
      return command
  }
  return undefined
}

const tutorial = async (): Promise<Contender | undefined> => {
  const command = await python()
  if (command === undefined) return undefined
  const program = (baseUrl: string): Program => ({
    command,
    args: ["-m", "gunicorn", "-w", "2", "--threads", "8", "-b", "127.0.0.1:0", "tutorial:app"],
    // Without a look at the system's proxies, which some systems do not forgive a process that was forked.
    env: { ...settings(baseUrl), PYTHONDONTWRITEBYTECODE: "1", NO_PROXY: "*" },
    cwd: fileOf("servers")
  })
  return {
    name: "tutorial",
    repository: undefined,
    knowsDuplicates: false,
    start: async (baseUrl) => {
      const child = await startSaying(program(baseUrl), /Listening at: http:\/\/127\.0\.0\.1:(\d+)/)
      let began = 0
      return {
        port: child.port,
        begin: async () => {
          began = await cpuOf(child.pid)
        },
        end: async () => ({ cpu: (await cpuOf(child.pid)) - began }),
        memory: async () => undefined,
        stop: child.stop
      }
    }
  }
}

/** What can be measured beside the router. */
export const OTHERS = ["floor", "fastify", "tutorial"] as const

/** All that is measured, the routers of these directories (without any, the repository's own) the last; and which of the named others are not to be had. */
export const contenders = async (
  directories: ReadonlyArray<string>,
  others: ReadonlyArray<string>
): Promise<{ readonly all: ReadonlyArray<Contender>; readonly missing: ReadonlyArray<string> }> => {
  const flask = others.includes("tutorial") ? await tutorial() : undefined
  const routers =
    directories.length === 0
      ? [router("ours", REPOSITORY)]
      : directories.map((directory) => router(basename(resolve(directory)), resolve(directory)))
  return {
    all: [
      ...[floor, fastify].filter(({ name }) => others.includes(name)),
      ...(flask === undefined ? [] : [flask]),
      ...routers
    ],
    missing: others.includes("tutorial") && flask === undefined ? [NO_FLASK] : []
  }
}

const NO_FLASK = "the tutorial's service: no python3 here can import flask, requests and gunicorn"
