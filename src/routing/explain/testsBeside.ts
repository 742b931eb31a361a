/** Where a table's examples are: `routes.tests.yaml` beside `routes.yaml`. */
import { Effect, Path } from "effect"

const SUFFIX = ".tests"

/** The paths of a table and of its examples, from the path of either. */
export const testsBeside = Effect.fnUntraced(function* (file: string) {
  const path = yield* Path.Path
  const { dir, ext, name } = path.parse(file)
  return name.endsWith(SUFFIX)
    ? { table: path.join(dir, `${name.slice(0, -SUFFIX.length)}${ext}`), tests: file }
    : { table: file, tests: path.join(dir, `${name}${SUFFIX}${ext}`) }
})
