import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { missingIn } from "./missing.ts"
import { readEntryPoints } from "./PublicApi.ts"

it.live("finds what has no doc comment, layers that say nothing of their needs, and types that nobody can name", () =>
  Effect.gen(function* () {
    const config = new URL("fixture/tsconfig.json", import.meta.url)
    const entryPoints = yield* readEntryPoints({ config, entryPoints: ["index.ts"] })
    assert.deepStrictEqual(missingIn(entryPoints), [
      "index.ts: Failed.undocumented has no doc comment",
      "index.ts: Options names the type Hidden, which no entry point exports",
      "index.ts: Options.undocumented has no doc comment",
      "index.ts: Service.unannotated gives a layer, and does not say what it needs and fails with",
      "index.ts: Service.undocumented has no doc comment",
      "index.ts: Service.undocumentedToo has no doc comment",
      "index.ts: undocumented has no doc comment",
      "inner.ts: Inner.undocumented has no doc comment"
    ])
  })
)
