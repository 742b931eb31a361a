import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { readEntryPoints } from "./PublicApi.ts"
import { render } from "./render.ts"

/** The pages of the fixture, read once: the compiler takes seconds. */
class Rendered extends Context.Service<Rendered, ReturnType<typeof render>>()("test/reference/Rendered") {
  static readonly layer = Layer.effect(
    Rendered,
    Effect.map(
      readEntryPoints({ config: new URL("fixture/tsconfig.json", import.meta.url), entryPoints: ["rendered.ts"] }),
      (entryPoints) => render(entryPoints.map((entryPoint) => ["fixture", entryPoint]))
    )
  )
}

layer(Rendered.layer, { timeout: "1 minute" })("the reference", (it) => {
  it.effect("writes types as people can, with what is said of their members", () =>
    Effect.gen(function* () {
      const [, page] = yield* Rendered
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

  it.effect("tells members that may be left out from those that may be undefined", () =>
    Effect.gen(function* () {
      const [, page] = yield* Rendered
      const members = page?.text.match(/^- `.*`$/gm)
      assert.deepStrictEqual(members, ["- `table?: Table`", "- `text?: string | undefined`", "- `value: A | E`"])
    })
  )

  it.effect("says once what a schema and its type have in common", () =>
    Effect.gen(function* () {
      const [, page] = yield* Rendered
      assert.deepStrictEqual(page?.text.match(/^A table.*$/gm), ["A table: its rows."])
    })
  )

  it.effect("links to headings that differ in nothing but case", () =>
    Effect.gen(function* () {
      const [index] = yield* Rendered
      const links = index?.text.match(/\(fixture\.md#options.*?\)/g)
      assert.deepStrictEqual(links, ["(fixture.md#options)", "(fixture.md#options-1)"])
    })
  )
})
