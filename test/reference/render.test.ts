import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { readEntryPoints } from "./PublicApi.ts"
import { render } from "./render.ts"

const rendered = Effect.gen(function* () {
  const config = new URL("fixture/tsconfig.json", import.meta.url)
  const entryPoints = yield* readEntryPoints({ config, entryPoints: ["rendered.ts"] })
  return render(entryPoints.map((entryPoint) => ["fixture", entryPoint]))
})

it.live("writes types as people can, with what is said of their members", () =>
  Effect.gen(function* () {
    const [, page] = yield* rendered
    const blocks = page?.text.matchAll(/^```ts\n(.*?)\n```$/gms) ?? []
    assert.deepStrictEqual(
      [...blocks].map(([, block]) => block),
      [
        [
          "type Table = {",
          "  /** What people call it. */",
          "  readonly name?: string",
          "  /** How many rows there may be. */",
          "  readonly size: number",
          "  /** The rows. */",
          "  readonly rows: ReadonlyArray<{ readonly id: string; readonly isOld?: boolean }>",
          "}",
          "const Table: Schema.Schema<Table>"
        ].join("\n"),
        "const Row: Schema.Schema<{ readonly id: string }>",
        "type Decide<R = never> = (row: typeof Row.Type) => Effect.Effect<boolean, never, R>",
        "interface Decided<A, E extends string>",
        "const options: (options?: Options) => Effect.Effect<Options>",
        "const take: (row: { readonly id: string; readonly isOld?: boolean }) => Effect.Effect<string>",
        [
          "type Several =",
          "  | {",
          "      /** The first. */",
          "      readonly first: string",
          "    }",
          '  | "none"'
        ].join("\n")
      ]
    )
  })
)

it.live("tells members that may be left out from those that may be undefined", () =>
  Effect.gen(function* () {
    const [, page] = yield* rendered
    const members = page?.text.match(/^- `.*`$/gm)
    assert.deepStrictEqual(members, ["- `table?: Table`", "- `text?: string | undefined`", "- `value: A | E`"])
  })
)

it.live("says once what a schema and its type have in common", () =>
  Effect.gen(function* () {
    const [, page] = yield* rendered
    assert.deepStrictEqual(page?.text.match(/^A table.*$/gm), ["A table: its rows."])
  })
)

it.live("links to headings that differ in nothing but case", () =>
  Effect.gen(function* () {
    const [index] = yield* rendered
    const links = index?.text.match(/\(fixture\.md#options.*?\)/g)
    assert.deepStrictEqual(links, ["(fixture.md#options)", "(fixture.md#options-1)"])
  })
)
