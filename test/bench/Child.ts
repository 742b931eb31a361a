/** The processes that the benchmark starts: it talks to them over IPC, and none of them outlives it. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"

/** A server in a process of its own that listens. */
export interface Child {
  readonly pid: number
  readonly port: number
  /** Sends a question, and waits for its answer. One at a time. */
  readonly ask: <A>(question: object) => Promise<A>
  readonly stop: () => Promise<void>
}

/** What is started, and with which environment; nothing else of the benchmark's own environment is passed on. */
export interface Program {
  readonly command: string
  readonly args: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string>>
  readonly cwd?: string
}

const MAX_STDERR = 4000
const PATIENCE = 2000

const running = new Set<ChildProcess>()

/** The environment of all that is started. */
const environment = (env: Program["env"]) => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  NODE_ENV: "production",
  ...env
})

/** Starts a program. Its output goes nowhere, as quickly as it can; what it says on its standard error is kept. */
const launch = ({ args, command, cwd, env }: Program, isAsked: boolean) => {
  const child = spawn(command, args, {
    cwd,
    env: environment(env),
    stdio: ["ignore", "ignore", "pipe", ...(isAsked ? (["ipc"] as const) : [])]
  })
  running.add(child)
  child.once("exit", () => running.delete(child))
  let stderr = ""
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-MAX_STDERR)
  })
  return {
    child,
    stderr: () => stderr,
    ended: (doing: string) =>
      once(child, "close").then(([code, signal]) => {
        throw new Error(`${command} ${args.join(" ")} ended (${signal ?? code}) ${doing}:\n${stderr}`)
      })
  }
}

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, "exit")
  child.kill("SIGTERM")
  const kill = setTimeout(() => child.kill("SIGKILL"), PATIENCE)
  await exit
  clearTimeout(kill)
}

/** Starts a Node program that tells its port over IPC, as a probe makes it, and waits until it does. */
export const startAsked = async (program: Program): Promise<Child> => {
  const { child, ended } = launch(program, true)
  const unexpected = ended("without being told to")
  unexpected.catch(() => {})
  const answer = async () => {
    const [message] = await Promise.race([once(child, "message"), unexpected])
    return message
  }
  const { port } = await answer()
  return {
    pid: child.pid ?? 0,
    port,
    ask: (question) => {
      const answered = answer()
      child.send(question)
      return answered
    },
    stop: () => stop(child)
  }
}

/** Starts a program that says on its standard error where it listens, and waits until it does. It cannot be asked. */
export const startSaying = async (program: Program, listening: RegExp): Promise<Omit<Child, "ask">> => {
  const { child, ended, stderr } = launch(program, false)
  const unexpected = ended("without being told to")
  unexpected.catch(() => {})
  for (;;) {
    const port = listening.exec(stderr())?.[1]
    if (port !== undefined) return { pid: child.pid ?? 0, port: Number(port), stop: () => stop(child) }
    if (child.stderr === null) throw new Error("its standard error cannot be read")
    await Promise.race([once(child.stderr, "data"), unexpected])
  }
}

/** Starts a program that tells nothing. */
export const startSilent = (
  program: Program
): { readonly hasEnded: () => boolean; readonly stop: () => Promise<void> } => {
  const { child, ended } = launch(program, false)
  ended("before it was told to").catch(() => {})
  return { hasEnded: () => child.exitCode !== null || child.signalCode !== null, stop: () => stop(child) }
}

/** Runs a program to its end; what it wrote, or a failure with what it said. */
export const run = async (program: Program): Promise<string> => {
  const child = spawn(program.command, program.args, {
    cwd: program.cwd,
    env: environment(program.env),
    stdio: ["ignore", "pipe", "pipe"]
  })
  running.add(child)
  child.once("exit", () => running.delete(child))
  const [stdout, stderr] = [child.stdout, child.stderr].map((stream) => stream.setEncoding("utf8").toArray())
  const [code] = await once(child, "close")
  if (code === 0) return ((await stdout) ?? []).join("")
  const said = [...((await stdout) ?? []), ...((await stderr) ?? [])].join("")
  throw new Error(`${program.command} ${program.args.join(" ")} ended with ${code}:\n${said}`)
}

process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL")
})

/** Ends all that still runs. */
export const stopAll = async (): Promise<void> => {
  await Promise.all([...running].map(stop))
}
