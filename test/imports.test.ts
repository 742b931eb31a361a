import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"

const SRC = fileURLToPath(new URL("../src/", import.meta.url))

interface Import {
  readonly from: string
  readonly isType: boolean
}

/** The imports and re-exports of a module, by its text. */
const importsOf = (text: string): ReadonlyArray<Import> =>
  [...text.matchAll(/^(?:import|export)\s+(type\s+)?(?:([^;"]*?)\s+from\s+)?"([^"]+)"/gm)].map(
    ([, type, names = "", from = ""]) => {
      const members = /^\{([^}]*)\}$/.exec(names.trim())?.[1]?.split(",") ?? []
      const onlyTypes = members.length > 0 && members.every((member) => /^\s*(?:type\s|$)/.test(member))
      return { from, isType: type !== undefined || onlyTypes }
    }
  )

/** The modules that a module imports when it runs, and the packages, through all modules in between. */
const reachable = (start: string) => {
  const modules = new Set([resolve(SRC, start)])
  const packages = new Set<string>()
  for (const module of modules) {
    for (const { from, isType } of importsOf(readFileSync(module, "utf8"))) {
      if (isType) continue
      if (from.startsWith(".")) modules.add(resolve(dirname(module), from))
      else packages.add(from)
    }
  }
  return { modules: [...modules].map((module) => relative(SRC, module)), packages: [...packages].toSorted() }
}

describe("a policy in code", () => {
  it("imports no parser of tables", () => {
    const { modules, packages } = reachable("routing/RoutingPolicy.ts")
    assert.deepStrictEqual(packages, ["effect"])
    assert.includeMembers(modules, ["routing/outcomeOf.ts", "std/atTime.ts"])
  })

  it("differs in that from the policies by tables", () => {
    assert.includeMembers(reachable("routing/policy/TablePolicy.ts").packages, ["effect", "re2js", "yaml"])
  })
})

/** The relative imports of all modules of a folder, types too, as paths in it. */
const importsIn = (room: string) => {
  const files = readdirSync(room, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"))
  const imports = files.flatMap((file) =>
    importsOf(readFileSync(join(room, file), "utf8"))
      .filter(({ from }) => from.startsWith("."))
      .map(({ from }) => ({ file, from: relative(room, resolve(room, dirname(file), from)) }))
  )
  return { files, imports }
}

/** The rooms that each room may import from, the lowest first: as the README has them. */
const ROOMS: Readonly<Record<string, ReadonlyArray<string>>> = {
  std: [],
  domain: ["std"],
  routing: ["domain", "std"],
  cxone: ["domain", "std"],
  handover: ["cxone", "domain", "routing", "std"],
  cognigy: ["domain", "handover", "routing", "std"],
  store: ["std"],
  history: ["cognigy", "domain", "handover", "routing", "std", "store"],
  console: ["cognigy", "domain", "handover", "history", "routing", "std"]
}

describe("the rooms", () => {
  it("import each other in one direction, types too", () => {
    const { imports } = importsIn(SRC)
    const wrong = imports.filter(({ file, from }) => {
      const [[own = "", inside], [other = "", isFolder]] = [file.split("/"), from.split("/")]
      if (inside === undefined || isFolder === undefined || own === other) return false
      return ROOMS[own] !== undefined && !ROOMS[own].includes(other)
    })
    assert.deepStrictEqual(wrong, [])
    assert.includeMembers(readdirSync(SRC), Object.keys(ROOMS))
  })
})

/** The folders that each folder of routing may import from; `.` is the folder itself. */
const ALLOWED: Readonly<Record<string, ReadonlyArray<string>>> = {
  ".": ["format"],
  format: [],
  table: [".", "format"],
  check: ["format", "table"],
  file: [".", "check", "format", "table"],
  explain: [".", "check", "format", "table"],
  policy: [".", "explain", "file", "format", "table"]
}

describe("the folders of routing", () => {
  const room = join(SRC, "routing")
  const { files, imports } = importsIn(room)

  it("import each other in one direction, types too", () => {
    assert.sameMembers([...new Set(files.map((file) => dirname(file)))], Object.keys(ALLOWED))
    const wrong = imports.filter(({ file, from }) => {
      const [own, other] = [dirname(file), dirname(from)]
      return !from.startsWith("..") && own !== other && !ALLOWED[own]?.includes(other)
    })
    assert.deepStrictEqual(wrong, [])
  })

  it("import from outside only the domain, the standard parts and the metrics", () => {
    const outside = imports.filter(({ from }) => from.startsWith(".."))
    assert.isNotEmpty(outside)
    assert.deepStrictEqual(
      outside.filter(({ from }) => !/^\.\.\/(?:domain\/|std\/|metrics\.ts$)/.test(from)),
      []
    )
  })
})
