/** A command has done what it can, and ends with 1. */
import { Runtime, Schema } from "effect"

/** A command ends with 1; the message says why, or is empty where everything has been said. */
export class CommandFailed extends Schema.TaggedError<CommandFailed>()("CommandFailed", { message: Schema.String }) {
  override readonly [Runtime.errorReported] = false
}
