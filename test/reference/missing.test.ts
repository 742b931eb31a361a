import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { missingIn } from "./missing.ts"
import { readEntryPoints } from "./PublicApi.ts"

it.live("finds exports without a doc comment, without errors or units in it, and types without a name", () =>
  Effect.gen(function* () {
    const config = new URL("fixture/tsconfig.json", import.meta.url)
    const entryPoints = yield* readEntryPoints({ config, entryPoints: ["index.ts"] })
    assert.deepStrictEqual(missingIn(entryPoints), [
      "index.ts: Either.undocumented has no doc comment",
      "index.ts: Failed.status is a number, and its comment does not say of what",
      "index.ts: Failed.undocumented has no doc comment",
      "index.ts: Options names the type Hidden, which no entry point exports",
      "index.ts: Options.duration is a duration, and its comment does not say of what",
      "index.ts: Options.inner.undocumented has no doc comment",
      "index.ts: Options.quantity is a number, and its comment does not say of what",
      "index.ts: Options.undocumented has no doc comment",
      "index.ts: Service.failing can fail with Failed, and its comment does not say so",
      "index.ts: Service.failing.host has no doc comment",
      "index.ts: Service.failingLayer can fail with Failed, and its comment does not say so",
      "index.ts: Service.unannotated gives a layer, and does not say what it needs and fails with",
      "index.ts: Service.undocumented has no doc comment",
      "index.ts: Service.undocumentedToo has no doc comment",
      "index.ts: failing can fail with Failed, and its comment does not say so",
      "index.ts: undocumented has no doc comment",
      "index.ts: unnamed names the type hidden, which no entry point exports",
      "index.ts: withoutValue does not change, and its comment does not say its value",
      "index.ts: withoutValues does not change, and its comment does not say its value",
      "inner.ts: Inner.undocumented has no doc comment"
    ])
  })
)
