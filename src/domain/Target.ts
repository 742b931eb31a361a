import { Schema } from "effect"

/** Where a conversation goes: a CXone queue or a CXone agent, by its id. */
export const Target = Schema.Struct({
  type: Schema.Literals(["queue", "agent"]),
  id: Schema.String
})

/** Where a conversation goes. */
export type Target = typeof Target.Type
