import { readFileSync } from "node:fs"
import { describe, it } from "@effect/vitest"
import { expect } from "vitest"
import { cognigyPact, cxonePact, digitalPact } from "./support/pacts.ts"

// Vitest compares with a file, shows the difference, and writes the file anew when it is told to update.
describe("what the consumer tests have written is what is committed (to accept a change: npm run test:contract -- --update)", () => {
  for (const { committed, consumer, generated, provider } of [cxonePact, digitalPact, cognigyPact]) {
    it(`for ${consumer} and ${provider}`, async () => {
      await expect(readFileSync(generated, "utf8")).toMatchFileSnapshot(committed)
    })
  }
})
