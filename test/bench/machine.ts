/** What the benchmark runs on. */
import { readFile } from "node:fs/promises"
import { availableParallelism, cpus } from "node:os"
import { join } from "node:path"
import { REPOSITORY } from "./contenders.ts"

const versionOf = async (name: string): Promise<string> =>
  JSON.parse(await readFile(join(REPOSITORY, "node_modules", name, "package.json"), "utf8")).version

/** The machine, and the versions that count. */
export const describeMachine = async () => ({
  node: process.version,
  processor: cpus()[0]?.model ?? "unknown",
  cores: availableParallelism(),
  effect: await versionOf("effect"),
  undici: await versionOf("undici"),
  fastify: await versionOf("fastify")
})

/** The same as one line. */
export const showMachine = (machine: Readonly<Record<string, string | number>>): string =>
  Object.entries(machine)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ")
