/** Imports all entry points where nobody may look at settings, write, or leave anything behind, and says what happened nevertheless. */
import { createRequire } from "node:module"

// What these do when they are imported is theirs.
for (const name of ["@effect/platform-node", "effect/http-api", "effect/persistence", "node:http"]) await import(name)

const happened: Array<string> = []

/** Node looks at its own settings whenever a module is loaded; what others do, their files show in the stack. */
const isByNode = () => !/file:.*(?<!quiet\.ts):\d+:\d+/.test(new Error().stack ?? "")

const trapped = <T extends object>(what: string, target: T): T =>
  new Proxy(target, {
    get: (target, name, receiver) => {
      if (!isByNode()) happened.push(`${what}.${String(name)} was read`)
      return Reflect.get(target, name, receiver)
    },
    ownKeys: (target) => {
      happened.push(`${what} was listed`)
      return Reflect.ownKeys(target)
    },
    set: (target, name, value) => {
      happened.push(`${what}.${String(name)} was set`)
      return Reflect.set(target, name, value)
    }
  })

const { env } = process
const { console } = globalThis
const before = new Set(Reflect.ownKeys(globalThis))
const listeners = () => process.eventNames().reduce((count, name) => count + process.listenerCount(name), 0)
const heard = listeners()
const running = () =>
  process
    .getActiveResourcesInfo()
    .filter((name) => /^(?:Timeout|Immediate|TCP|UDP|Worker|Process|Signal|FSEvent|StatWatcher)/.test(name)).length
const ran = running()
process.env = trapped("process.env", env)
globalThis.console = trapped("console", console)
const write = process.stdout.write
process.stdout.write = process.stderr.write = (text: string | Uint8Array) => {
  happened.push(`written: ${text}`)
  return true
}

const { exports } = createRequire(import.meta.url)("cognigy-cxone-router/package.json")
const names = Object.keys(exports).filter((name) => !name.endsWith(".json"))
const modules = await Promise.all(names.map((name) => import(`cognigy-cxone-router${name.slice(1)}`)))

process.env = env
globalThis.console = console
process.stdout.write = process.stderr.write = write
for (const name of Reflect.ownKeys(globalThis)) if (!before.has(name)) happened.push(`global ${String(name)}`)
if (listeners() !== heard) happened.push("a listener on process")
if (running() !== ran) happened.push("something that runs on")

process.stdout.write(JSON.stringify({ happened, imported: modules.map((module) => Object.keys(module).length > 0) }))
