/** The pages on embedding show the programs that the package is tested with, and all of them. */
import { readdirSync, readFileSync } from "node:fs"
import { assert, it } from "@effect/vitest"

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8")

/** The code in TypeScript that a page shows. */
const shownIn = (page: string) => [...read(page).matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text = ""]) => text)

const folder = "package/examples/"
const tested = readdirSync(new URL(folder, import.meta.url)).map((name) => read(folder + name))

it("the programs on the page are those that are tested", () => {
  assert.sameMembers(shownIn("../src/README.md"), tested)
})

it("the README shows parts of them", () => {
  for (const text of shownIn("../README.md")) assert.isTrue(tested.some((program) => program.includes(text)))
})
