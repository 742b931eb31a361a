/** `schema`: the JSON Schema of routing tables and their examples, for editors. */
import { Console } from "effect"
import { Command, Flag } from "effect/cli"
import { routeTestsJsonSchema } from "../routing/explain/RouteTests.ts"
import { routesJsonSchema } from "../routing/format/RoutesFile.ts"

/** The command. */
export const schemaCommand = Command.make(
  "schema",
  {
    tests: Flag.Boolean("tests").pipe(
      Flag.withDescription("the format of test-routes' files instead"),
      Flag.withDefault(false)
    )
  },
  ({ tests }) => Console.log(JSON.stringify(tests ? routeTestsJsonSchema() : routesJsonSchema(), undefined, 2))
).pipe(Command.withDescription("Print the JSON Schema of routing tables, for editors"))
