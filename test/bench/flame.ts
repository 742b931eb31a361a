/** Draws where the router's time goes, as a flame graph: `node test/bench/flame.ts FILE.svg`. Bench's own load, 32 at once and without delay. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { stopAll } from "./Child.ts"
import { contenders } from "./contenders.ts"
import { type Lengths, warmUp } from "./handovers.ts"
import { measure } from "./round.ts"
import { startStandIn } from "./standInClient.ts"

/** What V8 writes. */
interface Profile {
  readonly nodes: ReadonlyArray<{
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
    readonly children?: ReadonlyArray<number>
  }>
  readonly endTime: number
  readonly samples: ReadonlyArray<number>
  readonly timeDeltas: ReadonlyArray<number>
  readonly startTime: number
}

/** A function in the graph, and what it called. */
interface Frame {
  readonly name: string
  readonly owner: Owner
  micros: number
  readonly called: Map<string, Frame>
}

/** Whose code it is, and its color. */
const OWNERS = {
  router: "#e8a33d",
  effect: "#7f9ed1",
  undici: "#8fbf7f",
  node: "#c9c2b4",
  "garbage collection": "#d98b8b"
} as const

type Owner = keyof typeof OWNERS

const ownerOf = (functionName: string, url: string): Owner => {
  if (functionName === "(garbage collector)") return "garbage collection"
  if (url.includes("/node_modules/undici/") || url.startsWith("wasm:")) return "undici"
  if (/\/node_modules\/(effect|@effect)\//.test(url)) return "effect"
  return url.startsWith("file:") ? "router" : "node"
}

/** Frames that only run others: what they call stands where they are. */
const isRunner = (functionName: string, url: string) =>
  /effect\/dist\/internal\/(effect|core)\.js|effect\/dist\/(Function|Pipeable)\.js|node:async_hooks|node:internal\/util$/.test(
    url
  ) || ["(root)", "(program)"].includes(functionName)

const fileOf = (url: string) =>
  url
    .replace(/^.*\/node_modules\//, "")
    .replace(/^file:.*\/src\//, "src/")
    .replace("/dist/", "/")

/** The samples of the last so many microseconds, as a tree. */
const treeOf = ({ endTime, nodes, samples, startTime, timeDeltas }: Profile, micros: number): Frame => {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const parents = new Map(nodes.flatMap(({ children = [], id }) => children.map((child) => [child, id] as const)))
  const root: Frame = { name: "all", owner: "node", micros: 0, called: new Map() }
  let at = startTime
  for (const [index, sample] of samples.entries()) {
    const took = timeDeltas[index] ?? 0
    at += took
    if (at < endTime - micros || byId.get(sample)?.callFrame.functionName === "(idle)") continue
    const path: Array<{ readonly name: string; readonly owner: Owner }> = []
    for (let id: number | undefined = sample; id !== undefined; id = parents.get(id)) {
      const frame = byId.get(id)?.callFrame
      if (frame === undefined) break
      const { functionName, lineNumber, url } = frame
      const owner = ownerOf(functionName, url)
      const where = url === "" ? "" : ` ${fileOf(url)}:${lineNumber + 1}`
      // Of the interpreter only that it ran is kept, at the end of a path.
      const isLast = path.length === 0
      if (isRunner(functionName, url)) {
        if (isLast && owner === "effect") path.push({ name: "Effect's run loop", owner })
      } else path.push({ name: `${functionName || "(anonymous)"}${where}`, owner })
    }
    let frame = root
    root.micros += took
    for (const { name, owner } of path.reverse()) {
      const next: Frame = frame.called.get(name) ?? { name, owner, micros: 0, called: new Map() }
      frame.called.set(name, next)
      next.micros += took
      frame = next
    }
  }
  return root
}

const WIDTH = 1600
const HEIGHT = 17
const MIN_SHARE = 0.002
const MAX_DEPTH = 44

const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)

/** The tree as a picture, the callers at the top. */
const draw = (root: Frame, caption: string): string => {
  const boxes: Array<string> = []
  let deepest = 0
  const box = (frame: Frame, x: number, depth: number) => {
    const width = (frame.micros / root.micros) * WIDTH
    if (frame.micros < root.micros * MIN_SHARE || depth > MAX_DEPTH) return
    deepest = Math.max(deepest, depth)
    const share = `${((frame.micros / root.micros) * 100).toFixed(1)} %`
    const label = escaped(frame.name.slice(0, Math.floor(width / 6.2)))
    const y = (depth + 2) * HEIGHT
    boxes.push(
      `<g><title>${escaped(frame.name)}, ${share}</title><rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${HEIGHT - 1}" fill="${OWNERS[frame.owner]}"/>${label.length > 2 ? `<text x="${(x + 2).toFixed(1)}" y="${y + 12}">${label}</text>` : ""}</g>`
    )
    let next = x
    for (const called of [...frame.called.values()].sort((a, b) => b.micros - a.micros)) {
      box(called, next, depth + 1)
      next += (called.micros / root.micros) * WIDTH
    }
  }
  box(root, 0, 0)
  const legend = Object.entries(OWNERS).map(
    ([owner, color], index) =>
      `<rect x="${700 + index * 150}" y="4" width="12" height="12" fill="${color}"/><text x="${716 + index * 150}" y="14">${owner}</text>`
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${(deepest + 3) * HEIGHT}" font-family="monospace" font-size="10">
<title>${escaped(caption)}</title>
<rect width="100%" height="100%" fill="white"/>
<text x="2" y="14">${escaped(caption)}</text>
${[...legend, ...boxes].join("\n")}
</svg>
`
}

/** Whose own time it is, as shares. */
const sharesOf = (root: Frame): Record<string, number> => {
  const own: Record<string, number> = {}
  const visit = (frame: Frame) => {
    let rest = frame.micros
    for (const called of frame.called.values()) {
      rest -= called.micros
      visit(called)
    }
    own[frame.owner] = (own[frame.owner] ?? 0) + rest / root.micros
  }
  visit(root)
  return own
}

const MILLIS = 12_000
const lengths: Lengths = { rounds: 1, warmUp: { webhooks: 15_000, atMost: 25_000 }, ramp: 300, millis: MILLIS }

const [file] = process.argv.slice(2)
if (file === undefined) throw new Error("say which file the picture goes to: node test/bench/flame.ts FILE.svg")
const directory = await mkdtemp(join(tmpdir(), "flame-"))
try {
  const [router] = (await contenders([], [])).all
  if (router === undefined) throw new Error("there is no router")
  const standIn = await startStandIn()
  const nodeArgs = ["--cpu-prof", "--cpu-prof-interval", "400", "--cpu-prof-dir", directory]
  const server = await router.start(standIn.baseUrl, { nodeArgs })
  await warmUp(router, server, standIn, lengths)
  const { cpu } = await measure(router, server, standIn, 0, { users: "new", atOnce: 32, length: lengths })
  await server.stop()
  const [name] = await readdir(directory)
  if (name === undefined) throw new Error("no profile was written: the router did not end by itself")
  const root = treeOf(JSON.parse(await readFile(join(directory, name), "utf8")), MILLIS * 1000)
  const caption = `One handover, 32 at once: ${cpu.toFixed(0)} µs of processor time while it was profiled`
  await writeFile(file, draw(root, caption))
  for (const [owner, share] of Object.entries(sharesOf(root)).sort(([, a], [, b]) => b - a)) {
    process.stdout.write(`${owner.padEnd(20)}${(share * 100).toFixed(1).padStart(6)} %\n`)
  }
} finally {
  await stopAll()
  await rm(directory, { recursive: true, force: true })
}
