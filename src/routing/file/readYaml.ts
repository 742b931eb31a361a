/** Reads YAML in a format. */
import { Result, type Schema } from "effect"
import { type Flaw, showPath } from "../check/Flaw.ts"
import { type FileProblem, inOrder } from "../FileProblem.ts"
import { decode } from "./formatFlaws.ts"
import { type Located, parseYaml } from "./Yaml.ts"

/** A flaw with its position in the file. */
export const toProblem =
  (locate: Located<unknown>["locate"]) =>
  ({ instead, isName, path, problem }: Flaw): FileProblem => ({
    ...locate(path, isName),
    path: showPath(path),
    problem,
    instead
  })

/** Reads YAML (and so JSON) in a format. Fails with all problems, in the order of the file. `whatInstead` is what to write into an empty file. */
export const readYaml = <A>(
  text: string,
  schema: Schema.Codec<A, unknown>,
  whatInstead: string
): Result.Result<Located<A>, ReadonlyArray<FileProblem>> =>
  Result.flatMap(parseYaml(text, whatInstead), ({ locate, misread, value }) =>
    Result.match(decode(schema, value), {
      onFailure: (flaws) => Result.fail(inOrder([...flaws.map(toProblem(locate)), ...misread])),
      onSuccess: (value) => (misread.length > 0 ? Result.fail(misread) : Result.succeed({ value, locate }))
    })
  )
