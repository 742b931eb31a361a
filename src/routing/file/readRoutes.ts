/** Reads a routing table from the text of a file. */
import { Result } from "effect"
import { anyIds, type TargetIds } from "../../domain/Target.ts"
import { checkRoutes } from "../check/checkRoutes.ts"
import type { Flaw } from "../check/Flaw.ts"
import { type FileProblem, inOrder } from "../FileProblem.ts"
import { RoutesFile } from "../format/RoutesFile.ts"
import { decode } from "./formatFlaws.ts"
import { toProblem } from "./readYaml.ts"
import { salvage } from "./salvage.ts"
import { parseYaml } from "./Yaml.ts"

/**
 * Reads a routing table. Fails with all its problems, in the order of the file. `ids` checks the ids of queues and agents. By default every id is valid, so that
 * a rule may send to a name that the table does not define: it counts as an id.
 */
export const readRoutes = (
  text: string,
  ids: TargetIds = anyIds
): Result.Result<RoutesFile, ReadonlyArray<FileProblem>> =>
  Result.flatMap(parseYaml(text, "a table: queues, rules, fallback"), ({ locate, misread, value }) => {
    const refuse = (flaws: ReadonlyArray<Flaw>) => Result.fail(inOrder([...flaws.map(toProblem(locate)), ...misread]))
    return Result.match(decode(RoutesFile, value), {
      onFailure: (flaws) => refuse([...flaws, ...salvage(value, flaws, ids)]),
      onSuccess: (file) => {
        const flaws = checkRoutes(file, { ids })
        return flaws.length > 0 || misread.length > 0 ? refuse(flaws) : Result.succeed(file)
      }
    })
  })
