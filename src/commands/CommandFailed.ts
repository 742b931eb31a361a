/** The failure of a command. */
import { Runtime, Schema } from "effect"

/** A command that ends with 1. The message is empty if the command has printed the reason. */
export class CommandFailed extends Schema.TaggedError<CommandFailed>()("CommandFailed", { message: Schema.String }) {
  override readonly [Runtime.errorReported] = false
}
